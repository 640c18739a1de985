// `compress: { module }` in the built package, in pino's own worker: archives are packed by the module, and go only when what it
// made is proven; whatever is wrong with the module, the lines stay.
import { once } from 'node:events'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, inflateRawSync } from 'node:zlib'
import pino from 'pino'
import { describe, expect, test, type TestContext } from 'vitest'
import type { CompressedEvent, FailedEvent, RotorOptions } from '../../src/index.js'
import { fencesIn } from '../readme/fences.js'
import { runApplication } from '../support/application.js'
import { rotor, target, transport } from '../support/built-package.js'
import { closed, collect, keepInUse } from '../support/events.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const deflate = "extension: '.deflate', create: () => zlib.createDeflateRaw()"
const sound = `${deflate}, restore: () => zlib.createInflateRaw()`
const line = `{"level":30,"msg":"${'x'.repeat(90)}"}\n`

/** Who only awaits a transport's event does not keep it from being collected, and its worker with it. */
const held: unknown[] = []

function startTarget (options: RotorOptions): ReturnType<typeof pino.transport<RotorOptions>> {
  const destination = keepInUse(pino.transport({ target, options }))
  held.push(destination)
  return destination
}

/** Writes a module that exports the members by default, and gives options that name it. */
function optionsWith (members: string, { onTestFinished }: TestContext, kind: 'default' | 'named' | 'commonjs' = 'default'): RotorOptions & { file: string } {
  const folder = temporaryFolder(onTestFinished)
  const module = join(folder, `my-compressor.${kind === 'commonjs' ? 'cjs' : 'mjs'}`)
  const imports = "import zlib from 'node:zlib'; import fs from 'node:fs'; import { Transform } from 'node:stream'\n"
  writeFileSync(module, {
    default: `${imports}export default { ${members} }`,
    named: `${imports}${members.replace(/(?:, )?\b(extension|create|restore): /g, ';export const $1 = ')}`,
    commonjs: `const zlib = require('node:zlib'); module.exports = { ${members} }`
  }[kind])
  return { file: join(folder, 'app.log'), compress: { module }, limit: false, report: false }
}

/** The names in the folder of the log that begin as those of its files do. */
function namesOf (file: string): string[] {
  return readdirSync(join(file, '..')).filter((name) => name.startsWith('app.')).sort()
}

/** Writes lines for one archive and the next file in pino's worker, and waits for the event. */
async function rotateInWorker<Event> (options: RotorOptions, event: 'compressed' | 'failed'): Promise<Event> {
  const destination = startTarget({ ...options, size: '1k' })
  const told = once(destination, event)
  for (let count = 0; count < 11; count++) destination.write(line)
  const [details] = await told as [Event]
  await closed(destination)
  return details
}

