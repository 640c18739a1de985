// `pino-rotor cat --follow`: continues with new lines, across rotations, compressions and removals, without losing or
// doubling a line.
import { appendFileSync, linkSync, readdirSync, readlinkSync, renameSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { watch } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeEach, expect, test } from 'vitest'
import { fill, linesFrom, numbersIn, start, startWriter, temporaryFolder, upTo } from '../command-line.js'

let folder: string
let logs: string

beforeEach(() => {
  folder = temporaryFolder()
  logs = join(folder, 'logs')
})

/** The number of a line that no other line has. */
const marker = 9_999_999

/** Follows a log. `until` resolves to the numbers of all lines once that many have come. */
function follow (file: string, ...args: string[]) {
  const child = start(['cat', file, '--follow', ...args], { cwd: folder })
  let text = ''
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => { text += chunk.toString() })
  child.stderr.on('data', (chunk: Buffer) => { said += chunk.toString() })
  const count = (): number => text.split('\n').length - 1
  return {
    child,
    said: () => said,
    until: async (lines: number): Promise<number[]> => {
      while (count() < lines) await new Promise((resolve) => child.stdout.once('data', resolve))
      return numbersIn(text)
    },
    /** Logs one more line, and resolves to the numbers of all lines before it once it has come. */
    upToMarker: async (): Promise<number[]> => {
      appendFileSync(join(logs, 'app.log'), linesFrom(0, marker, 1))
      while (!text.includes(`"n":${marker},`)) await new Promise((resolve) => child.stdout.once('data', resolve))
      return numbersIn(text).filter((number) => number !== marker)
    }
  }
}

test('beside a live writer that rotates, compresses and removes, gives every line once and in order', async () => {
  const file = join(logs, 'app.log')
  const writer = await startWriter(file, { size: '60k', limit: { count: 3 } })
  const following = follow(file)
  const [first = 0] = await following.until(10_000)
  const written = await writer.stop()
  await following.until(written - first)
  expect(await following.upToMarker()).toEqual(upTo(written).slice(first))
  expect(following.said()).toBe('')
}, 60_000)

test.each([[[], [5, 6, 7, 9, 10, 11]], [['-n', '4'], [5, 6, 7, 9, 10, 11]], [['-n', '1'], [7, 9, 10, 11]]])('-f -C %j gives the lines around a hit, also where they are in another file or come later', async (flags, expected) => {
  fill(logs, { 'app.20251001_100000.log.gz': linesFrom(0, 0, 4), 'app.20251001_110000.log': linesFrom(0, 4, 2), 'app.log': linesFrom(0, 6, 1) })
  const following = follow(join('logs', 'app.log'), '-C', '1', '--grep', '/"n":(6|10),/', ...flags)
  // Two lines of the files are there at once. The line after the hit comes later.
  await following.until(Math.min(2, expected.length - 4))
  appendFileSync(join(logs, 'app.log'), linesFrom(0, 7, 2))
  await following.until(expected.length - 3)
  renameSync(join(logs, 'app.log'), join(logs, 'app.20251001_120000.log'))
  writeFileSync(join(logs, 'app.log'), linesFrom(0, 9, 3))
  expect(await following.until(expected.length)).toEqual(expected)
})

test('-f gives the lines that are there, and then new ones, also of the file that takes the place of the followed one', async () => {
  const file = join(logs, 'app.log')
  fill(logs, { 'app.log': linesFrom(0, 0, 3) })
  const child = start(['cat', 'logs/app.log', '-f'], { cwd: folder })
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => { text += chunk.toString() })
  const come = async (count: number): Promise<void> => { while (numbersIn(text).length < count) await once(child.stdout, 'data') }
  await come(3)
  appendFileSync(file, linesFrom(0, 3, 2))
  await come(5)
  renameSync(file, join(logs, 'app.20251001_100000.log'))
  writeFileSync(file, linesFrom(0, 5, 1))
  await come(6)
  expect(numbersIn(text)).toEqual(upTo(6))
  expect(child.exitCode).toBeNull()
})

test('a reader that stops for seconds loses nothing to retention and compression meanwhile', async () => {
  const file = join(logs, 'app.log')
  const writer = await startWriter(file, { size: '60k', limit: { count: 2 } })
  const following = follow(file)
  const [first = 0] = await following.until(1)
  following.child.stdout.pause()
  await archivesCome(12)
  following.child.stdout.resume()
  const written = await writer.stop()
  expect(await following.until(written - first)).toEqual(upTo(written).slice(first))
}, 60_000)

/** Resolves once that many archives have appeared. */
async function archivesCome (count: number): Promise<void> {
  const seen = new Set<string>()
  for await (const { filename } of watch(logs)) {
    if (filename?.startsWith('app.2') === true) seen.add(filename.replace(/\.gz$/, ''))
    if (seen.size >= count) return
  }
}

