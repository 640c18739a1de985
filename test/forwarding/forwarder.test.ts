// A log that forwards to a receiver that fails in every way: each line that reached a file arrives, in order.
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeEach, expect, test } from 'vitest'
import { systemClock } from '../../src/clock.js'
import { formatMarker } from '../../src/disk/bundle/bundle-marker.js'
import type { FailedEvent, ForwardedEvent, RemovedEvent } from '../../src/events.js'
import type { ForwardOptions, RotorOptions } from '../../src/options/options.js'
import { parseOptions } from '../../src/options/parse-options.js'
import { LogStream } from '../../src/stream.js'
import { block } from '../support/block.js'
import { closed, collect, eventWhere } from '../support/events.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { startReceiver, taken, type Receiver } from './receiver.js'

let folder: string
let receiver: Receiver

beforeEach(async () => {
  folder = temporaryFolder()
  receiver = await startReceiver()
})

function open (forward: ForwardOptions = {}, options: Partial<RotorOptions> = {}): LogStream {
  return new LogStream(parseOptions({ file: join(folder, 'app.log'), report: false, forward: { to: 'otlp', url: receiver.url, from: 'oldest', ...forward }, ...options }), systemClock)
}

function lines (from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, index) => `line ${from + index}`)
}

function log (stream: LogStream, from: number, to: number): void {
  for (const msg of lines(from, to)) stream.write(`${JSON.stringify({ level: 30, time: 1759320671111, msg })}\n`)
}

test('sends every line once, in order, while the log rotates and is compressed', async () => {
  const stream = open({}, { size: '2k' })
  for (let start = 0; start < 1000; start += 100) {
    log(stream, start, start + 100)
    await receiver.until(() => receiver.records.length > start)
  }
  await receiver.until(() => receiver.records.length >= 1000)
  await closed(stream)
  expect(receiver.bodies).toEqual(lines(0, 1000))
  expect(new Set(receiver.records.map(({ uid }) => uid)).size).toBe(1000)
})

test('sends after the end of the application the lines that a receiver missed while it was away', async () => {
  await receiver.stop()
  const stream = open()
  const failed = eventWhere<FailedEvent>(stream, 'failed', ({ step }) => step === 'forward')
  log(stream, 0, 500)
  await failed
  await stream.rotate()
  await stream.sweep()
  log(stream, 500, 700)
  await closed(stream)
  await receiver.start()
  const again = open()
  await receiver.until(() => receiver.records.length >= 700)
  await closed(again)
  expect(receiver.bodies).toEqual(lines(0, 700))
})

test('reports a failure once, and its end once', async () => {
  receiver.answering = (_, request) => request <= 3 ? { status: 503 } : taken
  const stream = open()
  const failures = collect<FailedEvent>(stream, 'failed')
  const recovered = eventWhere(stream, 'recovered', () => true)
  log(stream, 0, 10)
  await recovered
  await closed(stream)
  expect(failures).toMatchObject([{ step: 'forward', code: 'ERR_ROTOR_FORWARD_ANSWER', path: receiver.url }])
  expect(receiver.bodies).toEqual(lines(0, 10))
})

test.each([401, 403, 404, 408, 429, 500, 502, 307])('sends a batch again after the answer %i', async (status) => {
  receiver.answering = (_, request) => request === 1 ? { status } : taken
  const stream = open()
  log(stream, 0, 10)
  await receiver.until(() => receiver.records.length >= 10)
  await closed(stream)
  expect(receiver.bodies).toEqual(lines(0, 10))
})

test('gives an acknowledged but not recorded line the same identity when the next start sends it again', async () => {
  receiver.answering = (_, request) => request === 1 ? { status: 200, isLost: true } : taken
  const stream = open()
  log(stream, 0, 10)
  await receiver.until(() => receiver.records.length >= 10)
  await closed(stream)
  const again = open()
  await receiver.until(() => receiver.records.length >= 20)
  await closed(again)
  expect(receiver.bodies).toEqual([...lines(0, 10), ...lines(0, 10)])
  expect(receiver.records.slice(0, 10)).toEqual(receiver.records.slice(10))
})

test.each([400, 413])('keeps a line that is refused with %i beside the log, and sends all others', async (status) => {
  receiver.answering = (records) => records.some(({ body }) => body === 'line 37') ? { status } : taken
  const stream = open()
  const told = eventWhere<ForwardedEvent>(stream, 'forwarded', () => true)
  log(stream, 0, 100)
  expect(await told).toMatchObject({ lines: 99, rejected: 1 })
  await closed(stream)
  expect(receiver.bodies).toEqual(lines(0, 100).filter((line) => line !== 'line 37'))
  const rejects = readdirSync(folder).find((name) => name.endsWith('.rejected'))
  expect(readFileSync(join(folder, rejects ?? 'none'), 'utf8')).toContain('line 37')
})

