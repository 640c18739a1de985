// A user's module may do anything beside what it was asked: throw in a timer, leave a promise rejected, end the process, never load, or
// give bytes without end. It is reported as `failed`, and the log goes on, in the handle's worker and in pino's.
import { once } from 'node:events'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pino from 'pino'
import { describe, expect, test } from 'vitest'
import type { FailedEvent, RotorOptions } from '../../src/index.js'
import { target, transport } from '../support/built-package.js'
import { closed, collect, eventWhere, keepInUse } from '../support/events.js'
import { temporaryFolder } from '../support/temporary-folder.js'

interface Destination extends NodeJS.EventEmitter {
  write: (line: string) => boolean
  end: () => void
}

const faces: Array<[string, (options: RotorOptions) => Destination]> = [
  ['handle', (options) => transport(options)],
  ['target', (options) => keepInUse(pino.transport({ target, options }))],
  ['target among several', (options) => keepInUse(pino.transport({ targets: [{ target, level: 'trace', options }, { target, level: 'trace', options: { file: join(options.file, '../other.log'), report: false } }] }))]
]

/** Nothing else may refer to a destination of which only an event is awaited. */
const held: unknown[] = []

function moduleWith (source: string): { folder: string, file: string, module: string } {
  const folder = temporaryFolder()
  const module = join(folder, 'module.mjs')
  writeFileSync(module, `import { Transform } from 'node:stream'\nimport zlib from 'node:zlib'\n${source}`)
  return { folder, file: join(folder, 'app.log'), module }
}

function start (open: (options: RotorOptions) => Destination, options: RotorOptions): { destination: Destination, failed: FailedEvent[], errors: Error[] } {
  const destination = open({ limit: false, report: false, ...options })
  held.push(destination)
  return { destination, failed: collect(destination, 'failed'), errors: collect(destination, 'error') }
}

describe.each(faces)('behind the %s, a rotateWhen module that', (_face, open) => {
  test.each([
    ['throws in a timer', 'setTimeout(() => { throw new Error("on purpose") })', 'on purpose'],
    ['rejects in a timer', 'setTimeout(() => { Promise.reject(new Error("on purpose")) })', 'on purpose'],
    ['throws a text in a microtask', 'queueMicrotask(() => { throw Object.assign(new Error("a microtask"), { name: "Odd" }) })', 'a microtask'],
    ['throws what has no text', 'throw Object.create(null)', 'a value without text'],
    ['throws an error that no message can carry', 'throw Object.assign(new Error("odd"), { code: () => {}, message: { text () {} } })', 'Error'],
    ['removes the listeners for uncaught exceptions, and throws', 'setTimeout(() => { process.removeAllListeners("uncaughtException"); throw new Error("on purpose") })', 'on purpose'],
    ['removes the listeners for rejections, and rejects', 'setTimeout(() => { process.removeAllListeners("unhandledRejection"); Promise.reject(new Error("on purpose")) })', 'on purpose'],
    ['removes all listeners of the process, and throws later', 'setTimeout(() => { process.removeAllListeners(); setTimeout(() => { throw new Error("on purpose") }) })', 'on purpose'],
    ['calls process.exit() in a timer', 'setTimeout(() => { process.exit(7) })', 'process.exit(7)']
  ])('%s is reported, and lines go on', async (_what, action, message) => {
    const { file, module } = moduleWith(`export default (line) => { if (line.includes('odd')) { ${action} } return false }`)
    const { destination, failed, errors } = start(open, { file, rotateWhen: module, compress: false })
    const told = once(destination, 'failed')
    destination.write('{"level":30,"odd":true}\n')
    await told
    destination.write('{"level":30,"after":true}\n')
    await closed(destination)
    expect(failed).toEqual([expect.objectContaining({ step: 'rotate', path: module, message: expect.stringContaining(message) as string })])
    expect(errors).toEqual([])
    expect(readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line) as object)).toMatchObject([{ odd: true }, { after: true }])
  })
})

test('a rotateWhen module that posts its own messages to the application fails nothing', async () => {
  const { file, module } = moduleWith("import { parentPort } from 'node:worker_threads'\nexport default () => { for (const odd of [null, undefined, 'odd', {}, { is: 'odd' }]) parentPort.postMessage(odd); return false }")
  const { destination, failed, errors } = start((options) => transport(options), { file, rotateWhen: module })
  destination.write('{"level":30}\n')
  await closed(destination)
  expect({ failed, errors }).toEqual({ failed: [], errors: [] })
  expect(readFileSync(file, 'utf8')).toBe('{"level":30}\n')
})

