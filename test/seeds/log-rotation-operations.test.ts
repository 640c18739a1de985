// The rows of the first seed system, "Log rotation and compression", that are about running it: what an operator asks, what it
// costs, and what the recommended settings do; against the built package and its command line.
import { readFileSync, readdirSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync, inflateRawSync } from 'node:zlib'
import { expect, test } from 'vitest'
import type { LogStatus, RemovedEvent, RotatedEvent } from '../../src/index.js'
import { fill, lineAt, run } from '../cli/command-line.js'
import { runApplication } from '../support/application.js'
import { rotor } from '../support/built-package.js'
import { closed, collect } from '../support/events.js'
import { archivesOf } from '../support/kept.js'
import { pass, passUntil, settleDisk, stopTimeAt } from '../support/passing-time.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { recipeWith } from './recipe.js'

const hourMs = 3_600_000
const mebibyte = 1024 * 1024

async function command (folder: string, ...args: string[]): ReturnType<typeof run> {
  return await run(args, { cwd: folder })
}

test('rotation logging: events in the application, and on stderr for container logs', async () => {
  const { code, stdout, stderr } = await runApplication(temporaryFolder(), `
    import pino from 'pino'
    import { transport } from 'pino-rotor'
    const destination = transport({ file: 'logs/upstream_requests.json', report: true })
    for (const name of ['rotated', 'compressed', 'removed']) destination.on(name, (details) => console.log(name, JSON.stringify(details)))
    pino(destination).info('hello')
    await destination.rotate()
    await destination.sweep()
    destination.end()
  `).ended
  expect(code).toBe(0)
  expect(stdout.split('\n').map((line) => line.split(' ')[0])).toEqual(['rotated', 'compressed', ''])
  expect(stderr.trimEnd().split('\n').map((line) => (JSON.parse(line) as { event: string }).event)).toEqual(['rotated', 'compressed'])
})

test('monitor script: total files and size, types, largest files, compression statistics', async () => {
  const folder = temporaryFolder()
  const content = lineAt(Date.UTC(2025, 9, 1), 1, 'x'.repeat(10_000))
  const packed = gzipSync(content)
  fill(join(folder, 'logs'), { 'app.20251001_110000.log.gz': packed, 'app.20251001_120000.log': content, 'app.log': 'active\n', 'other.log': 'not counted\n' })
  const { status, stdout } = await command(folder, 'status', 'logs/app.log', '--json')
  const found = JSON.parse(stdout) as LogStatus
  expect(status).toBe(0)
  expect(found.total).toEqual({ files: 3, bytes: packed.length + content.length + 7 })
  expect(found.kinds).toMatchObject({ active: { files: 1 }, plain: { files: 1, bytes: content.length }, compressed: { files: 1, bytes: packed.length } })
  expect(found.largest.map(({ name }) => name)).toEqual(['app.20251001_120000.log', 'app.20251001_110000.log.gz', 'app.log'])
  expect(found.compression).toMatchObject({ originalBytes: content.length, compressedBytes: packed.length, savedBytes: content.length - packed.length })
  expect((await command(folder, 'status', 'logs/app.log')).stdout).toMatch(/compressed/)
})

test('alerts on directory size, growth, capacity planning: status tells the rate and the days left, and exits 1 beyond a size', async () => {
  const folder = temporaryFolder()
  const days = Array.from({ length: 6 }, (_, index) => new Date(Date.now() - (6 - index) * 24 * hourMs).toISOString().slice(0, 10).replaceAll('-', ''))
  fill(join(folder, 'logs'), { ...Object.fromEntries(days.map((day) => [`app.${day}_120000.log`, 'x'.repeat(100_000) + '\n'])), 'app.log': 'x\n' })
  writeFileSync(join(folder, 'rotor.json'), JSON.stringify({ file: 'logs/app.log', compress: false, limit: { count: false, age: false, totalSize: '10m' } }))
  const { growth, limits } = JSON.parse((await command(folder, 'status', '--config', 'rotor.json', '--json')).stdout) as LogStatus
  expect(growth.writtenBytesPerDay).toBeGreaterThan(50_000)
  expect(growth.writtenBytesPerDay).toBeLessThan(200_000)
  expect(limits.totalSize?.daysLeft).toBeCloseTo((10 * mebibyte - 600_008) / Number(growth.storedBytesPerDay), 0)
  expect(await command(folder, 'status', 'logs/app.log', '--max-size', '1m')).toMatchObject({ status: 0 })
  expect(await command(folder, 'status', 'logs/app.log', '--max-size', '500k')).toMatchObject({ status: 1, stderr: expect.stringContaining('500') })
})