/** Resolves once the process has opened the file. Only Linux tells that, so elsewhere it resolves at once. */
async function opens (pid: number | undefined, path: string): Promise<void> {
  const isOpen = (): boolean => readdirSync(`/proc/${pid}/fd`).some((descriptor) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${descriptor}`) === path
    } catch {
      return false // closed a moment ago
    }
  })
  while (process.platform === 'linux' && !isOpen()) await new Promise(setImmediate)
}

function rotateTo (archive: string, next: string): void {
  linkSync(join(logs, 'app.log'), join(logs, archive))
  writeFileSync(join(logs, '.next'), next)
  renameSync(join(logs, '.next'), join(logs, 'app.log'))
}

test('reads lines that a late writer appends to the archive, and the archives in between', async () => {
  fill(logs, { 'app.20251001_110000.log.gz': linesFrom(0, 0, 5), 'app.log': linesFrom(0, 5, 5) })
  const following = follow('logs/app.log')
  expect(await following.until(10)).toEqual(upTo(10))
  rotateTo('app.20251001_120000.log', linesFrom(0, 12, 2))
  rotateTo('app.20251001_120000.1.log', linesFrom(0, 14, 2))
  // The follower has noticed the rotation, and a writer may be in the old file for another second.
  await opens(following.child.pid, join(logs, 'app.20251001_120000.1.log'))
  appendFileSync(join(logs, 'app.20251001_120000.log'), linesFrom(0, 10, 2))
  expect(await following.until(16)).toEqual(upTo(16))
  appendFileSync(join(logs, 'app.log'), linesFrom(0, 16, 2))
  expect(await following.until(18)).toEqual(upTo(18))
})

test.each([['sealed', 0], ['not sealed', 1759320000]])('does not read its own file again after it was compressed, if it was %s before it was removed', async (_, modified) => {
  fill(logs, { 'app.log': linesFrom(0, 0, 5) })
  const following = follow('logs/app.log')
  await following.until(5)
  const archive = join(logs, 'app.20251001_120000.log')
  following.child.kill('SIGSTOP')
  rotateTo('app.20251001_120000.log', linesFrom(0, 5, 5))
  writeFileSync(`${archive}.gz`, gzipSync(linesFrom(0, 0, 5)))
  utimesSync(archive, 1759320000, modified)
  utimesSync(`${archive}.gz`, 1759320000, 1759320000)
  unlinkSync(archive)
  following.child.kill('SIGCONT')
  await following.until(10)
  expect(await following.upToMarker()).toEqual(upTo(10))
})

test('goes on in the new file when an operator moved the old one away', async () => {
  fill(logs, { 'app.log': linesFrom(0, 0, 5) })
  const following = follow('logs/app.log')
  await following.until(5)
  renameSync(join(logs, 'app.log'), join(logs, 'app.log.1'))
  appendFileSync(join(logs, 'app.log.1'), linesFrom(0, 5, 1))
  await following.until(6)
  fill(logs, { 'app.log': linesFrom(0, 6, 5) })
  await following.until(11)
  expect(await following.upToMarker()).toEqual(upTo(11))
})

test('goes on from the start when the file was cut back', async () => {
  fill(logs, { 'app.log': linesFrom(0, 0, 5) })
  const following = follow('logs/app.log')
  await following.until(5)
  writeFileSync(join(logs, 'app.log'), linesFrom(0, 5, 2))
  expect(await following.until(7)).toEqual(upTo(7))
})

test('with --since leaves out the lines before it', async () => {
  const nowMs = Date.now()
  fill(logs, { 'app.log': linesFrom(nowMs - 7_200_000, 0, 5) + linesFrom(nowMs - 1_800_000, 5, 5) })
  const following = follow('logs/app.log', '--since', '1h')
  await following.until(5)
  appendFileSync(join(logs, 'app.log'), linesFrom(nowMs, 10, 2))
  expect(await following.until(7)).toEqual([5, 6, 7, 8, 9, 10, 11])
})

test('-f -n with conditions gives the last lines that match, and then new ones that do', async () => {
  const failed = (first: number, count: number): string => linesFrom(0, first, count).replaceAll('"level":30', '"level":50')
  fill(logs, { 'app.log': failed(0, 3) + linesFrom(0, 3, 3) + failed(6, 2) })
  const following = follow('logs/app.log', '-f', '-n', '3', '--level', 'error', '--match', 'n!=7')
  await following.until(3)
  appendFileSync(join(logs, 'app.log'), linesFrom(0, 8, 2) + failed(10, 2))
  renameSync(join(logs, 'app.log'), join(logs, 'app.log.1'))
  fill(logs, { 'app.log': linesFrom(0, 12, 2) + failed(14, 1) })
  expect(await following.until(6)).toEqual([1, 2, 6, 10, 11, 14])
})

test('ends quietly when the reader is gone', async () => {
  fill(logs, { 'app.log': linesFrom(0, 0, 5) })
  const following = follow('logs/app.log')
  await following.until(5)
  following.child.stdout.destroy()
  const closed = new Promise((resolve) => following.child.once('close', resolve))
  appendFileSync(join(logs, 'app.log'), linesFrom(0, 5, 5))
  expect(await closed).toBe(0)
  expect(following.said()).toBe('')
})
