// How the handle and its worker begin and end: in preloaded files, as one of many, without a reference, in listeners for
// 'exit', with a log that cannot be opened, and with a worker that dies.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runApplication } from '../support/application.js'
import { keptLines } from '../support/kept.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const start = `
  import { once } from 'node:events'
  import { readdirSync, writeSync } from 'node:fs'
  import pino from 'pino'
  import { transport } from 'pino-rotor'
  const options = { file: 'app.log', compress: false, limit: false, report: false }
  const ids = (count, logger) => { for (let id = 0; id < count; id++) logger.info({ id }, 'a line') }
`

function messages (folder: string, name = 'app.log'): unknown[] {
  return keptLines(join(folder, name)).map((line) => (JSON.parse(line) as { msg: unknown }).msg)
}

describe('a file that is preloaded', () => {
  const preload = `
    import { once } from 'node:events'
    import { appendFileSync } from 'node:fs'
    import { pino, transport } from './dependencies.cjs'
    appendFileSync('preloads', '.')
    globalThis.destination = transport({ file: 'app.log', size: '2k', report: false })
    // The worker may be ready before the application's own file begins.
    globalThis.ready = once(destination, 'ready')
    globalThis.logger = pino(globalThis.destination)
    globalThis.logger.info('preloaded')
  `
  const body = `
    import { once } from 'node:events'
    const { destination, logger, ready } = globalThis
    await ready
    const compressed = once(destination, 'compressed')
    for (let id = 0; id < 30; id++) logger.info({ id, pad: 'x'.repeat(100) }, 'line')
    const alive = setInterval(() => {}, 1000)
    await compressed
    clearInterval(alive)
    destination.end()
    await once(destination, 'close')
  `

  test.each([
    ['--import', (file: string) => ({ flags: ['--import', file], env: {} })],
    ['--import=', (file: string) => ({ flags: [`--import=${file}`], env: {} })],
    ['NODE_OPTIONS', (file: string) => ({ flags: [], env: { NODE_OPTIONS: `--import ${file}` } })],
    ['NODE_OPTIONS in quotes', (file: string) => ({ flags: [], env: { NODE_OPTIONS: `--enable-source-maps --import="${file}" --no-warnings` } })]
  ])('with %s starts one worker, not one in each thread', async (_name, how) => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'dependencies.cjs'), "exports.pino = require('pino'); exports.transport = require('pino-rotor').transport")
    writeFileSync(join(folder, 'preload.mjs'), preload)
    const { flags, env } = how('./preload.mjs')
    const { code, stderr } = await runApplication(folder, body, flags, { env }).ended
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    // Neither the worker nor the thread that compressed has run the file.
    expect(readFileSync(join(folder, 'preloads'), 'utf8')).toBe('.')
    expect(messages(folder).filter((message) => message === 'preloaded')).toHaveLength(1)
    expect(messages(folder)).toHaveLength(31)
  })
})

test('a handle that nothing refers to is collected with its thread, and every line of it is kept', async () => {
  const folder = temporaryFolder()
  const { code, stdout, stderr } = await runApplication(folder, `${start}
    import { setImmediate, setTimeout } from 'node:timers/promises'
    const handles = []
    // Held until the threads are counted: an engine may collect garbage at any time.
    const held = []
    for (let number = 0; number < 12; number++) {
      const destination = transport({ ...options, file: number + '.log' })
      ids(2000, pino(destination))
      handles.push(new WeakRef(destination))
      held.push(destination)
      await once(destination, 'ready')
      ids(2000, pino(destination))
    }
    const threads = () => readdirSync('/proc/self/task').length
    const before = process.platform === 'linux' ? threads() : 0
    held.length = 0
    let left = handles.length
    for (let turn = 0; turn < 200 && left > 1; turn++) {
      gc()
      await setTimeout(20)
      left = handles.filter((handle) => handle.deref() !== undefined).length
    }
    for (let turn = 0; turn < 200 && process.platform === 'linux' && before - threads() < 11; turn++) await setTimeout(20)
    process.stdout.write(JSON.stringify({ left, ended: process.platform === 'linux' ? before - threads() : 11 }))
  `, ['--expose-gc']).ended
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const { left, ended } = JSON.parse(stdout) as { left: number, ended: number }
  expect(left).toBeLessThanOrEqual(1)
  expect(ended).toBeGreaterThanOrEqual(11)
  for (let number = 0; number < 12; number++) expect(keptLines(join(folder, `${number}.log`))).toHaveLength(4000)
})

test('a handle stays while an answer is awaited', async () => {
  const { code, stdout, stderr } = await runApplication(temporaryFolder(), `${start}
    const answer = (() => transport(options).rotate())()
    gc()
    await new Promise(setImmediate)
    gc()
    process.stdout.write(String(await answer))
  `, ['--expose-gc']).ended
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'null', stderr: '' })
})

test('twelve handles add no warning about listeners, and all their lines are kept at the end', async () => {
  const folder = temporaryFolder()
  const { code, stderr } = await runApplication(folder, `${start}
    const handles = Array.from({ length: 12 }, (_, number) => transport({ ...options, file: number + '.log' }))
    for (const handle of handles) ids(100, pino(handle))
    await Promise.all(handles.map((handle) => once(handle, 'ready')))
    for (const handle of handles) ids(100, pino(handle))
    process.exit(0)
  `).ended
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  for (let number = 0; number < 12; number++) expect(keptLines(join(folder, `${number}.log`))).toHaveLength(200)
})

test.each([
  ['before the handle was made', "process.on('exit', () => logger.info('in exit'))", ''],
  ['after it was made', '', "process.on('exit', () => logger.info('in exit'))"],
  ['once it was ready', '', "await once(destination, 'ready'); process.on('exit', () => logger.info('in exit'))"],
  ['right before the end', '', "await once(destination, 'ready'); process.on('exit', () => logger.info('in exit')); process.exit(0)"],
  ['and removed again by another', '', "const other = () => {}; process.on('exit', other); process.on('exit', () => logger.info('in exit')); process.off('exit', other); process.exit(0)"]
])('a line that a listener for exit logs is kept, when it was added %s', async (_when, before, after) => {
  const folder = temporaryFolder()
  const { code, stderr } = await runApplication(folder, `${start}
    let logger
    ${before}
    const destination = transport(options)
    logger = pino(destination)
    logger.info('before')
    ${after}
  `).ended
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(messages(folder)).toEqual(['before', 'in exit'])
})

test.each([
  ['falls off its end', '', ['before', 'in exit']],
  ['calls process.exit()', 'process.exit(3)', ['before', 'in exit']],
  ['handles the error', "process.on('uncaughtException', (error) => { logger.fatal(error.message) })", ['before', 'in exit', 'on purpose']]
])('a line that a listener for exit logs before it throws is kept, when the application %s', async (_what, body, expected) => {
  const folder = temporaryFolder()
  const { stderr } = await runApplication(folder, `${start}
    const destination = transport(options)
    const logger = pino(destination)
    await once(destination, 'ready')
    process.on('exit', () => { logger.info('in exit'); throw new Error('on purpose') })
    logger.info('before')
    ${body}
  `).ended
  expect(stderr).not.toContain('ERR_ROTOR')
  expect(messages(folder)).toEqual(expected)
})

test.each([
  ['that was written before the log was open', "destination.write('start')", ''],
  ['that the worker has already read', "await new Promise((resolve) => destination.write('start', resolve))", ''],
  ['that the listener writes in pieces', "await once(destination, 'ready')", "destination.write('st'); destination.write(Buffer.from('ar')); destination.write('t')"],
  ['that the listener goes on with', "await once(destination, 'ready'); destination.write('st')", "destination.write('art')"]
])('an unfinished line %s is kept when a listener for exit is added right before the end', async (_which, before, inListener) => {
  const folder = temporaryFolder()
  const { code, stderr } = await runApplication(folder, `${start}
    const destination = transport(options)
    ${before}
    process.on('exit', () => { ${inListener} })
    process.exit(0)
  `).ended
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(keptLines(join(folder, 'app.log'))).toEqual(['start'])
})

describe('a log that cannot be opened', () => {
  const unopenable = 'file: Array(25).fill(\'x\'.repeat(180)).join(\'/\') + \'/app.log\''

  test('is reported with its code at once by a process that logs a line and ends', async () => {
    const { code, stderr } = await runApplication(temporaryFolder(), `${start}
      pino(transport({ ...options, ${unopenable} })).info('line')
    `).ended
    expect(code).toBe(1)
    expect(stderr).toContain('ENAMETOOLONG')
    expect(stderr).not.toMatch(/flush/i)
  })

  test('is reported with its code at once by a process that logs a line and exits, and keeps its exit code', async () => {
    const { code, stderr } = await runApplication(temporaryFolder(), `${start}
      pino(transport({ ...options, ${unopenable} })).info('line')
      process.exit(3)
    `).ended
    expect(code).toBe(3)
    expect(stderr.split('\n').filter((line) => line.includes('ENAMETOOLONG'))).toHaveLength(1)
    expect(stderr).not.toMatch(/flush/i)
  })
})

// A module cannot end the worker by process.exit(). `reallyExit` of Node's own ends it at once.
describe.each([
  ['dies', 'process.reallyExit(1)'],
  ['can read no further', "globalThis.setImmediate = () => { throw new Error('on purpose') }"]
])('a worker that %s', (_how, deed) => {
  const dying = `${start}
    const destination = transport({ ...options, rotateWhen: './when.mjs' })
    const logger = pino(destination)
    const told = []
    for (const name of ['error', 'failed', 'recovered', 'finish', 'close']) destination.on(name, (event) => told.push(name + ' ' + (event?.code ?? '')))
    let dropped = 0
    destination.on('dropped', ({ lines }) => { dropped += lines })
    // The tests await what the worker may never say.
    const alive = setInterval(() => {}, 1000)
    const called = (action) => new Promise((resolve) => action((error) => resolve(error?.name ?? 'no error')))
    const rejected = (promise) => promise.then(() => 'fulfilled', ({ name }) => name)
    await once(destination, 'ready')
    logger.info('kept')
    await new Promise((resolve) => destination.flush(resolve))
    logger.info('die')
  `

  function foldersWithModule (): string {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'when.mjs'), `export default (line) => { if (line.includes('die')) { ${deed} } return false }`)
    return folder
  }

  test('calls every callback and rejects every promise that waits, counts what is lost, and is no error of the application', async () => {
    const folder = foldersWithModule()
    const { code, stdout, stderr } = await runApplication(folder, `${dying}
      const closed = once(destination, 'close')
      // All of these are to be answered after the line that ends the worker.
      const waiting = [
        rejected(destination.status()), rejected(destination.sweep()), rejected(destination.rotate()), rejected(destination.upload()),
        called((callback) => destination.flush(callback)), called((callback) => destination.write('{"last":true}\\n', callback))
      ]
      await closed
      const settled = await Promise.all(waiting)
      const late = await destination.status().catch((error) => error.code)
      logger.info('after')
      destination.flushSync()
      const after = await Promise.all([called((callback) => destination.write('{"late":true}\\n', callback)), called((callback) => destination.end(callback))])
      clearInterval(alive)
      process.stdout.write(JSON.stringify({ told, dropped, settled, late, after }))
    `).ended
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const result = JSON.parse(stdout) as { dropped: number, settled: string[] }
    // The last is the callback of a write, which the worker may have made before it could go on no more.
    expect(result).toMatchObject({ told: ['failed ERR_ROTOR_WORKER', 'close '], settled: [...Array<string>(5).fill('Error'), expect.any(String)], late: 'ERR_ROTOR_CLOSED', after: ['Error', 'Error'] })
    expect(result.dropped).toBeGreaterThan(0)
    expect(messages(folder)[0]).toBe('kept')
  })

  test('calls back from end, and closes', async () => {
    const { code, stdout, stderr } = await runApplication(foldersWithModule(), `${dying}
      const ended = called((callback) => destination.end(callback))
      const again = called((callback) => destination.end(callback))
      const flushed = new Promise((resolve) => destination.flush(resolve))
      process.stdout.write(JSON.stringify({ ended: await ended, again: await again, flushed: await flushed, told }))
      clearInterval(alive)
    `).ended
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(stdout)).toMatchObject({ ended: 'Error', again: 'Error', told: ['failed ERR_ROTOR_WORKER', 'close '] })
  })
})