describe.concurrent('a module packs the archives', () => {
  test.for(['default', 'named', 'commonjs'] as const)('whose exports are %s', async (kind, context) => {
    const options = optionsWith(sound, context, kind)
    const { archive, from, to } = await rotateInWorker<CompressedEvent>(options, 'compressed')
    expect(namesOf(options.file)).toEqual([expect.stringMatching(/^app\.\d{8}_\d{6}\.log\.deflate$/), 'app.log'])
    const packed = readFileSync(archive)
    expect(inflateRawSync(packed).toString()).toBe(line.repeat(10).slice(0, from))
    expect(to).toBe(packed.length)
  })

  test('that cannot unpack: its output is on the disk', async (context) => {
    const { archive, from } = await rotateInWorker<CompressedEvent>(optionsWith(deflate, context), 'compressed')
    expect(inflateRawSync(readFileSync(archive)).toString()).toBe(line.repeat(10).slice(0, from))
  })

  test('which are counted, kept and removed like any other', async (context) => {
    const options = { ...optionsWith(sound, context), limit: { count: 2, age: false as const } }
    for (const day of [1, 2, 3]) writeFileSync(join(options.file, `../app.2025100${day}.log.deflate`), 'of an earlier run')
    writeFileSync(join(options.file, '../app.20251004.log.other'), 'not ours')
    const destination = transport(options)
    const removed = collect<{ file: string }>(destination, 'removed')
    await destination.sweep()
    expect((await destination.status()).kinds.compressed.files).toBe(2)
    await closed(destination)
    expect(removed.map(({ file }) => file)).toEqual([join(options.file, '../app.20251001.log.deflate')])
    expect(namesOf(options.file)).toEqual(['app.20251002.log.deflate', 'app.20251003.log.deflate', 'app.20251004.log.other', 'app.log'])
  })

  test('and are unpacked for a bundle, which is gzip', async (context) => {
    const options = { ...optionsWith(sound, context), bundle: {} }
    writeFileSync(join(options.file, '../app.20251001.log'), line)
    const first = transport({ ...options, bundle: false })
    await first.sweep()
    await closed(first)
    expect(namesOf(options.file)).toEqual(['app.20251001.log.deflate', 'app.log'])
    const second = transport(options)
    await second.sweep()
    await closed(second)
    expect(namesOf(options.file)).toEqual(['app.log'])
    expect(gunzipSync(readFileSync(join(options.file, '../archive/app.202510.log.gz'))).toString()).toBe(line)
  })

  test.for([['with a way back', sound], ['without one', deflate]] as const)('once, if a crash left both copies, %s', async ([, members], context) => {
    const options = optionsWith(members, context)
    const archive = join(options.file, '../app.20251001.log')
    writeFileSync(archive, line)
    const before = await rotor(options)
    await before.sweep()
    writeFileSync(archive, line)
    await before.sweep()
    writeFileSync(archive, 'other lines of the same name\n')
    await before.sweep()
    await closed(before)
    expect(namesOf(options.file)).toEqual(['app.20251001.1.log.deflate', 'app.20251001.log.deflate', 'app.log'])
    expect(inflateRawSync(readFileSync(`${archive}.deflate`)).toString()).toBe(line)
  })

  test('in flat memory', async (context) => {
    const options = optionsWith(`extension: '.same',
      create: () => new Transform({
        transform (chunk, _, done) {
          this.most = Math.max(this.most ?? 0, process.memoryUsage().arrayBuffers)
          setImmediate(done, null, chunk)
        },
        flush (done) { fs.writeFileSync(new URL('most', import.meta.url), String(this.most)); done() }
      }),
      restore: () => new Transform({ transform (chunk, _, done) { setImmediate(done, null, chunk) } })`, context)
    const archive = join(options.file, '../app.20251001.log')
    writeFileSync(archive, line.repeat(1_200 * 1024))
    const destination = transport(options)
    await destination.sweep()
    await closed(destination)
    expect(readFileSync(`${archive}.same`).length).toBe(line.length * 1_200 * 1024)
    expect(Number(readFileSync(join(options.file, '../most'), 'utf8'))).toBeLessThan(line.length * 600 * 1024)
  })
})

test('the recipe in docs/compressors.md packs, and what it packed is the lines', async () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/compressors.md'), 'utf8')
  const [module = '', recipe = ''] = ['module', 'recipe'].map((word) => fencesIn(page).find(({ words }) => words.includes(word))?.code)
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'my-compressor.mjs'), module)
  expect(await runApplication(folder, recipe).ended).toMatchObject({ code: 0, stderr: '' })
  const [archive = ''] = readdirSync(join(folder, 'logs')).filter((name) => name.endsWith('.deflate'))
  expect(inflateRawSync(readFileSync(join(folder, 'logs', archive))).toString()).toContain('"msg":"hello"')
})

