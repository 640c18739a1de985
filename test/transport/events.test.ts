// What the application hears, and can ask for, in its own thread: by each face, with `targets`, and in a `pipeline`.
import { chmodSync, existsSync, mkdirSync, readFileSync, watch, writeFileSync } from 'node:fs'
import { once, type EventEmitter } from 'node:events'
import { join } from 'node:path'
import pino from 'pino'
import { describe, expect, test } from 'vitest'
import type { RotorOptions } from '../../src/index.js'
import { rotor, target, transport } from '../support/built-package.js'
import { closed, collect, keepInUse } from '../support/events.js'
import { archivesOf, kept, keptLines } from '../support/kept.js'
import { temporaryFolder } from '../support/temporary-folder.js'

type Destination = EventEmitter & { write: (line: string) => boolean, flush: (callback: () => void) => void, end: () => void }

const passThrough = `
  const { Transform } = require('node:stream')
  module.exports = () => {
    return new Transform({ transform (chunk, _, done) { done(null, chunk) } })
  }
`

const faces: Array<{ face: string, open: (options: RotorOptions, folder: string) => Promise<Destination> }> = [
  { face: 'the target', open: async (options) => keepInUse(pino.transport({ target, options })) },
  { face: 'the handle', open: async (options) => transport(options) },
  { face: 'the stream', open: async (options) => await rotor(options) },
  { face: '`targets: [...]`', open: async (options) => keepInUse(pino.transport<RotorOptions | { destination: string }>({ targets: [{ target, options, level: 'info' }, { target: 'pino/file', options: { destination: '/dev/null' }, level: 'error' }] })) },
  {
    face: '`pipeline`',
    open: async (options, folder) => {
      const path = join(folder, 'pass-through.cjs')
      writeFileSync(path, passThrough)
      return keepInUse(pino.transport({ pipeline: [{ target: path }, { target, options }] }))
    }
  }
]

/** Lines as pino writes them. */
function lines (count: number): string[] {
  return Array.from({ length: count }, (_, id) => `{"level":30,"time":1,"id":${id}}\n`)
}

describe.each(faces)('by $face', ({ open }) => {
  test('every event arrives with its details, and every line is kept', async () => {
    const folder = temporaryFolder()
    const file = join(folder, 'app.log')
    for (const day of ['20', '21', '22']) writeFileSync(join(folder, `app.202509${day}.log`), `{"day":${day}}\n`)
    const destination = await open({ file, size: '1k', limit: { count: 4, age: false }, report: false }, folder)
    const rotated = collect(destination, 'rotated')
    const removed = collect(destination, 'removed')
    const written = lines(80)
    const compressed = once(destination, 'compressed')
    const hasRotated = once(destination, 'rotated')
    const hasRemoved = once(destination, 'removed')
    for (const line of written) destination.write(line)
    await hasRotated
    await hasRemoved
    const [details] = await compressed as [Record<string, unknown>]
    expect(details).toEqual({ archive: expect.stringMatching(/\.log\.gz$/), from: expect.any(Number), to: expect.any(Number), ms: expect.any(Number) })
    await closed(destination)
    expect(rotated).toHaveLength(2)
    expect(rotated[0]).toEqual({ file, archive: expect.stringMatching(/app\.\d{8}_\d{6}\.log$/), bytes: expect.any(Number), reason: 'size' })
    // Where the lines come late, it has been compressed meanwhile.
    expect(removed).toEqual([{ file: expect.stringMatching(/app\.20250920\.log(?:\.gz)?$/), bytes: expect.any(Number), reason: 'count' }])
    expect(archivesOf(file)).toHaveLength(4)
    expect(keptLines(file).slice(2).map((line) => `${line}\n`)).toEqual(written)
  })
})

// Between pino's own streams for several targets, lines may still be on their way: there the callback is pino's.
test.each(faces.slice(0, 3))('flush of $face calls back when every line written so far is in the file', async ({ open }) => {
  const folder = temporaryFolder()
  const file = join(folder, 'app.log')
  const destination = await open({ file, size: false }, folder)
  const written = lines(5_000)
  for (const line of written) destination.write(line)
  await new Promise<void>((resolve) => { destination.flush(resolve) })
  expect(readFileSync(file, 'utf8')).toBe(written.join(''))
  await closed(destination)
})

