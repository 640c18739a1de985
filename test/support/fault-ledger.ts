// Compares what was promised to be safe with what is on the disk, in names, in order, and byte for byte.
import { existsSync, lstatSync, readFileSync, readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { compareArchives, logName, parseArchiveName, type Archive } from '../../src/policy/names/archive-name.js'
import { isHiddenName } from '../../src/policy/names/hidden-name.js'

/** Which lines were flushed, by number, when the journal had that size. */
export function promised (journal: string, sizeBytes = Infinity): number[] {
  if (!existsSync(journal)) return []
  // The last number may be cut off, and was then not noted in time.
  return readFileSync(journal, 'utf8').slice(0, sizeBytes).split('\n').slice(0, -1).map(Number)
}

export function archivesIn (file: string): Archive[] {
  const log = logName(file)
  return readdirSync(log.directory).map((name) => parseArchiveName(name, log)).filter((archive) => archive !== null).sort(compareArchives)
}

/** Hidden files that are still there. */
export function leftovers (file: string): string[] {
  const log = logName(file)
  return readdirSync(log.directory).filter((name) => isHiddenName(name, log))
}

/** Names of compressed archives that cannot be unpacked to their last byte. */
export function invalidArchives (file: string): string[] {
  return archivesIn(file).filter(({ suffix }) => suffix !== '').filter((archive) => unpacked(file, archive) === null).map(({ name }) => name)
}

function unpacked (file: string, { name, suffix }: Archive): string | null {
  const content = readFileSync(join(dirname(file), name))
  try {
    switch (suffix) {
      case '': return content.toString()
      case '.gz': return gunzipSync(content).toString()
      case '.br': return brotliDecompressSync(content).toString()
      default: throw new Error(`no fault test packs with ${suffix}`)
    }
  } catch {
    return null
  }
}

/** Every line that is in the archives, in the order of their names, and then in the active file. */
export function keptLines (file: string): string[] {
  return textOf(file, archivesIn(file)).split('\n').filter((line) => line !== '')
}

/** The same in the middle of a crash, when an archive may stand there twice, or the active file under two names. */
export function keptLinesAfterCrash (file: string): string[] {
  const active = existsSync(file) ? lstatSync(file).ino : null
  const archives = archivesIn(file).filter(({ name }) => lstatSync(join(dirname(file), name)).ino !== active)
  const isPlain = ({ suffix }: Archive): boolean => suffix === ''
  const seen = archives.filter(isPlain).map(({ name }) => name)
  return textOf(file, archives.filter((archive) => isPlain(archive) || !seen.some((name) => archive.name.startsWith(`${name}.`)))).split('\n').filter((line) => line !== '')
}

function textOf (file: string, archives: readonly Archive[]): string {
  const active = existsSync(file) ? readFileSync(file, 'utf8') : ''
  return archives.map((archive) => unpacked(file, archive) ?? '').join('') + active
}

export interface Verdict {
  readonly lost: number[]
  readonly doubled: number[]
  readonly disordered: number[]
  readonly torn: string[]
}

export const faultless: Verdict = { lost: [], doubled: [], disordered: [], torn: [] }

/** What is wrong with the lines. A line that was never promised may be there or not. */
export function judge (lines: readonly string[], journal: readonly number[]): Verdict {
  const numbers: number[] = []
  const torn: string[] = []
  for (const line of lines) {
    const number = numberOf(line)
    if (number === null) torn.push(line)
    else numbers.push(number)
  }
  const counts = new Map<number, number>()
  for (const number of numbers) counts.set(number, (counts.get(number) ?? 0) + 1)
  return {
    lost: journal.filter((number) => !counts.has(number)),
    doubled: [...counts].filter(([, count]) => count > 1).map(([number]) => number),
    disordered: numbers.filter((number, index) => index > 0 && number < (numbers[index - 1] ?? 0)),
    torn
  }
}

function numberOf (line: string): number | null {
  try {
    const { number, text } = JSON.parse(line) as { number: number, text: string }
    return text === textOfLine(number) ? number : null
  } catch {
    return null
  }
}

/** What the numbered line carries besides its number. */
export function textOfLine (number: number): string {
  return 'x'.repeat(number * 7919 % 300)
}

/** Every name in the log's folder, for a message. */
export function namesBeside (file: string): string {
  return `${basename(dirname(file))}: ${readdirSync(dirname(file)).join(' ')}`
}
