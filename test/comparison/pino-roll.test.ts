// What the README says about pino-roll, run.
import { once } from 'node:events'
import { readdirSync, readFileSync, watch, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import pino from 'pino'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../support/temporary-folder.js'
import { lineOf, logFilesIn } from './lines.js'
import { runAgainstLimit } from './refusing-disk.js'

type Stream = NodeJS.EventEmitter & { write: (text: string) => boolean, end: () => void }

const require = createRequire(import.meta.url)
const open = require('pino-roll') as (options: object) => Promise<Stream>
const manifest = require('pino-roll/package.json') as { version: string, types?: string }

async function closed (stream: Stream): Promise<void> {
  stream.end()
  await once(stream, 'close')
}

describe(`pino-roll ${manifest.version}`, () => {
  test('is the version that the README compares with', () => {
    expect(manifest.version).toBe('4.0.0')
  })

  test('makes files larger than size, and cuts lines where chunks are cut', async () => {
    const folder = temporaryFolder()
    const stream = await open({ file: join(folder, 'app.log'), size: '64k' })
    const lines = lineOf(321).repeat(3_000)
    for (let start = 0; start < lines.length; start += 4096) {
      if (!stream.write(lines.slice(start, start + 4096))) await once(stream, 'drain')
    }
    await closed(stream)
    const files = logFilesIn(folder)
    expect(files.filter(({ bytes }) => bytes > 64 * 1024)).not.toEqual([])
    expect(files.filter(({ isWhole }) => !isWhole).length).toBeGreaterThan(files.length / 2)
  })

  test('does not rotate while lines queue, at any size', async () => {
    const folder = temporaryFolder()
    const stream = await open({ file: join(folder, 'app.log'), size: '64k' })
    for (let count = 0; count < 10_000; count++) stream.write(lineOf(321))
    await closed(stream)
    expect(Math.max(...logFilesIn(folder).map(({ bytes }) => bytes))).toBe(3_210_000)
  })

  test('cuts lines in a worker too, and reports no rotation to the application', async () => {
    const folder = temporaryFolder()
    const destination = pino.transport<object>({ target: 'pino-roll', options: { file: join(folder, 'app.log'), size: '1m' } })
    const names = new Set<string | symbol>()
    const emit = destination.emit.bind(destination) as (name: string | symbol, ...details: unknown[]) => boolean
    destination.emit = (name: string | symbol, ...details: unknown[]) => {
      names.add(name)
      return emit(name, ...details)
    }
    const logger = pino(destination)
    for (let count = 0; count < 40_000; count++) logger.info('x'.repeat(240))
    destination.end()
    await once(destination, 'close')
    const files = logFilesIn(folder)
    expect(files.length).toBeGreaterThan(1)
    expect(files.some(({ isWhole }) => !isWhole)).toBe(true)
    expect([...names].filter((name) => !['ready', 'drain', 'finish', 'close', 'flush', 'message'].includes(String(name)))).toEqual([])
  })

  test('numbers the active file', async () => {
    const folder = temporaryFolder()
    await closed(await open({ file: join(folder, 'app.log') }))
    expect(readdirSync(folder)).toEqual(['app.1.log'])
  })

  test('leaves empty files if nothing is logged', async () => {
    const folder = temporaryFolder()
    const stream = await open({ file: join(folder, 'app.log'), frequency: 100 })
    const watcher = watch(folder)
    while (readdirSync(folder).length < 4) await once(watcher, 'change')
    watcher.close()
    await closed(stream)
    expect(logFilesIn(folder).filter(({ bytes }) => bytes === 0).length).toBeGreaterThanOrEqual(4)
  })

  test('knows days, hours and milliseconds', async () => {
    const folder = temporaryFolder()
    for (const frequency of ['daily', 'hourly', 3_600_000]) await closed(await open({ file: join(folder, 'app.log'), frequency }))
    for (const frequency of ['weekly', '0 2 * * *']) await expect(open({ file: join(folder, 'app.log'), frequency })).rejects.toThrow('neither a supported frequency')
  })

  test('limits by count alone, and finds earlier files on request, including look-alikes', async () => {
    const folder = temporaryFolder()
    await expect(open({ file: join(folder, 'app.log'), limit: { age: '30d' } })).rejects.toThrow('limit.count must be a number')
    writeFileSync(join(folder, 'app-3.log'), 'another program')
    const stream = await open({ file: join(folder, 'app.log'), size: '1k', limit: { count: 1, removeOtherLogFiles: true } })
    const cleaned = once(stream, 'cleanup-complete')
    stream.write(lineOf(2_000))
    await cleaned
    await closed(stream)
    expect(readdirSync(folder)).not.toContain('app-3.log')
  })

  test('has no compression and no types', () => {
    const folder = dirname(require.resolve('pino-roll'))
    const names = readdirSync(folder, { recursive: true }).map(String).filter((name) => !name.startsWith('test'))
    expect(names.filter((name) => name.endsWith('.d.ts'))).toEqual([])
    expect(manifest.types).toBeUndefined()
    expect(names.filter((name) => name.endsWith('.js')).filter((name) => /zlib|gzip/i.test(readFileSync(join(folder, name), 'utf8')))).toEqual([])
  })

  test('ends the application that listens to no error when a write fails; pino-rotor goes on', () => {
    const rival = runAgainstLimit(temporaryFolder(), "const destination = pino.transport({ target: 'pino-roll', options: { file: 'app.log' } })")
    expect(rival.stderr).toContain("Unhandled 'error' event")
    expect(rival.stdout).toBe('')
    expect(rival.exitCode).not.toBe(0)

    const ours = runAgainstLimit(temporaryFolder(), "const destination = pino.transport({ target: 'pino-rotor', options: { file: 'app.log' } })", 'failed')
    expect(ours.stdout).toBe('the application goes on\n')
    expect(ours.exitCode).toBe(0)
    expect(ours.stderr).toContain('"event":"failed","step":"write","code":"EFBIG"')
  })
})
