// Reads a log back as a user would: its archives in the order of their names, unpacked, then the active file.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'

/** Reads every line as JSON, so that a torn or mixed one throws; and names the archives. */
export function readLog (file) {
  const [stem, folder] = [basename(file, '.log'), dirname(file)]
  const archives = (existsSync(folder) ? readdirSync(folder) : [])
    .map((name) => ({ name, parts: /^(.+)\.(\d{8}_\d{6})(?:\.(\d+))?\.log(\.gz)?$/.exec(name) }))
    .filter(({ parts }) => parts?.[1] === stem)
    .sort((a, b) => a.parts[2].localeCompare(b.parts[2]) || Number(a.parts[3] ?? 0) - Number(b.parts[3] ?? 0))
  const texts = archives.map(({ name }) => {
    const bytes = readFileSync(join(folder, name))
    return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()
  })
  texts.push(readFileSync(file, 'utf8'))
  return {
    lines: texts.join('').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line)),
    archives: archives.map(({ name }) => name)
  }
}

/** Throws unless the numbers under the key are 0 to count - 1, each once, and in order where that is asked. */
export function expectNumbers (lines, key, count, inOrder) {
  const found = lines.map((line) => line[key]).filter((n) => typeof n === 'number')
  const sorted = inOrder ? found : found.toSorted((a, b) => a - b)
  const wrong = sorted.findIndex((n, index) => n !== index)
  if (found.length !== count || wrong !== -1) {
    throw new Error(`expected ${key} from 0 to ${count - 1}, found ${found.length} numbers, the first wrong one at ${wrong}: ${sorted.slice(Math.max(wrong, 0), wrong + 5)}`)
  }
}

/** Throws unless the log was rotated, and compressed at least once. */
export function expectRotated ({ archives }) {
  if (!archives.some((name) => name.endsWith('.gz'))) throw new Error(`no compressed archive among: ${archives.join(', ') || 'none'}`)
}
