// One logger, several files: every line in one of them, whole, once, in order, and each file looked after by itself.
import { mkdirSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { systemClock } from '../../../src/clock.js'
import type { CompressedEvent, RotatedEvent } from '../../../src/events.js'
import type { RotorOptions } from '../../../src/options/options.js'
import { parseOptions } from '../../../src/options/parse-options.js'
import { LogStream } from '../../../src/stream.js'
import { closed, collect, eventWhere } from '../../support/events.js'
import { keptLines } from '../../support/kept.js'
import { settleDisk } from '../../support/passing-time.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

function open (options: RotorOptions): LogStream {
  return new LogStream(parseOptions({ report: false, compress: false, ...options }), systemClock)
}

function routed (folder: string, options: Partial<RotorOptions> = {}): RotorOptions {
  return {
    file: join(folder, 'app.log'),
    routes: [{ file: join(folder, 'error.log'), match: { level: 'error' } }, { file: join(folder, 'request.log'), match: { kind: 'request' } }],
    ...options
  }
}

test('each line goes to the file of the first route that it matches, or else to the main file', async () => {
  const folder = temporaryFolder()
  const stream = open(routed(folder))
  const lines = {
    app: ['{"level":30,"msg":"plain"}', 'not JSON at all', '{"level":50', ''],
    error: ['{"level":50,"kind":"request"}', '{"level":60}'],
    request: ['{"level":30,"kind":"request"}']
  }
  const mixed = [lines.app[0], lines.error[0], lines.request[0], lines.app[1], lines.app[2], lines.error[1], lines.app[3]]
  stream.write(mixed.map((line) => `${line ?? ''}\n`).join(''))
  await closed(stream)
  for (const [name, expected] of Object.entries(lines)) {
    expect(readFileSync(join(folder, `${name}.log`), 'utf8'), name).toBe(expected.map((line) => `${line}\n`).join(''))
  }
})

test('any lines in any pieces arrive whole, once and in order in their own file', async () => {
  const parent = temporaryFolder()
  let runs = 0
  const line = fc.record({ level: fc.constantFrom(30, 50), kind: fc.constantFrom('request', 'other'), msg: fc.string({ unit: 'grapheme', maxLength: 30 }) })
  await fc.assert(fc.asyncProperty(fc.array(line, { maxLength: 40 }), fc.array(fc.nat(2_000), { maxLength: 10 }), async (records, cuts) => {
    const folder = join(parent, String(runs++))
    mkdirSync(folder)
    const lines = records.map((record, index) => JSON.stringify({ ...record, index }))
    const whole = lines.map((text) => `${text}\n`).join('')
    const stream = open(routed(folder, { size: '300b', limit: false }))
    const edges = [0, ...cuts.map((cut) => Math.min(cut, whole.length)).sort((a, b) => a - b), whole.length]
    for (const [index, end] of edges.slice(1).entries()) stream.write(whole.slice(edges[index], end))
    await closed(stream)
    const wanted = (name: string): string[] => lines.filter((_, index) => {
      const { level, kind } = records[index] ?? {}
      return name === (level === 50 ? 'error' : kind === 'request' ? 'request' : 'app')
    })
    for (const name of ['app', 'error', 'request']) expect(keptLines(join(folder, `${name}.log`)), name).toEqual(wanted(name))
  }), { numRuns: 60 })
})

test('a route has its own size, and its files are rotated and compressed by themselves', async () => {
  const folder = temporaryFolder()
  const stream = open({
    file: join(folder, 'app.log'), routes: [{ file: join(folder, 'error.log'), match: { level: 'error' }, size: '20b', compress: { algorithm: 'gzip' } }]
  })
  const compressed = eventWhere<CompressedEvent>(stream, 'compressed', () => true)
  for (let index = 0; index < 3; index++) stream.write('{"level":50}\n{"level":30}\n')
  expect((await compressed).file).toBe(join(folder, 'error.log'))
  await stream.sweep()
  expect(readdirSync(folder).filter((name) => name.startsWith('error.')).every((name) => name === 'error.log' || name.endsWith('.gz'))).toBe(true)
  expect(readdirSync(folder).filter((name) => name.startsWith('app.'))).toEqual(['app.log'])
  await closed(stream)
})

test('rotate rotates every file and resolves to the event of the main one', async () => {
  const folder = temporaryFolder()
  const stream = open(routed(folder))
  const rotated = collect<RotatedEvent>(stream, 'rotated')
  stream.write('{"level":30}\n{"level":50}\n')
  expect(await stream.rotate()).toMatchObject({ file: join(folder, 'app.log'), reason: 'request' })
  await settleDisk()
  expect(rotated.map(({ file }) => file)).toEqual([join(folder, 'app.log'), join(folder, 'error.log')])
  stream.write('{"level":50}\n')
  expect(await stream.rotate()).toBeNull()
  await settleDisk()
  expect(rotated.length).toBe(3)
  await closed(stream)
})

test('status describes the main log and every route', async () => {
  const folder = temporaryFolder()
  const stream = open(routed(folder))
  expect(await stream.status()).toMatchObject({ file: join(folder, 'app.log'), routes: [{ file: join(folder, 'error.log') }, { file: join(folder, 'request.log') }] })
  await closed(stream)
})

test('two routes may share one file', async () => {
  const folder = temporaryFolder()
  const shared = join(folder, 'notable.log')
  const stream = open({ file: join(folder, 'app.log'), routes: [{ file: shared, match: { level: 'error' } }, { file: shared, match: { audit: true } }] })
  stream.write('{"level":50,"n":1}\n{"level":30,"n":2}\n{"level":30,"audit":true}\n{"level":60,"n":3}\n')
  await closed(stream)
  expect(readFileSync(shared, 'utf8')).toBe('{"level":50,"n":1}\n{"level":30,"audit":true}\n{"level":60,"n":3}\n')
})

test('if one file cannot be opened, none stays open and the error names it', () => {
  const folder = temporaryFolder()
  const settings = parseOptions(routed(folder))
  mkdirSync(join(folder, 'request.log'))
  const descriptors = readdirSync('/proc/self/fd').length
  expect(() => new LogStream(settings, systemClock)).toThrow(expect.objectContaining({ path: join(folder, 'request.log') }))
  expect(readdirSync('/proc/self/fd').length).toBe(descriptors)
})

test('each log that is opened or rotated is a step that the application sees, so that a worker with many logs does not seem to stand still', async () => {
  let steps = 0
  const stream = new LogStream(parseOptions({ report: false, compress: false, ...routed(temporaryFolder()) }), systemClock, undefined, { onStep: () => { steps++ } })
  expect(steps).toBe(3)
  stream.write('{"level":30}\n{"level":50}\n{"level":30,"kind":"request"}\n')
  await stream.rotate()
  expect(steps).toBe(6)
  await closed(stream)
})
