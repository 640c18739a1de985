// Guarantee 14: a disk that takes no writes and reports no error, as a frozen file system does, is treated as one that
// refuses. Each test runs an application whose log is on a file system that is frozen while it logs.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runApplication, type Ending } from '../support/application.js'
import { FaultDisk, whyNoMounts } from '../support/fault-disk.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const reason = whyNoMounts()
if (reason !== null) console.log(`skipped: ${reason}`)

/** What the promise is, and what a busy machine adds to it. */
const heldUpMsMax = 2_000 + 700

let disk: FaultDisk
let isFrozen = false

function freeze (): void {
  execFileSync('fsfreeze', ['--freeze', disk.path])
  isFrozen = true
}

function thaw (): void {
  if (isFrozen) execFileSync('fsfreeze', ['--unfreeze', disk.path])
  isFrozen = false
}

beforeEach(() => {
  if (reason !== null) return
  disk = new FaultDisk()
  disk.mount()
})
afterEach(() => {
  if (reason !== null) return
  thaw()
  disk.remove()
})

// It says FREEZE and THAW where that is to happen, and goes on once its stdin has an answer.
function application (body: string, open = 'transport(options)'): string {
  return `
    import { once } from 'node:events'
    import { writeSync, readSync } from 'node:fs'
    import { setImmediate, setTimeout } from 'node:timers/promises'
    import pino from 'pino'
    import { transport } from 'pino-rotor'
    const options = { file: ${JSON.stringify(join(disk.path, 'app.log'))}, size: false, compress: false, limit: false, buffer: '4m', report: false }
    const destination = ${open}
    const logger = pino({ base: null, timestamp: false }, destination)
    const told = { failed: [], dropped: [], recovered: [], error: [] }
    for (const name of Object.keys(told)) destination.on(name, (event) => told[name].push(event.message ? { ...event, message: event.message } : event))
    const droppedLines = () => told.dropped.reduce((sum, { lines }) => sum + lines, 0)
    let logged = 0
    const log = (count, pad = 'x'.repeat(1000)) => { for (let index = 0; index < count; index++) logger.info({ id: logged++, pad }) }
    let longestMs = 0
    const timed = (action) => { const startMs = performance.now(); const result = action(); longestMs = Math.max(longestMs, performance.now() - startMs); return result }
    // An event alone keeps no process alive.
    const event = async (name) => { const alive = setInterval(() => {}, 1000); await once(destination, name); clearInterval(alive) }
    const say = (text) => { writeSync(1, text + '\\n'); readSync(0, Buffer.alloc(1)) }
    const result = (more) => writeSync(1, 'RESULT' + JSON.stringify({ ...told, logged, dropped: droppedLines(), longestMs, ...more }) + '\\n')
    ${body}
  `
}

async function run (source: string): Promise<{ ending: Ending, result: Record<string, unknown> }> {
  const child = runApplication(temporaryFolder(), source, [], { stdin: 'pipe' })
  // An application that ends does not wait for the answer, and may be gone by then.
  child.process.stdin?.on('error', () => {})
  child.process.stdout?.on('data', (text: string) => {
    if (text.includes('FREEZE')) freeze()
    if (text.includes('THAW')) thaw()
    if (/FREEZE|THAW/.test(text)) child.process.stdin?.write('\n')
  })
  const ending = await child.ended
  const json = /RESULT(.*)/.exec(ending.stdout)?.[1]
  if (json === undefined) throw new Error(`no result: ${JSON.stringify(ending)}`)
  return { ending, result: JSON.parse(json) as Record<string, unknown> }
}

function keptCount (): number {
  return readFileSync(join(disk.path, 'app.log'), 'utf8').split('\n').filter((line) => line.includes('"id":')).length
}

const started = "await once(destination, 'ready'); log(1); await new Promise((resolve) => destination.flush(resolve)); say('FREEZE')"
const drained = 'while (destination.writableLength > 0) await setTimeout(10)'

