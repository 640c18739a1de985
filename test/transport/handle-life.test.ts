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
    import { appendFileSync } from 'node:fs'
    import { pino, transport } from './dependencies.cjs'
    appendFileSync('preloads', '.')
    globalThis.destination = transport({ file: 'app.log', size: '2k', report: false })
    globalThis.logger = pino(globalThis.destination)
    globalThis.logger.info('preloaded')
  `
  const body = `
    import { once } from 'node:events'
    import { readdirSync } from 'node:fs'
    const threads = () => readdirSync('/proc/self/task').length
    const { destination, logger } = globalThis
    await once(destination, 'ready')
    const before = threads()
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

test('a worker that dies settles everything, counts what is lost, and is no error of the application', async () => {
  const folder = temporaryFolder()
  const when = join(folder, 'when.mjs')
  // A module cannot end the worker by process.exit(). This call of Node's own ends it at once.
  writeFileSync(when, "export default (line) => { if (line.includes('die')) process.reallyExit(1); return false }")
  const { code, stdout, stderr } = await runApplication(folder, `${start}
    const destination = transport({ ...options, rotateWhen: './when.mjs' })
    const logger = pino(destination)
    const told = []
    for (const name of ['error', 'failed', 'close']) destination.on(name, (event) => told.push(name + ' ' + (event?.code ?? '')))
    let dropped = 0
    destination.on('dropped', ({ lines }) => { dropped += lines })
    await once(destination, 'ready')
    logger.info('kept')
    await new Promise((resolve) => destination.flush(resolve))
    const asked = [destination.status(), destination.sweep(), destination.rotate()]
    logger.info('die')
    const flushed = new Promise((resolve) => destination.flush((error) => resolve(typeof error?.code)))
    const written = new Promise((resolve) => destination.write('{"last":true}\\n', (error) => resolve(typeof error?.code)))
    const outcomes = (await Promise.allSettled(asked)).map(({ status }) => status)
    if (told.at(-1) !== 'close ') await once(destination, 'close')
    const late = await destination.status().catch((error) => error.code)
    logger.info('after')
    process.stdout.write(JSON.stringify({ told, dropped, flushed: await flushed, written: await written, settled: outcomes.length, late, ended: await new Promise((resolve) => destination.end((error) => resolve(typeof error))) }))
  `).ended
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(JSON.parse(stdout)).toMatchObject({ told: ['failed ERR_ROTOR_WORKER', 'close '], flushed: 'string', written: 'string', settled: 3, late: 'ERR_ROTOR_CLOSED', ended: 'object' })
  expect(messages(folder)).toContain('kept')
})