describe.concurrent('the archive stays, and a failure is told of, where the module', () => {
  const broken = (transform: string, restore = 'zlib.createInflateRaw()'): string => `extension: '.x', create: () => ${transform}, restore: () => ${restore}`

  test.for([
    ['throws', broken("{ throw new Error('no licence') }"), 'ERR_ROTOR_COMPRESSOR', 'create() threw Error: no licence'],
    ['gives no stream', broken('({})'), 'ERR_ROTOR_COMPRESSOR', 'create() gave object'],
    ['fails half-way', broken("new Transform({ transform (chunk, _, done) { this.push(chunk.subarray(0, 5)); done(new Error('half-way')) } })"), 'ERR_ROTOR_COMPRESSOR', 'half-way'],
    ['fails as a missing program does', broken("new Transform({ transform (_, __, done) { done(Object.assign(new Error('spawn lz4'), { code: 'ENOENT' })) } })"), 'ERR_ROTOR_COMPRESSOR', 'spawn lz4'],
    ['gives text', broken("new Transform({ encoding: 'latin1', transform (chunk, _, done) { done(null, chunk) } })"), 'ERR_ROTOR_COMPRESSOR', 'gave string instead of bytes'],
    ['packs something else', broken('new Transform({ transform (chunk, _, done) { done(null, chunk.fill(65, 0, 1)) } })', 'new Transform({ transform (chunk, _, done) { done(null, chunk) } })'), 'ERR_ROTOR_COPY_DAMAGED', 'unpacks to'],
    ['packs what it cannot unpack', broken('new Transform({ transform (chunk, _, done) { done(null, chunk) } })'), 'ERR_ROTOR_COPY_DAMAGED', 'cannot be unpacked by'],
    ['leaves out the end', broken('new Transform({ transform (_, __, done) { done() } })', 'new Transform({ transform (_, __, done) { done() } })'), 'ERR_ROTOR_COPY_DAMAGED', 'unpacks to 0 bytes'],
    ['throws on the way back', broken('zlib.createDeflateRaw()', "{ throw new Error('no way back') }"), 'ERR_ROTOR_COMPRESSOR', 'restore() threw Error: no way back']
  ] as const)('%s', async ([, members, code, message], context) => {
    const options = optionsWith(members, context)
    const failed = await rotateInWorker<FailedEvent>(options, 'failed')
    expect(failed).toMatchObject({ step: 'compress', code, message: expect.stringContaining(message) })
    expect(namesOf(options.file)).toEqual([expect.stringMatching(/^app\.\d{8}_\d{6}\.log$/), 'app.log'])
    expect(Buffer.concat(namesOf(options.file).map((name) => readFileSync(join(options.file, '..', name)))).toString()).toBe(line.repeat(11))
  })
})

describe.concurrent('no file is made, and the option is named, where the module', () => {
  test.for([
    ['cannot be loaded', 'extension: ', 'a module that can be loaded'],
    ['has no extension', 'create: () => zlib.createDeflateRaw()', '"extension"'],
    ['has an empty extension', "...{ extension: '', create () {} }", '"extension"'],
    ['has an extension without a dot', "...{ extension: 'lz4', create () {} }", '"extension"'],
    ['has an extension that leads elsewhere', "...{ extension: './../x', create () {} }", '"extension"'],
    ['has an extension that would be a number', "...{ extension: '.1', create () {} }", '"extension"'],
    ['has an extension of ours', "...{ extension: '.GZ', create () {} }", 'an extension that nothing else has'],
    ['has the extension of the log', "...{ extension: '.log', create () {} }", 'an extension that nothing else has'],
    ['has nothing that packs', "extension: '.x'", '"create"'],
    ['has a way back that is none', "extension: '.x', create () {}, restore: 7", '"restore"']
  ] as const)('%s', async ([, members, expected], context) => {
    const options = optionsWith(members, context)
    const [error] = await once(startTarget(options), 'error') as [Error]
    expect(error.message).toContain('compress.module: expected')
    expect(error.message).toContain(expected)
    expect(namesOf(options.file)).toEqual([])
    await expect(rotor(options)).rejects.toMatchObject({ code: 'ERR_ROTOR_OPTIONS', faults: [{ path: 'compress.module' }] })
  })

  test('is missing, or has company that it replaces', async (context) => {
    const { file, compress } = optionsWith(sound, context)
    await expect(rotor({ file, compress: { module: './there-is-none.js' } })).rejects.toMatchObject({ faults: [{ path: 'compress.module', expected: expect.stringContaining('that exists') }] })
    await expect(rotor({ file, compress: { ...compress as object, level: 3, algorithm: 'gzip' } })).rejects.toMatchObject({ faults: [{ path: 'compress.algorithm' }, { path: 'compress.level' }] })
    expect(namesOf(file)).toEqual([])
  })

  test('is that of a route', async (context) => {
    const { file, compress } = optionsWith("extension: '.x'", context)
    const routes = [{ file: file.replace('app.log', 'error.log'), match: { level: 'error' as const }, compress: compress ?? false }]
    await expect(rotor({ file, routes })).rejects.toMatchObject({ faults: [{ path: 'routes.0.compress.module' }] })
  })

  test('has no way back beside `bundle`', async (context) => {
    await expect(rotor({ ...optionsWith(deflate, context), bundle: {} })).rejects.toMatchObject({ faults: [{ path: 'compress.module', expected: expect.stringContaining('"bundle"') }] })
  })
})
