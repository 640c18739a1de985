// Every option has its effect in the built package; what each accepts is tested beside its parsing. Rotation by size and by
// the clock, compression, limits and sweeps have tests of their own.
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { RotorOptions } from '../../src/index.js'
import { runApplication, type Ending } from '../support/application.js'
import { rotor } from '../support/built-package.js'
import { closed, collect } from '../support/events.js'
import { archivesOf, kept } from '../support/kept.js'
import { temporaryFolder } from '../support/temporary-folder.js'

async function write (options: RotorOptions, lines: readonly string[]): Promise<void> {
  const stream = await rotor(options)
  for (const line of lines) stream.write(line)
  await closed(stream)
}

const threeLines = ['{"a":1}\n', '{"b":2}\n', '{"c":3}\n']

test('`file`: {pid} and {hostname} are those of the application, also where a worker fills them in', async () => {
  const folder = temporaryFolder()
  const application = runApplication(folder, `
    import pino from 'pino'
    import { transport } from 'pino-rotor'
    pino(transport({ file: 'handle.{pid}.{hostname}.log' })).info('line')
    pino(pino.transport({ target: 'pino-rotor', options: { file: 'target.{pid}.{hostname}.log' } })).info('line')
  `)
  expect(await application.ended).toMatchObject({ code: 0 })
  const name = `${application.process.pid}.${hostname()}.log`
  expect(existsSync(join(folder, `handle.${name}`))).toBe(true)
  expect(existsSync(join(folder, `target.${name}`))).toBe(true)
})

test('`file`: with {pid}, no limit reaches the archives of an earlier run, and the docs say so', async () => {
  const folder = temporaryFolder()
  const earlier = ['app.1.20200101_000000.log', 'app.1.20200102_000000.log.gz', 'app.1.20200103_000000.log']
  for (const name of earlier) writeFileSync(join(folder, name), 'line\n')
  const stream = await rotor({ file: join(folder, 'app.{pid}.log'), compress: false, limit: { count: 1, age: '1d', totalSize: '1k' } })
  for (const line of threeLines) {
    stream.write(line)
    await stream.rotate()
  }
  await stream.sweep()
  await closed(stream)
  expect(readdirSync(folder).filter((name) => name.startsWith('app.1.')).sort()).toEqual(earlier)
  expect(archivesOf(join(folder, `app.${process.pid}.log`))).toHaveLength(1)
  for (const source of ['../../docs/options.md', '../../src/options/options.ts']) {
    expect(readFileSync(join(import.meta.dirname, source), 'utf8').replaceAll(/[\s*]+/g, ' '), source).toContain('With `{pid}`, each run has a log of its own: no limit reaches the archives of an earlier run')
  }
})

describe('`enabled: false`', () => {
  test('appends and does nothing else', async () => {
    const folder = temporaryFolder()
    const file = join(folder, 'app.log')
    for (const name of ['app.20200101.log', '.app.log.rotor.next']) writeFileSync(join(folder, name), 'left alone\n')
    writeFileSync(file, 'torn')
    const stream = await rotor({ file, enabled: false, size: '1b', frequency: '1s', limit: { count: 1, age: '1d' } })
    const rotated = collect(stream, 'rotated')
    for (const line of threeLines) stream.write(line)
    await expect(stream.rotate()).rejects.toMatchObject({ code: 'ERR_ROTOR_DISABLED' })
    await expect(stream.sweep()).rejects.toMatchObject({ code: 'ERR_ROTOR_DISABLED' })
    await closed(stream)
    expect(rotated).toEqual([])
    expect(readFileSync(file, 'utf8')).toBe(`torn\n${threeLines.join('')}`)
    expect(readdirSync(folder).sort()).toEqual(['.app.log.rotor.next', 'app.20200101.log', 'app.log'])
  })
})

describe('`size`', () => {
  test('false sets no limit', async () => {
    const file = join(temporaryFolder(), 'app.log')
    const lines = Array.from({ length: 60 }, () => 'x'.repeat(1024 * 1024 - 1) + '\n')
    await write({ file, size: false }, lines)
    expect(statSync(file).size).toBe(60 * 1024 * 1024)
    expect(archivesOf(file)).toEqual([])
  })

  test('is 50 MiB if nothing is said', async () => {
    const file = join(temporaryFolder(), 'app.log')
    await write({ file, compress: false }, Array.from({ length: 51 }, () => 'x'.repeat(1024 * 1024 - 1) + '\n'))
    expect(archivesOf(file).map(({ content }) => content.length)).toEqual([50 * 1024 * 1024])
  })
})

