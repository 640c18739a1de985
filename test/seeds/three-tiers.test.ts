// The second seed system, "Three-tier rotation", row by row, against the built package with the clock moved.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import type { BundledEvent, RemovedEvent, RotatedEvent } from '../../src/index.js'
import { run } from '../cli/command-line.js'
import { runApplication } from '../support/application.js'
import { rotor } from '../support/built-package.js'
import { closed, collect, eventWhere } from '../support/events.js'
import { pass, passUntil, settleDisk, stopTimeAt } from '../support/passing-time.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { recipeWith } from './recipe.js'

const dayMs = 86_400_000
const daily = { frequency: '0 2 * * *', stamp: 'date', size: false, report: false } as const

function namesIn (folder: string): string[] {
  return readdirSync(folder).filter((name) => !name.startsWith('.')).sort()
}

test('daily at 02:00 to dated files; a second rotation of one day is numbered, never overwritten', async () => {
  stopTimeAt('2025-12-07T12:00:00Z')
  const folder = temporaryFolder()
  const stream = await rotor({ file: join(folder, 'field_flow.jsonl'), ...daily, compress: false })
  stream.write('{"n":1}\n')
  pass(14 * 3_600_000)
  expect(namesIn(folder)).toEqual(['field_flow.20251207.jsonl', 'field_flow.jsonl'])
  stream.write('{"n":2}\n')
  await stream.rotate()
  stream.write('{"n":3}\n')
  await stream.rotate()
  expect(namesIn(folder)).toEqual(['field_flow.20251207.jsonl', 'field_flow.20251208.1.jsonl', 'field_flow.20251208.jsonl', 'field_flow.jsonl'])
  await closed(stream)
})

test('monthly at 03:00 on the 1st: the whole month in one compressed file, its sources gone, and a rerun adds', async () => {
  stopTimeAt('2025-12-01T01:00:00Z')
  const folder = temporaryFolder()
  const options = { file: join(folder, 'field_flow.jsonl'), ...daily, bundle: { frequency: '0 3 1 * *', directory: 'archive' }, limit: { count: false, age: '7d' }, sweep: '0 4 * * 0' } as const
  const stream = await rotor(options)
  const removed = collect<RemovedEvent>(stream, 'removed')
  for (let day = 1; day <= 31; day++) {
    pass(dayMs)
    stream.write(`{"day":${day}}\n`)
    await settleDisk()
  }
  const bundle = join(folder, 'archive/field_flow.202512.jsonl.gz')
  const { members } = await passUntil(eventWhere<BundledEvent>(stream, 'bundled', (event) => event.bundle === bundle), 60_000)
  await passUntil(stream.sweep())
  const inBundle = (): string[] => gunzipSync(readFileSync(bundle)).toString().trimEnd().split('\n')
  expect(inBundle()).toEqual(Array.from({ length: members }, (_, index) => `{"day":${index + 1}}`))
  expect(members).toBeGreaterThanOrEqual(30)
  expect(removed).toEqual([])
  expect(namesIn(folder).filter((name) => name.includes('.202512'))).toEqual([])

  writeFileSync(join(folder, 'field_flow.20251215.1.jsonl.gz'), gzipSync('{"late":true}\n'))
  await passUntil(stream.sweep())
  expect(inBundle().length).toBe(members + 1)
  expect(inBundle().at(-1)).toBe('{"late":true}')
  await closed(stream)
})

test('weekly at 04:00 on Sunday: removes archives older than 7 days, and none sooner', async () => {
  stopTimeAt('2025-12-01T00:00:00Z')
  const folder = temporaryFolder()
  const stream = await rotor({ file: join(folder, 'field_flow.jsonl'), ...daily, limit: { count: false, age: '7d' }, sweep: '0 4 * * 0' })
  await passUntil(stream.sweep())
  for (const day of ['20251126', '20251129', '20251201']) writeFileSync(join(folder, `field_flow.${day}.jsonl.gz`), gzipSync(`${day}\n`))
  pass(Date.parse('2025-12-07T03:59:59Z') - Date.now())
  await settleDisk()
  expect(namesIn(folder).length).toBe(4)
  const removed = collect<RemovedEvent>(stream, 'removed')
  await passUntil(eventWhere<RemovedEvent>(stream, 'removed', ({ file }) => file.includes('20251129')))
  expect(new Date().toISOString().slice(0, 16)).toBe('2025-12-07T04:00')
  expect(removed.map(({ reason }) => reason)).toEqual(['age', 'age'])
  expect(namesIn(folder)).toEqual(['field_flow.20251201.jsonl.gz', 'field_flow.jsonl'])
  await closed(stream)
})

test('several logs in one folder: none touches another\'s files', async () => {
  stopTimeAt('2025-12-07T12:00:00Z')
  const folder = temporaryFolder()
  const options = await recipeWith('field_flow.jsonl', folder)
  expect(options).toMatchObject({ frequency: '0 2 * * *', stamp: 'date', bundle: { frequency: '0 3 1 * *', directory: 'archive' }, sweep: '0 4 * * 0' })
  const stream = await rotor({ ...options, timezone: 'UTC', report: false, compress: false })
  stream.write('{"n":1}\n{"log":"wrapper_requests"}\n{"log":"evolution"}\n')
  const rotated = collect<RotatedEvent>(stream, 'rotated')
  pass(14 * 3_600_000)
  await settleDisk()
  const logs = ['evolution', 'field_flow', 'wrapper_requests']
  expect(namesIn(join(folder, 'logs'))).toEqual(logs.flatMap((name) => [`${name}.20251207.jsonl`, `${name}.jsonl`]))
  expect(rotated.length).toBe(3)
  await closed(stream)
})

test('zero-touch, no second copy of settings: the application and the command line read one options object', async () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'rotor.config.mjs'), "export default { file: 'logs/field_flow.jsonl', frequency: '0 2 * * *', stamp: 'date', size: false, compress: 'brotli', limit: { count: 1, age: false } }")
  const application = runApplication(folder, `
    import pino from 'pino'
    import { transport } from 'pino-rotor'
    import options from './rotor.config.mjs'
    pino(transport(options)).info('hello')
  `)
  expect(await application.ended).toMatchObject({ code: 0, stderr: '' })
  const call = async (...args: string[]): ReturnType<typeof run> => await run([...args, '--config', 'rotor.config.mjs'], { cwd: folder })
  // The period began at two o'clock.
  const today = new Date(Date.now() - 2 * 3_600_000).toISOString().slice(0, 10).replaceAll('-', '')
  writeFileSync(join(folder, 'logs/field_flow.20251201.jsonl.br'), 'old')
  expect(await call('rotate')).toMatchObject({ status: 0, stdout: expect.stringContaining(`field_flow.${today}.jsonl`) })
  expect(await call('sweep')).toMatchObject({ status: 0 })
  expect(namesIn(join(folder, 'logs'))).toEqual([`field_flow.${today}.jsonl.br`, 'field_flow.jsonl'])
  expect(await call('cat')).toMatchObject({ status: 0, stdout: expect.stringContaining('"msg":"hello"') })
})

test('the active file goes on under its name', async () => {
  stopTimeAt('2025-12-07T12:00:00Z')
  const folder = temporaryFolder()
  const file = join(folder, 'field_flow.jsonl')
  const stream = await rotor({ file, ...daily, compress: false })
  stream.write('{"n":1}\n')
  pass(14 * 3_600_000)
  expect(statSync(file).size).toBe(0)
  stream.write('{"n":2}\n')
  expect(readFileSync(file, 'utf8')).toBe('{"n":2}\n')
  await closed(stream)
})