test('a rotateWhen module whose listener for the end of the worker throws is reported, and does not hold up the end', async () => {
  const { file, module } = moduleWith("process.on('exit', () => { throw new Error('on purpose') })\nexport default () => false")
  const { destination, failed, errors } = start((options) => transport(options), { file, rotateWhen: module })
  destination.write('{"level":30}\n')
  await closed(destination)
  expect(errors).toEqual([])
  expect(failed).toEqual([expect.objectContaining({ step: 'rotate', path: module, message: 'on purpose' })])
})

describe.each(faces)('behind the %s, a module that never finishes loading', (_face, open) => {
  test('is reported and left out: lines are written, files rotate, and the end is not held up', async () => {
    const { file, folder, module } = moduleWith('await new Promise(() => {})\nexport default () => true')
    const { destination, failed, errors } = start(open, { file, size: '100b', rotateWhen: module, compress: { module } })
    const rotated = once(destination, 'rotated')
    for (let id = 0; id < 10; id++) destination.write(`{"level":30,"id":${id}}\n`)
    await rotated
    await closed(destination)
    expect(failed.map(({ step, code, path }) => [step, code, path]).sort()).toEqual([['compress', 'ERR_ROTOR_MODULE', module], ['rotate', 'ERR_ROTOR_MODULE', module]])
    expect(errors).toEqual([])
    expect(readdirSync(folder).filter((name) => name.startsWith('app.')).reduce((lines, name) => lines + readFileSync(join(folder, name), 'utf8').split('\n').length - 1, 0)).toBe(10)
  })
})

test('the end is not held up by a module of `forward` that is loading', async () => {
  const { file, module } = moduleWith("new BroadcastChannel('odd-modules').postMessage('loading')\nawait new Promise(() => {})")
  const channel = new BroadcastChannel('odd-modules')
  const destination = transport({ file, size: '100b', compress: false, limit: false, report: false, forward: { module } })
  const failed = collect(destination, 'failed')
  await once(channel, 'message')
  channel.close()
  const error = await new Promise((resolve) => { destination.end('{"level":30}\n', resolve) })
  expect({ error, failed }).toEqual({ error: null, failed: [] })
})

describe('a compressor', () => {
  const endless = 'new Transform({ transform (chunk, encoding, done) { done() }, flush () {}, read () { this.push(Buffer.alloc(65536)) } })'

  test.each([
    ['that gives bytes without end is stopped, and the archive stays', `export default { extension: '.x', create: () => ${endless} }`, 'ERR_ROTOR_COMPRESSOR'],
    ['whose restore() gives bytes without end is stopped, and the archive stays', `export default { extension: '.x', create: () => zlib.createGzip(), restore: () => ${endless} }`, 'ERR_ROTOR_COPY_DAMAGED'],
    ['that throws in a timer is reported, and the archive is compressed', 'export default { extension: \'.x\', create: () => { setTimeout(() => { throw new Error(\'on purpose\') }); return zlib.createGzip() }, restore: () => zlib.createGunzip() }', 'UNKNOWN']
  ])('%s', async (_what, source, code) => {
    const { file, folder, module } = moduleWith(source)
    const { destination, failed, errors } = start((options) => transport(options), { file, size: '100b', compress: { module } })
    const told = eventWhere<FailedEvent>(destination, 'failed', ({ step }) => step === 'compress')
    for (let id = 0; id < 10; id++) destination.write(`{"level":30,"id":${id}}\n`)
    await told
    await closed(destination)
    expect(failed[0]).toMatchObject({ step: 'compress', code })
    expect(errors).toEqual([])
    expect(readdirSync(folder).filter((name) => name.startsWith('.')).filter((name) => statSync(join(folder, name)).size > 3 * 1024 * 1024)).toEqual([])
    expect(readdirSync(folder).some((name) => /^app\.\d.*\.log(\.x)?$/.test(name))).toBe(true)
  })
})

test('a worker that is busy with one log after the other is not taken for one whose disk stands still', async () => {
  const { file, folder, module } = moduleWith(`
    const pause = new Int32Array(new SharedArrayBuffer(4))
    export default (line) => { Atomics.wait(pause, 0, 0, 600); return line.includes('second') }
  `)
  const routes = ['a', 'b', 'c', 'd'].map((name) => ({ file: join(folder, `${name}.log`), match: { name }, rotateWhen: module }))
  const { destination, failed, errors } = start((options) => transport(options), { file, routes, compress: false })
  await once(destination, 'ready')
  for (const part of ['first', 'second']) for (const name of ['a', 'b', 'c', 'd']) destination.write(`{"level":30,"name":"${name}","part":"${part}"}\n`)
  await closed(destination)
  expect({ failed, errors }).toEqual({ failed: [], errors: [] })
  expect(readdirSync(folder).filter((name) => /^[a-d]\..*log$/.test(name))).toHaveLength(8)
})