test('begins at the next line if nothing was sent yet and "from" is "now"', async () => {
  const before = open({}, { forward: false })
  log(before, 0, 10)
  await before.rotate()
  log(before, 10, 20)
  await closed(before)
  const stream = open({ from: 'now' })
  log(stream, 20, 30)
  await receiver.until(() => receiver.records.length >= 10)
  await closed(stream)
  expect(receiver.bodies).toEqual(lines(20, 30))
})

test('starts over, and says so, if the record of sent lines is torn', async () => {
  writeFileSync(join(folder, 'app.log'), '{"msg":"kept"}\n')
  writeFileSync(join(folder, '.app.log.rotor.sent'), '{"version":1,"aft')
  const stream = open()
  const failed = eventWhere<FailedEvent>(stream, 'failed', () => true)
  expect((await failed).code).toBe('ERR_ROTOR_CURSOR_TORN')
  await receiver.until(() => receiver.records.length >= 1)
  await closed(stream)
  expect(receiver.bodies).toEqual(['kept'])
})

test('says that older lines are left out if no record of sent lines is there, and only once', async () => {
  writeFileSync(join(folder, 'app.log'), '{"msg":"older"}\n')
  const stream = open({ from: 'now' })
  const failed = await eventWhere<FailedEvent>(stream, 'failed', () => true)
  expect(failed).toMatchObject({ code: 'ERR_ROTOR_CURSOR_MISSING', message: 'there are older lines, and no record of which were sent: forwarding begins at the next line' })
  log(stream, 0, 1)
  await receiver.until(() => receiver.records.length >= 1)
  await closed(stream)
  const again = open({ from: 'now' })
  const told = collect<FailedEvent>(again, 'failed')
  log(again, 1, 2)
  await receiver.until(() => receiver.records.length >= 2)
  await closed(again)
  expect(told).toEqual([])
  // What was acknowledged right before the end is sent again.
  expect([...new Set(receiver.bodies)]).toEqual(lines(0, 2))
})

test('says that older lines may arrive again if the record of sent lines was lost, and sends all of them', async () => {
  const before = open()
  log(before, 0, 10)
  await receiver.until(() => receiver.records.length >= 10)
  await closed(before)
  rmSync(join(folder, '.app.log.rotor.sent'))
  const stream = open()
  const failed = await eventWhere<FailedEvent>(stream, 'failed', () => true)
  expect(failed).toMatchObject({ code: 'ERR_ROTOR_CURSOR_MISSING', message: 'there are older lines, and no record of which were sent: forwarding begins at the oldest line that is kept, so lines may arrive again' })
  await receiver.until(() => receiver.records.length >= 20)
  await closed(stream)
  expect(receiver.bodies).toEqual([...lines(0, 10), ...lines(0, 10)])
})

const olderLines: Readonly<Record<string, () => void>> = {
  'the active file': () => { writeFileSync(join(folder, 'app.log'), '{"msg":"older"}\n') },
  'an archive': () => { writeFileSync(join(folder, 'app.20251001_121111.log.gz'), gzipSync('{"msg":"older"}\n')) },
  'a bundle': () => {
    mkdirSync(join(folder, 'archive'))
    const packed = gzipSync('{"msg":"older"}\n')
    const marker = formatMarker({ name: 'app.20251001_121111.log', from: 0, to: 16, checksumTo: 0, checksum: 0, packedBytes: packed.length })
    writeFileSync(join(folder, 'archive', 'app.202510.log.gz'), Buffer.concat([marker, packed]))
  }
}

test.each(Object.keys(olderLines).flatMap((place) => [[place, 'oldest'], [place, 'now']] as const))('reports a missing record beside an older line in %s, and begins where "from" says (%s)', async (place, from) => {
  olderLines[place]?.()
  const stream = open({ from }, { bundle: {}, limit: false })
  const failed = await eventWhere<FailedEvent>(stream, 'failed', () => true)
  expect(failed.code).toBe('ERR_ROTOR_CURSOR_MISSING')
  log(stream, 0, 1)
  await receiver.until(() => receiver.bodies.includes('line 0'))
  await closed(stream)
  expect(receiver.bodies).toEqual(from === 'now' ? ['line 0'] : ['older', 'line 0'])
})

test.each(['now', 'oldest'] as const)('says nothing of a missing record if there is no older line (from: %s)', async (from) => {
  const stream = open({ from })
  const told = collect<FailedEvent>(stream, 'failed')
  log(stream, 0, 1)
  await receiver.until(() => receiver.records.length >= 1)
  await closed(stream)
  expect(told).toEqual([])
})

