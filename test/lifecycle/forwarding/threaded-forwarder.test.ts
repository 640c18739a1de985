// A thread that forwards and dies. The thread is a double that the test ends; the test moves the clock.
import type { EventEmitter } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import type { Clock } from '../../../src/clock.js'
import type { Emit } from '../../../src/events.js'
import { ThreadedForwarder } from '../../../src/lifecycle/forwarding/threaded-forwarder.js'
import { StepHealth } from '../../../src/lifecycle/step-health.js'
import type { RotorOptions } from '../../../src/options/options.js'
import { parseOptions } from '../../../src/options/parse-options.js'
import { logOf } from '../../../src/policy/names/archive-name.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

interface Double extends EventEmitter {
  readonly posted: unknown[]
}

const threads = vi.hoisted(() => ({ begun: [] as Double[], refuses: false }))

vi.mock('node:fs', async (original) => ({ ...await original<typeof import('node:fs')>(), existsSync: () => true }))
vi.mock('node:worker_threads', async (original) => {
  const { EventEmitter: Emitter } = await import('node:events')
  class Worker extends Emitter {
    readonly posted: unknown[] = []
    constructor () {
      super()
      if (threads.refuses) throw new Error('no more threads')
      threads.begun.push(this)
    }

    unref (): void {}
    ref (): void {}
    async terminate (): Promise<void> { this.emit('exit', 1) }
    postMessage (message: unknown): void { this.posted.push(message) }
  }
  return { ...await original<typeof import('node:worker_threads')>(), Worker }
})

let nowMs: number
let told: Array<readonly [name: string, details: unknown]>
let forwarder: ThreadedForwarder

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => { vi.useRealTimers() })
  Object.assign(threads, { begun: [], refuses: false })
  nowMs = 0
  told = []
  forwarder = startTo({ to: 'otlp', url: 'http://127.0.0.1:1/v1/logs' })
})

function startTo (forward: RotorOptions['forward']): ThreadedForwarder {
  const clock: Clock = { now: () => nowMs, monotonic: () => nowMs }
  const emit: Emit = (name, ...details) => { told.push([name, details[0]]) }
  const settings = parseOptions({ file: join(temporaryFolder(), 'app.log'), report: false, forward })
  if (settings.forward === null) throw new Error('forwarding is off')
  const present = { after: null, offset: 0, head: '' } as never
  const started = ThreadedForwarder.start({ settings, forwarding: settings.forward, log: logOf(settings), clock, emit, health: new StepHealth(emit, clock.monotonic), present })
  if (started === null) throw new Error('no thread was started')
  return started
}

function last (): Double {
  const thread = threads.begun.at(-1)
  if (thread === undefined) throw new Error('no thread was started')
  return thread
}

function die (error?: Error): void {
  const thread = last()
  if (error !== undefined) thread.emit('error', error)
  thread.emit('exit', 1)
}

function pass (ms: number): void {
  nowMs += ms
  vi.advanceTimersByTime(ms)
}

test('is started anew after a pause when it dies, and its end is reported once', () => {
  die(Object.assign(new Error('out of memory'), { code: 'ERR_WORKER_OUT_OF_MEMORY' }))
  expect(told).toMatchObject([['failed', { step: 'forward', code: 'ERR_WORKER_OUT_OF_MEMORY', retryMs: 500 }]])
  pass(499)
  expect(threads.begun).toHaveLength(1)
  pass(1)
  expect(threads.begun).toHaveLength(2)
  last().emit('message', 'works')
  expect(told.slice(1)).toMatchObject([['recovered', { step: 'forward', ms: 500 }]])
  last().emit('message', ['forwarded', { lines: 1, bytes: 2, rejected: 0 }])
  expect(told.at(-1)).toEqual(['forwarded', { lines: 1, bytes: 2, rejected: 0 }])
})

test.each([
  ['an error without a code', new Error('dead'), 'the thread that forwards has ended: dead'],
  ['what is no error', 'dead' as never, 'the thread that forwards has ended: dead'],
  ['no reason', undefined, 'the thread that forwards has ended']
])('tells its end by %s under a code of its own', (_, error, message) => {
  die(error)
  expect(told).toMatchObject([['failed', { step: 'forward', code: 'ERR_ROTOR_FORWARD_THREAD', message }]])
})

test('is started anew also when it ends without a reason', () => {
  die()
  expect(told).toMatchObject([['failed', { step: 'forward', message: expect.stringContaining('the thread that forwards has ended') as string }]])
  pass(500)
  expect(threads.begun).toHaveLength(2)
})

test('is started anew after longer and longer pauses while it dies of its start, and after a short one when it has lived for a minute', () => {
  for (const pauseMs of [500, 1_000, 2_000]) {
    const begun = threads.begun.length
    die(new Error('dead'))
    pass(pauseMs - 1)
    expect(threads.begun).toHaveLength(begun)
    pass(1)
    expect(threads.begun).toHaveLength(begun + 1)
    last().emit('message', 'works')
  }
  pass(60_000)
  die(new Error('dead'))
  pass(500)
  expect(threads.begun).toHaveLength(5)
})

test('is tried again when no further thread can be started', () => {
  die(new Error('dead'))
  threads.refuses = true
  pass(500)
  expect(threads.begun).toHaveLength(1)
  threads.refuses = false
  pass(1_000)
  expect(threads.begun).toHaveLength(2)
})

test('holds up no closing when it has died, and is started no more', async () => {
  die(new Error('dead'))
  await forwarder.close()
  pass(600_000)
  expect(threads.begun).toHaveLength(1)
})

test('ends at the closing before that settles, which is no failure', async () => {
  let isClosed = false
  const closing = forwarder.close().then(() => { isClosed = true })
  expect(last().posted).toEqual(['close'])
  await setImmediate()
  expect(isClosed).toBe(false)
  last().emit('exit', 0)
  await closing
  pass(600_000)
  expect(threads.begun).toHaveLength(1)
  expect(told).toEqual([])
})

test('ends a thread half a second after the closing if a module holds it up', async () => {
  const module = join(temporaryFolder(), 'send.mjs')
  writeFileSync(module, '')
  const sending = startTo({ module })
  let isClosed = false
  const closing = sending.close().then(() => { isClosed = true })
  pass(499)
  await setImmediate()
  expect(isClosed).toBe(false)
  pass(1)
  await closing
  expect(told).toEqual([])
})