test.each([
  ['not rotating', { enabled: false }, /rotat/],
  ['not compressing', { compress: false }, /"compress" is false: 12 archives stay plain/],
  ['too many files', {}, /2 archives .* beyond "limit\.count"/]
])('troubleshooting: doctor says why it is %s, and what to do', async (_, options, says) => {
  const folder = temporaryFolder()
  const names = Array.from({ length: 12 }, (_, hour) => `app.${new Date(Date.now() - (20 - hour) * hourMs).toISOString().slice(0, 13).replaceAll('-', '').replace('T', '_')}0000.log`)
  fill(join(folder, 'logs'), { ...Object.fromEntries(names.map((name) => [name, 'x\n'])), 'app.log': 'x\n' })
  writeFileSync(join(folder, 'rotor.json'), JSON.stringify({ file: 'logs/app.log', ...options }))
  const { stdout } = await command(folder, 'doctor', '--config', 'rotor.json', '--json')
  const { findings } = JSON.parse(stdout) as { findings: Array<{ message: string, remedy: string | null }> }
  const found = findings.find(({ message }) => says.test(message))
  expect(found, stdout).toBeDefined()
  expect(found?.remedy).toMatch(/\w/)
})

test('minimal overhead: the application\'s thread calls no file system for a line, hands over a tick\'s lines at once, and keeps less than 1 MB', async () => {
  const { code, stdout, stderr } = await runApplication(temporaryFolder(), `
    import fs from 'node:fs'
    import { syncBuiltinESMExports } from 'node:module'
    import { once } from 'node:events'
    let calls = 0
    for (const [name, call] of Object.entries(fs)) {
      if (typeof call === 'function' && /^[a-z]/.test(name)) fs[name] = Object.assign(function (...args) { calls++; return Reflect.apply(call, this, args) }, call)
    }
    syncBuiltinESMExports()
    const { default: pino } = await import('pino')
    const { transport } = await import('pino-rotor')
    const destination = transport({ file: 'logs/app.log', size: '1m', report: false })
    await once(destination, 'ready')
    const logger = pino(destination)
    let handed = 0
    const { notify } = Atomics
    Atomics.notify = (...args) => { handed++; return notify(...args) }
    const log = async (ticks) => {
      for (let tick = 0; tick < ticks; tick++) {
        for (let line = 0; line < 100; line++) logger.info({ tick, line }, 'request completed')
        await new Promise(setImmediate)
      }
      await new Promise((resolve) => { logger.flush(resolve) })
    }
    const usedBytes = () => { gc(); gc(); const { heapUsed, arrayBuffers } = process.memoryUsage(); return heapUsed + arrayBuffers }
    await log(100)
    calls = 0
    handed = 0
    const beforeBytes = usedBytes()
    await log(300)
    console.log(JSON.stringify({ calls, handed, bytes: usedBytes() - beforeBytes }))
    destination.end()
  `, ['--expose-gc']).ended
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const { calls, handed, bytes } = JSON.parse(stdout) as { calls: number, handed: number, bytes: number }
  expect(calls).toBe(0)
  expect(handed).toBeLessThan(30_000 / 10)
  expect(bytes).toBeLessThan(mebibyte)
})

test('recommended production settings: files of 100 MB, 20 of them, for 90 days, looked after every 12 hours', async () => {
  stopTimeAt('2026-03-01T00:00:00Z')
  const folder = temporaryFolder()
  const options = await recipeWith('error_logs.json', folder)
  const logs = join(folder, 'logs')
  const stream = await rotor({ ...options, compress: false, report: false })
  const rotated = collect<RotatedEvent>(stream, 'rotated')
  const removed = collect<RemovedEvent>(stream, 'removed')
  await passUntil(stream.sweep())

  for (let count = 0; count < 101; count++) stream.write('x'.repeat(mebibyte - 1) + '\n')
  await settleDisk()
  expect(rotated).toMatchObject([{ bytes: 100 * mebibyte, reason: 'size' }])

  // One that is 90 days old within the next half day, and one more than 20 for the route of errors.
  writeFileSync(join(logs, 'upstream_requests.20251201_060000.json.gz'), 'old')
  for (let day = 1; day <= 21; day++) writeFileSync(join(logs, `error_logs.202602${String(day).padStart(2, '0')}_000000.json.gz`), 'many')
  await passUntil(new Promise<void>((resolve) => { stream.on('removed', () => { if (removed.length === 2) resolve() }) }), 60_000)
  expect(removed.map(({ file, reason }) => `${file.slice(logs.length + 1)} ${reason}`).sort())
    .toEqual(['error_logs.20260201_000000.json.gz count', 'upstream_requests.20251201_060000.json.gz age'])
  expect(new Date().toISOString().slice(0, 13)).toBe('2026-03-01T12')
  await closed(stream)
})

