// Lines of more than 16 MiB, and text without newlines: written in parts as it comes, as one line in one file, in bounded memory.
import fs, { existsSync, readFileSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { systemClock } from '../../src/clock.js'
import type { DroppedEvent } from '../../src/events.js'
import type { RotorOptions } from '../../src/options/options.js'
import { parseOptions } from '../../src/options/parse-options.js'
import { LogStream } from '../../src/stream.js'
import { closed, collect } from '../support/events.js'
import { filesOf } from '../support/kept.js'
import { pass, settleDisk, stopTimeAt } from '../support/passing-time.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const mebibyte = 1024 * 1024

vi.mock('node:fs', async (importOriginal) => {
  const original = await importOriginal<typeof import('node:fs') & { default: typeof fs }>()
  return { ...original, writeSync: (...given: Parameters<typeof fs.writeSync>) => original.default.writeSync(...given) }
})

function open (options: Partial<RotorOptions> = {}): { stream: LogStream, file: string } {
  const file = join(temporaryFolder(), 'app.log')
  return { stream: new LogStream(parseOptions({ file, compress: false, limit: false, report: false, ...options }), systemClock), file }
}

/** Writes a line of that many MiB in pieces of one, and calls back between two of them. */
function writeLong (stream: LogStream, begin: string, mebibytes: number, between: (written: number) => void = () => {}): string {
  const piece = 'x'.repeat(mebibyte)
  stream.write(begin)
  for (let written = 1; written <= mebibytes; written++) {
    stream.write(piece)
    between(written)
  }
  stream.write('\n')
  return `${begin}${piece.repeat(mebibytes)}\n`
}

// A text of many MiB is no help in a failure's message.
function same (left: string | Buffer, right: string): boolean {
  return Buffer.from(left).equals(Buffer.from(right))
}

function contents (file: string): string[] {
  return filesOf(file).map(({ content }) => content.toString())
}

test('is in the file part by part before it ends, and stays one line', async () => {
  const { stream, file } = open()
  const sizes: number[] = []
  const line = writeLong(stream, '{"pad":"', 40, () => { sizes.push(statSync(file).size) })
  await closed(stream)
  expect(sizes[14]).toBe(0)
  expect(sizes[20]).toBeGreaterThan(15 * mebibyte)
  expect(sizes[39]).toBeGreaterThan(30 * mebibyte)
  expect(same(readFileSync(file), line)).toBe(true)
})

test('has a file of its own if it is longer than `size`, and no rotation splits it', async () => {
  const { stream, file } = open({ size: '20m', frequency: 'hourly' })
  stopTimeAt('2025-10-01T12:59:59Z')
  stream.write('before\n')
  let refused = 0
  const line = writeLong(stream, '', 40, (written) => {
    pass(1_000)
    if (written > 16) void stream.rotate().catch((error: NodeJS.ErrnoException) => { if (error.code === 'ERR_ROTOR_BUSY') refused++ })
  })
  stream.write('after\n')
  await settleDisk()
  await closed(stream)
  expect(contents(file).map((content) => content.slice(0, 10))).toEqual(['before\n', 'xxxxxxxxxx', 'after\n'])
  expect(same(contents(file)[1] ?? '', line)).toBe(true)
  expect(refused).toBe(24)
})

test('goes to the file of its route as a whole, by what its first part says', async () => {
  const folder = temporaryFolder()
  const [file, route] = [join(folder, 'app.log'), join(folder, 'error.log')]
  const { stream } = open({ file, routes: [{ file: route, match: { level: 'error' } }] })
  const error = writeLong(stream, '{"level":50,"pad":"', 20)
  const other = writeLong(stream, '{"level":30,"pad":"', 20, (written) => { if (written === 18) stream.write('{"level":50}') })
  stream.write('{"level":50}\n{"level":30}\n')
  await closed(stream)
  expect(same(readFileSync(route), `${error}{"level":50}\n`)).toBe(true)
  expect(readFileSync(file, 'utf8').length).toBe(other.length + '{"level":50}'.length + '{"level":30}\n'.length)
})

test('is looked at once by `rotateWhen`', async () => {
  const { stream, file } = open({ rotateWhen: { event: 'boot' } })
  stream.write('before\n')
  const line = writeLong(stream, '{"event":"boot","pad":"', 40)
  await closed(stream)
  expect(contents(file).map((content) => content.length)).toEqual([7, line.length])
})

test('that loses its rest to a full disk is ended and counted, and the next line stands alone', async () => {
  const { stream, file } = open({ buffer: '1m' })
  stopTimeAt('2025-10-01T12:00:00Z')
  const dropped = collect<DroppedEvent>(stream, 'dropped')
  const real = fs.writeSync
  const accept = vi.spyOn(fs, 'writeSync')
  onTestFinished(() => { accept.mockRestore() })
  writeLong(stream, 'begin', 50, (written) => {
    if (written === 20) {
      accept.mockImplementation(((descriptor: number, bytes: Buffer | string, ...rest: number[]) => {
        if (typeof bytes === 'string' || bytes.length === 0) return Reflect.apply(real, fs, [descriptor, bytes, ...rest]) as number
        throw Object.assign(new Error('ENOSPC: injected'), { code: 'ENOSPC' })
      }) as typeof fs.writeSync)
    }
    if (written !== 49) return
    accept.mockRestore()
    pass(5_000)
  })
  stream.write('{"id":1}\n')
  await settleDisk()
  await closed(stream)
  const lines = readFileSync(file, 'utf8').split('\n')
  expect(lines.slice(1)).toEqual(['{"id":1}', ''])
  expect(lines[0]?.startsWith('beginx')).toBe(true)
  expect(dropped.reduce((sum, { lines }) => sum + lines, 0)).toBe(1)
  // One newline ends the part that is kept, and the dropped rest has its own.
  expect((lines[0]?.length ?? 0) + 1 + dropped.reduce((sum, { bytes }) => sum + bytes, 0)).toBe('begin'.length + 50 * mebibyte + 2)
})

test('goes on in the new file if another program moves the file away meanwhile', async () => {
  const { stream, file } = open()
  const line = writeLong(stream, 'begin', 40, (written) => { if (written === 20) renameSync(file, `${file}.away`) })
  await closed(stream)
  expect(existsSync(file)).toBe(true)
  expect(same(readFileSync(`${file}.away`, 'utf8') + readFileSync(file, 'utf8'), line)).toBe(true)
})

test('warns once of objects that follow each other without a newline, and not of a long line', async () => {
  const { stream, file } = open()
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
  onTestFinished(() => { warn.mockRestore() })
  writeLong(stream, '{"pad":"', 20)
  expect(warn).not.toHaveBeenCalled()
  for (let written = 0; written < 40; written++) stream.write(`{"level":30,"pad":"${'x'.repeat(mebibyte)}"}`)
  await closed(stream)
  expect(warn).toHaveBeenCalledOnce()
  expect(warn.mock.calls[0]?.[0]).toContain(file)
})