describe.skipIf(reason !== null)('while the disk stands still', () => {
  test('the handle stays within `buffer`, drops and counts the newest lines, and reports that until the worker reads again', async () => {
    const { ending, result } = await run(application(`
      ${started}
      const recovered = event('recovered')
      const before = process.memoryUsage().rss
      let rss = 0
      for (let tick = 0; tick < 400; tick++) { timed(() => log(200)); await setImmediate(); rss = Math.max(rss, process.memoryUsage().rss) }
      const outstanding = destination.writableLength
      say('THAW')
      await recovered
      ${drained}
      log(10)
      destination.end()
      await once(destination, 'close')
      result({ outstanding, addedMebibytes: (rss - before) / 1048576 })
    `))
    expect(ending).toMatchObject({ code: 0, stderr: '' })
    expect(result['failed']).toEqual([{ step: 'write', code: 'ERR_ROTOR_STALLED', message: expect.stringContaining('app.log'), path: join(disk.path, 'app.log'), retryMs: expect.any(Number) }])
    expect(result['recovered']).toEqual([{ step: 'write', ms: expect.any(Number), droppedLines: result['dropped'], droppedBytes: expect.any(Number) }])
    expect(result['error']).toEqual([])
    expect(result['outstanding']).toBeLessThanOrEqual(4 * 1024 * 1024)
    expect(result['addedMebibytes']).toBeLessThan(64)
    expect(result['longestMs']).toBeLessThan(heldUpMsMax)
    expect(result['dropped']).toBeGreaterThan(0)
    expect(keptCount() + Number(result['dropped'])).toBe(result['logged'])
  })

  test('every callback is called, every promise settles and flushSync returns, without using the processor meanwhile', async () => {
    const { ending, result } = await run(application(`
      ${started}
      const recovered = event('recovered')
      log(5)
      await setImmediate()
      const startMs = performance.now()
      const turns = performance.eventLoopUtilization()
      const code = (error) => error?.code
      const settled = await Promise.all([
        new Promise((resolve) => destination.flush((error) => resolve(code(error)))),
        new Promise((resolve) => destination.write('{"id":true}\\n', (error) => resolve(code(error)))),
        destination.status().catch(code), destination.sweep().catch(code), destination.rotate().catch(code)
      ])
      const waitedMs = performance.now() - startMs
      // The share of the time that the event loop did not sleep. On a busy machine, the time of the processor would not show a loop.
      const busyShare = performance.eventLoopUtilization(turns).utilization
      timed(() => destination.flushSync())
      say('THAW')
      await recovered
      const status = await destination.status()
      destination.end()
      await once(destination, 'close')
      result({ settled, waitedMs, busyShare, files: status.total.files })
    `))
    expect(ending).toMatchObject({ code: 0, stderr: '' })
    expect(result['settled']).toEqual(Array(5).fill('ERR_ROTOR_STALLED'))
    expect(result['waitedMs']).toBeLessThan(6_000)
    expect(result['busyShare']).toBeLessThan(0.3)
    expect(result['longestMs']).toBeLessThan(heldUpMsMax)
    expect(result['files']).toBeGreaterThanOrEqual(1)
    expect(result['error']).toEqual([])
  })

  test('flushSync that meets the stall first returns within 2 s, throws nothing, and sleeps meanwhile', async () => {
    const { ending, result } = await run(application(`
      ${started}
      log(5)
      const cpu = process.cpuUsage()
      const startMs = performance.now()
      destination.flushSync()
      const flushMs = performance.now() - startMs
      const { user, system } = process.cpuUsage(cpu)
      timed(() => { destination.flushSync(); destination.flushSync() })
      say('THAW')
      await event('recovered')
      ${drained}
      destination.end()
      await once(destination, 'close')
      result({ flushMs, busyMs: (user + system) / 1000, againMs: longestMs })
    `))
    expect(ending).toMatchObject({ code: 0, stderr: '' })
    expect(result['flushMs']).toBeLessThan(heldUpMsMax)
    expect(result['againMs']).toBeLessThan(500)
    expect(result['busyMs']).toBeLessThan(500)
    expect(result['failed']).toHaveLength(1)
    expect(result['error']).toEqual([])
    expect(keptCount() + Number(result['dropped'])).toBe(result['logged'])
  })

  test('end calls back and closes within seconds, and counts lines that were not written', async () => {
    const { ending, result } = await run(application(`
      ${started}
      for (let tick = 0; tick < 20; tick++) { log(200); await setImmediate() }
      const ended = new Promise((resolve) => destination.end((error) => resolve(error?.code)))
      await once(destination, 'close')
      result({ code: await ended })
      say('THAW')
    `))
    expect(ending).toMatchObject({ code: 0, stderr: '' })
    expect(result['code']).toBe('ERR_ROTOR_STALLED')
    expect(result['dropped']).toBeGreaterThan(0)
    expect(keptCount() + Number(result['dropped'])).toBe(result['logged'])
  })

  // The process itself is gone only when the kernel lets the worker's thread go: see docs/reliability.md.
  test.each([
    ['process.exit()', 'process.exit(3)', 3, 5_000],
    ['an uncaught exception', "setTimeout(1).then(() => queueMicrotask(() => { throw new Error('on purpose') }))", 1, 5_000],
    ['nothing left to do', 'process.exitCode = 5', 5, 5_000],
    // The stall of a full `buffer` is known before the end. That of a few lines is found out in the exit hook, which waits.
    ['process.exit(), with few lines,', 'process.exit(3)', 3, 100],
    ['nothing left to do, with few lines,', 'process.exitCode = 5', 5, 100]
  ])('the end by %s is not delayed, throws nothing and keeps the exit code', async (_end, how, code, lines) => {
    const { ending, result } = await run(application(`
      ${started}
      const exit = { startMs: 0, cpu: null }
      process.prependListener('exit', () => { exit.startMs = performance.now(); exit.cpu = process.cpuUsage() })
      const emit = process.emit
      process.emit = function (name, ...details) {
        const outcome = emit.call(process, name, ...details)
        if (name === 'exit') {
          const { user, system } = process.cpuUsage(exit.cpu)
          result({ exitMs: performance.now() - exit.startMs, busyMs: (user + system) / 1000 })
          writeSync(1, 'THAW\\n')
        }
        return outcome
      }
      log(${lines})
      ${how}
    `))
    expect(ending.code).toBe(code)
    expect(ending.stderr.replaceAll(/.*on purpose[^]*/g, '')).not.toMatch(/took too long|flush|throw/)
    expect(result['exitMs']).toBeLessThan(heldUpMsMax)
    expect(result['busyMs']).toBeLessThan(600)
    expect(result['error']).toEqual([])
    expect(keptCount() + Number(result['dropped'])).toBe(result['logged'])
  })

  test('a handle whose log cannot be opened settles its requests and drops lines without room', async () => {
    freeze()
    const { ending, result } = await run(application(`
      for (let tick = 0; tick < 100; tick++) { timed(() => log(200)); await setImmediate() }
      const settled = await Promise.all([destination.status().catch((error) => error.code), new Promise((resolve) => destination.flush((error) => resolve(error?.code)))])
      say('THAW')
      await once(destination, 'ready')
      ${drained}
      destination.end()
      await once(destination, 'close')
      result({ settled })
    `))
    expect(ending).toMatchObject({ code: 0, stderr: '' })
    expect(result['settled']).toEqual(['ERR_ROTOR_STALLED', 'ERR_ROTOR_STALLED'])
    expect(result['longestMs']).toBeLessThan(heldUpMsMax)
    expect(result['error']).toEqual([])
    expect(keptCount() + Number(result['dropped'])).toBe(result['logged'])
  })

  test('a producer that awaits drain loses nothing and is kept alive', async () => {
    const { ending, result } = await run(application(`
      ${started}
      let thawed = false
      const line = '{"id":0,"pad":"' + 'x'.repeat(1000) + '"}\\n'
      destination.on('failed', () => { thawed = true; say('THAW') })
      for (let count = 0; count < 8000; count++) { logged++; if (!destination.write(line)) await once(destination, 'drain') }
      destination.end()
      await once(destination, 'close')
      result({ thawed })
    `))
    expect(ending).toMatchObject({ code: 0, stderr: '' })
    expect(result).toMatchObject({ thawed: true, dropped: 0 })
    expect(keptCount()).toBe(result['logged'])
  })
})
