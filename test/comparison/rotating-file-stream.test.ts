// What the README says about rotating-file-stream, run.
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createStream, type Options } from 'rotating-file-stream'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../support/temporary-folder.js'
import { lineOf, logFilesIn } from './lines.js'
import { runAgainstLimit } from './refusing-disk.js'

const manifest = join(import.meta.dirname, '../../node_modules/rotating-file-stream/package.json')
const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }

function open (path: string, options: Options | { $context: object }): ReturnType<typeof createStream> {
  return createStream('app.log', { path, ...options })
}

async function finished (stream: ReturnType<typeof createStream>): Promise<void> {
  stream.end()
  await once(stream, 'finish')
}

describe(`rotating-file-stream ${version}`, () => {
  test('is the version that the README compares with', () => {
    expect(version).toBe('3.2.10')
  })

  test('makes files larger than size by up to a chunk, and splits no chunk', async () => {
    const folder = temporaryFolder()
    const stream = open(folder, { size: '10K' })
    for (let count = 0; count < 100; count++) stream.write(lineOf(321))
    stream.write(lineOf(50_000))
    await finished(stream)
    const archives = logFilesIn(folder).filter(({ name }) => name !== 'app.log')
    expect(archives.map(({ bytes }) => bytes > 10 * 1024)).toEqual(archives.map(() => true))
    expect(Math.max(...archives.map(({ bytes }) => bytes))).toBeGreaterThan(50_000)
    expect(archives.map(({ isWhole }) => isWhole)).toEqual(archives.map(() => true))
    expect(readdirSync(folder)).toContain('app.log')
  })

  test('leaves empty files if nothing is logged', async () => {
    const folder = temporaryFolder()
    const stream = open(folder, { interval: '1s' })
    const [archive] = await once(stream, 'rotated') as [string]
    await finished(stream)
    expect(readFileSync(archive).length).toBe(0)
  })

  test('makes writes wait for the compression', async () => {
    const folder = temporaryFolder()
    const stream = open(folder, { size: '10K', compress: 'gzip' })
    const order: string[] = []
    stream.on('rotated', () => { order.push('compressed') })
    stream.write(lineOf(20_000))
    await new Promise<void>((resolve) => { stream.write(lineOf(100), () => { order.push('written'); resolve() }) })
    await finished(stream)
    expect(order).toEqual(['compressed', 'written'])
  })

  test('limits by count and total size the archives in the list that it keeps', async () => {
    const folder = temporaryFolder()
    const stream = open(folder, { size: '10K', maxFiles: 2, maxSize: '1M' })
    for (let count = 0; count < 200; count++) stream.write(lineOf(321))
    await finished(stream)
    expect(logFilesIn(folder).length).toBe(3)
    expect(readFileSync(join(folder, 'app.log.txt'), 'utf8').trimEnd().split('\n').length).toBe(2)
  })

  test('has no limit by age and no cron', () => {
    expect(() => open(temporaryFolder(), { maxAge: '30d' } as Options)).toThrow('Unknown option')
    expect(() => open(temporaryFolder(), { interval: '0 2 * * *' })).toThrow()
  })

  test('refuses the options that pino hands to a target', () => {
    expect(() => open(temporaryFolder(), { $context: {} })).toThrow('Unknown option: $context')
  })

  test('ends the application that listens to no error when a write fails', () => {
    const outcome = runAgainstLimit(temporaryFolder(), "import { createStream } from 'rotating-file-stream'\nconst destination = createStream('app.log')")
    expect(outcome.stderr).toContain("Unhandled 'error' event")
    expect(outcome.exitCode).not.toBe(0)
  })

  test('stops logging if the application does listen', () => {
    const code = "import { createStream } from 'rotating-file-stream'\nconst destination = createStream('app.log').on('error', () => console.log('destroyed', destination.destroyed))"
    expect(runAgainstLimit(temporaryFolder(), code, 'error').stdout).toBe('destroyed true\nthe application goes on\n')
  })
})
