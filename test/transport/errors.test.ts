// What is wrong at the start is told at the start: bad options before any file is touched, a log that cannot be opened with
// code, path and cause.
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { join } from 'node:path'
import { inspect } from 'node:util'
import pino from 'pino'
import { describe, expect, test } from 'vitest'
import type { RotorOptions } from '../../src/index.js'
import { runApplication } from '../support/application.js'
import { keepInUse } from '../support/events.js'
import { rotor, target, transport } from '../support/built-package.js'
import { hasZstd } from '../support/kept.js'
import { temporaryFolder } from '../support/temporary-folder.js'

function badOptions (folder: string): RotorOptions {
  return { file: join(folder, 'logs/app.log'), size: 50, limt: { count: 1 }, frequency: 'dayly', limit: { count: -1 } } as unknown as RotorOptions
}

const faults = [
  { path: 'size', received: '50' },
  { path: 'limt', expected: expect.stringContaining('"limit"') },
  { path: 'frequency', expected: expect.stringContaining('"daily"') },
  { path: 'limit.count', received: '-1' }
]

describe('bad options', () => {
  test('are thrown by transport() in the caller\'s thread, all at once, before any file is touched', () => {
    const folder = temporaryFolder()
    const opening = (): unknown => transport(badOptions(folder))
    expect(opening).toThrow(expect.objectContaining({ name: 'RotorOptionsError', code: 'ERR_ROTOR_OPTIONS' }))
    try {
      opening()
    } catch (error) {
      expect((error as { faults: unknown[] }).faults).toEqual(expect.arrayContaining(faults.map((fault): unknown => expect.objectContaining(fault))))
      for (const { path } of faults) expect((error as Error).message).toContain(`${path}: expected `)
    }
    expect(readdirSync(folder)).toEqual([])
  })

  test('reject the stream in process', async () => {
    const folder = temporaryFolder()
    await expect(rotor(badOptions(folder))).rejects.toMatchObject({ name: 'RotorOptionsError', code: 'ERR_ROTOR_OPTIONS' })
    expect(readdirSync(folder)).toEqual([])
  })

  test('are an error event of a pino transport, with every fault in its text', async () => {
    const folder = temporaryFolder()
    const [error] = await once(keepInUse(pino.transport({ target, options: badOptions(folder) })), 'error').catch((failure: unknown) => [failure]) as [Error]
    for (const { path } of faults) expect(error.message).toContain(`${path}: expected `)
    expect(readdirSync(folder)).toEqual([])
  })

  test('end an application that does not handle them with a readable message', async () => {
    const folder = temporaryFolder()
    const { code, stderr } = await runApplication(folder, `
      import pino from 'pino'
      const logger = pino(pino.transport({ target: 'pino-rotor', options: { file: 'logs/app.log', size: 50, limt: 1 } }))
      logger.info('line')
      setInterval(() => {}, 1000)
    `).ended
    expect(code).toBe(1)
    expect(stderr).toContain('size: expected ')
    expect(stderr).toContain('limt: expected ')
  })

  test.each<[string, Partial<Record<keyof RotorOptions, unknown>>]>([
    ['file', { file: '' }],
    ['size', { size: '0k' }],
    ['size', { size: '10mb?' }],
    ['frequency', { frequency: '* * *' }],
    ['timezone', { timezone: 'Mars/Olympus' }],
    ['compress', { compress: 'lzma' }],
    ['limit.age', { limit: { age: '0d' } }],
    ['sweep', { sweep: 'sometimes' }],
    ['mode', { mode: 644 }],
    ['enabled', { enabled: 'yes' }],
    ...hasZstd ? [] : [['compress', { compress: 'zstd' }] as [string, Partial<Record<keyof RotorOptions, unknown>>]]
  ])('name %s for %j', (path, options) => {
    const file = join(temporaryFolder(), 'app.log')
    expect(() => transport({ file, ...options } as RotorOptions)).toThrow(expect.objectContaining({ faults: [expect.objectContaining({ path })] }))
  })

  test('name a `file` that is a folder or lies where none can be made', () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'folder.log'))
    writeFileSync(join(folder, 'occupied'), '')
    for (const file of [join(folder, 'folder.log'), join(folder, 'occupied/app.log')]) {
      expect(() => transport({ file })).toThrow(expect.objectContaining({ faults: [expect.objectContaining({ path: 'file' })] }))
    }
    expect(() => transport({ file: join(folder, 'missing/app.log'), mkdir: false })).toThrow(expect.objectContaining({ code: 'ERR_ROTOR_OPTIONS' }))
  })
})

describe('a log that cannot be opened', () => {
  // The look at the path before cannot see this: the name alone is fine, the path with it is too long.
  const unopenable = (folder: string): string => join(folder, ...Array.from({ length: 25 }, () => 'x'.repeat(180)), 'app.log')

  test('rejects the stream with code, path and cause', async () => {
    const file = unopenable(temporaryFolder())
    await expect(rotor({ file })).rejects.toMatchObject({ name: 'RotorOpenError', code: 'ENAMETOOLONG', path: file, cause: { code: 'ENAMETOOLONG' } })
  })

  test('is an error event of the handle, with code, path and cause', async () => {
    const file = unopenable(temporaryFolder())
    const [error] = await new Promise<unknown[]>((resolve) => { transport({ file }).on('error', (...details) => { resolve(details) }) })
    expect(error).toMatchObject({ name: 'RotorOpenError', code: 'ENAMETOOLONG', path: file, cause: { code: 'ENAMETOOLONG' } })
    expect((error as Error).message).toContain(file)
    expect(inspect(error)).toMatch(/^RotorWorkerError \[RotorOpenError\]: cannot open/)
  })

  test('is the same error event, and nothing else, of a handle that was ended before', async () => {
    const file = unopenable(temporaryFolder())
    const handle = transport({ file, report: false })
    const told: unknown[] = []
    for (const name of ['failed', 'recovered', 'finish', 'error'] as const) handle.on(name, (event?: unknown) => { told.push(name === 'error' ? event : name) })
    handle.write('line\n')
    const ended = new Promise((resolve) => { handle.end(resolve) })
    expect(await ended).toMatchObject({ code: 'ENAMETOOLONG', path: file })
    expect(told).toEqual([await ended])
  })

  test('is an error event of a pino transport, with all of it in the text', async () => {
    const file = unopenable(temporaryFolder())
    const [error] = await once(keepInUse(pino.transport({ target, options: { file } })), 'error').catch((failure: unknown) => [failure]) as [Error]
    expect(error.message).toContain('ENAMETOOLONG')
    expect(error.message).toContain(file)
  })

  test('settles open requests of the handle as well', async () => {
    const file = unopenable(temporaryFolder())
    const handle = transport({ file })
    handle.on('error', () => {})
    await expect(handle.rotate()).rejects.toThrow()
  })

  test.skipIf(process.getuid?.() === 0)('says EACCES in a folder that may not be written', async () => {
    const folder = temporaryFolder()
    chmodSync(folder, 0o500)
    await expect(rotor({ file: join(folder, 'app.log') })).rejects.toMatchObject({ code: 'EACCES' })
  })
})