describe.each([
  { face: 'handle', open: async (options: RotorOptions) => transport(options) },
  { face: 'stream', open: rotor }
])('the $face', ({ open }) => {
  test('rotates on request, with all lines written before', async () => {
    const file = join(temporaryFolder(), 'app.log')
    const destination = await open({ file, compress: false })
    const rotated = collect(destination, 'rotated')
    const written = lines(2_000)
    for (const line of written) destination.write(line)
    const rotation = destination.rotate()
    destination.write('after\n')
    const event = await rotation
    expect(event).toEqual({ file, archive: expect.any(String), bytes: expect.any(Number), reason: 'request' })
    await closed(destination)
    const [archive] = archivesOf(file)
    expect(archive?.content.length).toBe(event?.bytes)
    expect(archive?.content.toString().startsWith(written.join(''))).toBe(true)
    expect(kept(file).toString()).toBe(`${written.join('')}after\n`)
    expect(rotated).toEqual([event])
  })

  test('rotates nothing if the active file is empty', async () => {
    const file = join(temporaryFolder(), 'app.log')
    const destination = await open({ file })
    expect(await destination.rotate()).toBeNull()
    await closed(destination)
    expect(archivesOf(file)).toEqual([])
  })

  test('sweeps deferred archives on request', async () => {
    const file = join(temporaryFolder(), 'app.log')
    const destination = await open({ file, compress: { after: 'sweep' } })
    destination.write('line\n')
    await destination.rotate()
    await destination.sweep()
    expect(archivesOf(file).map(({ name }) => name)).toEqual([expect.stringMatching(/\.gz$/)])
    await closed(destination)
  })

  test('tells its status', async () => {
    const file = join(temporaryFolder(), 'app.log')
    const destination = await open({ file })
    expect(await destination.status()).toMatchObject({ file })
    await closed(destination)
  })

  test('refuses requests once it is closed', async () => {
    const file = join(temporaryFolder(), 'app.log')
    const destination = await open({ file })
    await closed(destination)
    await expect(destination.sweep()).rejects.toThrow()
    await expect(destination.rotate()).rejects.toThrow()
  })
})

test('two faces can be open on one file, and rotation and compression happen once', async () => {
  const file = join(temporaryFolder(), 'app.log')
  const options: RotorOptions = { file, size: '10k', limit: false }
  const pair = [transport(options), await rotor(options)]
  const compressed = pair.map((destination) => collect(destination, 'compressed'))
  const written = lines(2_000)
  for (const [index, line] of written.entries()) pair[index % 2]?.write(line)
  for (const destination of pair) await destination.sweep()
  for (const destination of pair) await closed(destination)
  expect(keptLines(file).sort()).toEqual(written.map((line) => line.trimEnd()).sort())
  const archives = archivesOf(file)
  expect(archives.every(({ name }) => name.endsWith('.gz'))).toBe(true)
  expect(compressed.flat()).toHaveLength(archives.length)
})

// The tool that reads access control lists ends only when the later line is in the file.
test.skipIf(process.platform !== 'linux')('a rotation by the handle does not delay lines while it reads the rights of the next file', async () => {
  const folder = temporaryFolder()
  const [file, tools, called, gone] = ['logs/app.log', 'tools', 'called', 'gone'].map((name) => join(folder, name)) as [string, string, string, string]
  mkdirSync(tools)
  mkdirSync(join(folder, 'logs'))
  writeFileSync(join(tools, 'getfacl'), `#!/bin/sh\n: > '${called}'\nfor turn in $(seq 300); do [ -e '${gone}' ] && break; sleep 0.005; done\n`)
  chmodSync(join(tools, 'getfacl'), 0o755)
  const { PATH } = process.env
  process.env['PATH'] = `${tools}:${PATH}`
  const destination = transport({ file, compress: false, report: false })
  process.env['PATH'] = PATH
  const hasAsked = untilThere(folder, () => existsSync(called))
  const hasBoth = untilThere(join(folder, 'logs'), () => existsSync(file) && readFileSync(file, 'utf8') === 'before\nafter\n')
  destination.write('before\n')
  const rotation = destination.rotate()
  await hasAsked
  destination.write('after\n')
  await hasBoth
  writeFileSync(gone, '')
  expect(await rotation).toMatchObject({ bytes: 13, reason: 'request' })
  await closed(destination)
})

async function untilThere (folder: string, isThere: () => boolean): Promise<void> {
  await new Promise<void>((resolve) => {
    const watching = watch(folder, () => {
      if (!isThere()) return
      watching.close()
      resolve()
    })
  })
}