test('sends lines of the level out of an archive, and does not unpack its other blocks', async () => {
  const text = (level: number): string => `${JSON.stringify({ level, msg: `level ${level}` })}\n`.repeat(1000)
  writeFileSync(join(folder, 'app.20251001_121111.log.gz'), Buffer.concat([block(text(30), true), block(text(30) + text(50)), block(text(20), true)]))
  const stream = open({ level: 'error' })
  const told = collect<FailedEvent>(stream, 'failed')
  await receiver.until(() => receiver.records.length >= 1000)
  log(stream, 0, 1)
  await closed(stream)
  expect(receiver.bodies).toEqual(Array.from({ length: 1000 }, () => 'level 50'))
  expect(told).toMatchObject([{ code: 'ERR_ROTOR_CURSOR_MISSING' }])
})

test('says which archive cannot be read, and sends the rest of it', async () => {
  const name = 'app.20251001_121111.log.gz'
  const text = (from: number, to: number): string => lines(from, to).map((msg) => `${JSON.stringify({ level: 30, msg })}\n`).join('')
  writeFileSync(join(folder, name), Buffer.concat([block(text(0, 10)), block(text(10, 20), true), block(text(20, 30))]))
  const stream = open()
  const failed = eventWhere<FailedEvent>(stream, 'failed', ({ code }) => code !== 'ERR_ROTOR_CURSOR_MISSING')
  await receiver.until(() => receiver.bodies.includes('line 29'))
  await closed(stream)
  expect(await failed).toMatchObject({ step: 'forward', code: 'ERR_ROTOR_LINES_UNREADABLE', message: expect.stringContaining(name) as string })
  expect(receiver.bodies).toEqual([...lines(0, 10), ...lines(20, 30)])
})

test('sends only lines of the level and above', async () => {
  const stream = open({ level: 'warn' })
  for (const [level, msg] of [[30, 'info'], [40, 'warn'], [50, 'error']] as const) stream.write(`${JSON.stringify({ level, time: 1, msg })}\n`)
  await receiver.until(() => receiver.records.length >= 2)
  await closed(stream)
  expect(receiver.bodies).toEqual(['warn', 'error'])
})

test('keeps archives that were not sent beyond every limit, and gives them up beyond "hold"', async () => {
  await receiver.stop()
  for (const day of [1, 2, 3, 4]) writeFileSync(join(folder, `app.2025100${day}.log.gz`), gzipSync(`{"msg":"${'x'.repeat(day)}"}\n`))
  const stream = open({}, { limit: { count: 1, age: false } })
  const kept = collect<RemovedEvent>(stream, 'removed')
  await stream.sweep()
  await closed(stream)
  expect(kept).toEqual([])
  const greedy = open({ hold: '1b' }, { limit: { count: 1, age: false } })
  const removed = collect<RemovedEvent>(greedy, 'removed')
  await greedy.sweep()
  await closed(greedy)
  expect(removed.map(({ forwarded }) => forwarded)).toEqual([false, false, false])
})

test('reads on in bundles, and in an archive of another compression', async () => {
  mkdirSync(join(folder, 'archive'))
  writeFileSync(join(folder, 'app.20251001.log'), '{"msg":"one"}\n')
  writeFileSync(join(folder, 'app.20251002.log'), '{"msg":"two"}\n')
  const stream = open({}, { bundle: {}, compress: 'brotli' })
  await receiver.until(() => receiver.records.length >= 2)
  log(stream, 0, 1)
  await receiver.until(() => receiver.records.length >= 3)
  await closed(stream)
  expect(receiver.bodies).toEqual(['one', 'two', 'line 0'])
})

test('sends every line that is logged after the file was moved away and removed', async () => {
  const stream = open()
  log(stream, 0, 10)
  await receiver.until(() => receiver.records.length >= 10)
  renameSync(join(folder, 'app.log'), join(folder, 'moved'))
  rmSync(join(folder, 'moved'))
  // The writer looks for its file every 100 ms of writing, and writes again what it wrote into the removed one meanwhile.
  let next = 10
  const writing = setInterval(() => { log(stream, next, ++next) }, 20)
  await receiver.until(() => receiver.bodies.includes('line 100'))
  clearInterval(writing)
  await closed(stream)
  expect(lines(10, 101).filter((line) => !receiver.bodies.includes(line))).toEqual([])
})

test('ends at once while the receiver is silent', async () => {
  receiver.answering = () => ({ status: 200, isSilent: true })
  const stream = open()
  log(stream, 0, 10)
  await receiver.until(() => receiver.requests.length >= 1)
  await closed(stream)
})

test('lets one of two processes forward at a time', async () => {
  const streams = [open(), open()]
  const failures = streams.map((stream) => collect<FailedEvent>(stream, 'failed'))
  for (const [index, stream] of streams.entries()) log(stream, index * 100, index * 100 + 100)
  await receiver.until(() => new Set(receiver.bodies).size >= 200)
  await Promise.all(streams.map(closed))
  expect(receiver.bodies).toHaveLength(200)
  // Two at a time would take each other's record away.
  expect(failures).toEqual([[], []])
})