describe('`mkdir`', () => {
  test('makes missing folders with mode 0o755', async () => {
    const folder = temporaryFolder()
    const file = join(folder, 'a/b/app.log')
    await write({ file }, threeLines)
    expect(readFileSync(file, 'utf8')).toBe(threeLines.join(''))
    expect(statSync(join(folder, 'a/b')).mode & 0o777).toBe(0o755 & ~process.umask())
  })

  test('false leaves the folder to others', async () => {
    const folder = temporaryFolder()
    await expect(rotor({ file: join(folder, 'a/app.log'), mkdir: false })).rejects.toMatchObject({ code: 'ERR_ROTOR_OPTIONS' })
    expect(readdirSync(folder)).toEqual([])
    mkdirSync(join(folder, 'a'))
    await write({ file: join(folder, 'a/app.log'), mkdir: false }, threeLines)
    expect(kept(join(folder, 'a/app.log')).toString()).toBe(threeLines.join(''))
  })
})

describe('`mode`', () => {
  function rights (folder: string): Record<string, string> {
    const logs = readdirSync(folder).filter((name) => name.endsWith('.log') || name.endsWith('.gz'))
    return Object.fromEntries(logs.map((name) => [name.replace(/\d{8}_\d{6}/, 'STAMP'), (statSync(join(folder, name)).mode & 0o7777).toString(8)]))
  }

  async function run (folder: string, options: string, umask: string): Promise<Ending> {
    return await runApplication(folder, `
      import pino from 'pino'
      import rotor from 'pino-rotor'
      process.umask(${umask})
      const destination = await rotor({ file: 'app.log', size: '50b', ...${options} })
      const logger = pino({ base: null }, destination)
      logger.info('the first')
      logger.info('the second')
      await destination.sweep()
      destination.end()
    `).ended
  }

  test.each([
    ['{}', '0o022', '644'],
    ['{}', '0o077', '600'],
    ['{ mode: 0o660 }', '0o000', '660'],
    ['{ mode: 0o666 }', '0o027', '640']
  ])('%s under the umask %s gives %s to the active file, and so to every other', async (options, umask, mode) => {
    const folder = temporaryFolder()
    expect(await run(folder, options, umask)).toMatchObject({ code: 0 })
    expect(rights(folder)).toEqual({ 'app.log': mode, 'app.STAMP.log.gz': mode })
  })

  test('is not given to a file that is there, which hands on its own', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'app.log'), '')
    chmodSync(join(folder, 'app.log'), 0o604)
    expect(await run(folder, '{ mode: 0o660 }', '0o077')).toMatchObject({ code: 0 })
    expect(rights(folder)).toEqual({ 'app.log': '604', 'app.STAMP.log.gz': '604' })
  })
})

test('`fsync` writes every line through rotations as well', async () => {
  const file = join(temporaryFolder(), 'app.log')
  await write({ file, fsync: true, size: '10b', compress: false }, threeLines)
  expect(kept(file).toString()).toBe(threeLines.join(''))
  expect(archivesOf(file)).toHaveLength(2)
})

describe('`report`', () => {
  const faces = ["pino.transport({ target: 'pino-rotor', options })", 'transport(options)', 'await rotor(options)']

  async function reported (face: string, report: string): Promise<Array<Record<string, unknown>>> {
    // What stands where the hidden files go makes a rotation fail until it is gone.
    const { code, stderr } = await runApplication(temporaryFolder(), `
      import { mkdirSync, rmdirSync } from 'node:fs'
      import pino from 'pino'
      import rotor, { transport } from 'pino-rotor'
      mkdirSync('.app.log.rotor.lock')
      const options = { file: 'app.log', size: '30b', compress: false, ${report} }
      const destination = ${face}
      const told = (name) => new Promise((resolve) => destination.once(name, resolve))
      const logger = pino({ base: null, timestamp: false }, destination)
      const alive = setInterval(() => logger.info('line'), 20)
      await told('failed')
      rmdirSync('.app.log.rotor.lock')
      await told('recovered')
      clearInterval(alive)
      destination.end()
      process.exitCode = 0
    `).ended
    expect(code, stderr).toBe(0)
    return stderr.trimEnd().split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Record<string, unknown>)
  }

  test.each(faces)("is 'failures' if nothing is said: failures and recoveries as JSON lines on stderr (%s)", async (face) => {
    const lines = await reported(face, '')
    expect(lines).toEqual([
      { time: expect.any(Number), name: 'pino-rotor', event: 'failed', step: 'rotate', code: 'ERR_ROTOR_FILE_TYPE', message: expect.any(String), path: expect.stringMatching(/app\.log$/), retryMs: expect.any(Number) },
      { time: expect.any(Number), name: 'pino-rotor', event: 'recovered', step: 'rotate', ms: expect.any(Number), droppedLines: 0, droppedBytes: 0 }
    ])
  })

  test.each(faces)('true tells every event (%s)', async (face) => {
    const events = new Set((await reported(face, 'report: true')).map(({ event }) => event))
    expect(events).toEqual(new Set(['failed', 'rotated', 'recovered']))
  })

  test.each(faces)('false tells nothing (%s)', async (face) => {
    expect(await reported(face, 'report: false')).toEqual([])
  })
})