test('ratios: JSON logs are 80 to 90 % smaller, as the event and the status say', async () => {
  const file = join(temporaryFolder(), 'app.log')
  const stream = await rotor({ file, report: false })
  const compressed = collect<{ from: number, to: number }>(stream, 'compressed')
  for (let id = 0; id < 20_000; id++) stream.write(lineAt(1_760_000_000_000 + id * 37, id, `"req-${id}", "GET /api/v1/orders/${id * 7919 % 10_007}"`))
  await stream.rotate()
  await stream.sweep()
  const { compression } = await stream.status()
  await closed(stream)
  const [{ from, to } = { from: 0, to: 0 }] = compressed
  expect(1 - to / from).toBeGreaterThan(0.8)
  expect(compression.ratio).toBeCloseTo(to / from, 3)
})

test('planned: other algorithms by a module, and cleanup by limits of your own on its archives', async () => {
  const folder = temporaryFolder()
  const module = join(folder, 'my-compressor.mjs')
  writeFileSync(module, "import zlib from 'node:zlib'\nexport default { extension: '.deflate', create: () => zlib.createDeflateRaw(), restore: () => zlib.createInflateRaw() }")
  const file = join(folder, 'app.log')
  const stream = await rotor({ file, compress: { module }, limit: { count: 1 }, report: false })
  for (const content of ['first\n', 'second\n']) {
    stream.write(content)
    await stream.rotate()
  }
  await stream.sweep()
  await closed(stream)
  const [archive = ''] = readdirSync(folder).filter((name) => name.endsWith('.deflate'))
  expect(readdirSync(folder).filter((name) => name.startsWith('app.'))).toEqual([archive, 'app.log'])
  expect(inflateRawSync(readFileSync(join(folder, archive))).toString()).toBe('second\n')
})

test('the recipe "Hourly, by total size": each hour has its file, and the oldest go beyond 5 GB', async () => {
  stopTimeAt('2025-10-01T12:30:00Z')
  const folder = temporaryFolder()
  const options = await recipeWith("frequency: 'hourly'", folder)
  const stream = await rotor({ ...options, report: false })
  const removed = collect<RemovedEvent>(stream, 'removed')
  for (let hour = 12; hour < 17; hour++) {
    stream.write(`{"hour":${hour}}\n`)
    pass(hourMs)
    await settleDisk()
  }
  // An archive and its copy may both be there for a moment.
  expect([...new Set(archivesOf(options.file).map(({ name, content }) => `${name.replace(/\.gz$/, '')} ${content.toString().trim()}`))])
    .toEqual([13, 14, 15, 16, 17].map((hour) => `app.20251001_${hour}0000.log {"hour":${hour - 1}}`))
  // Holes in files take no room on the disk here, but count like any bytes.
  for (const hour of ['01', '02', '03']) {
    const archive = join(folder, `logs/app.20251001_${hour}0000.log.gz`)
    writeFileSync(archive, '')
    truncateSync(archive, 2 * 1024 * mebibyte)
  }
  await passUntil(stream.sweep())
  expect(removed.map(({ file, reason }) => [file, reason])).toEqual([[join(folder, 'logs/app.20251001_010000.log.gz'), 'totalSize']])
  await closed(stream)
})

test('the recipe "A container": a file for each host, and the oldest archives go beyond 1 GB', async () => {
  stopTimeAt('2025-10-01T12:30:00Z')
  const folder = temporaryFolder()
  const options = await recipeWith('app.{hostname}.log', folder)
  const stream = await rotor({ ...options, limit: { ...options.limit as object, minFree: false }, report: false })
  const removed = collect<RemovedEvent>(stream, 'removed')
  stream.write('{"a":1}\n')
  const [active = ''] = readdirSync(join(folder, 'logs')).filter((name) => name.startsWith('app.'))
  expect(active).toMatch(/^app\..+\.log$/)
  expect(active).not.toContain('{')
  const archives = ['01', '02'].map((hour) => join(folder, 'logs', active.replace(/\.log$/, `.20251001_${hour}0000.log.gz`)))
  for (const archive of archives) {
    writeFileSync(archive, '')
    truncateSync(archive, 700 * mebibyte)
  }
  await passUntil(stream.sweep())
  expect(removed.map(({ file, reason }) => [file, reason])).toEqual([[archives[0], 'totalSize']])
  await closed(stream)
})
