// How a thread that searches ends. The thread is a double: no real one can be made to answer at the instant at which it is ended.
import { expect, test, vi } from 'vitest'
import { poolFor } from '../../../src/reading/scan/scan-pool.js'

const { Thread, threads } = await vi.hoisted(async () => {
  const { EventEmitter } = await import('node:events')
  class Thread extends EventEmitter {
    isHeld = true

    constructor () {
      super()
      threads.push(this)
    }

    ref (): void { this.isHeld = true }
    unref (): void { this.isHeld = false }
    postMessage (): void {}

    // As in Node, ending a thread keeps the process until it has ended.
    async terminate (): Promise<void> {
      this.ref()
      await new Promise((resolve) => this.once('exit', resolve))
    }
  }
  const threads: Thread[] = []
  return { Thread, threads }
})

vi.mock('node:fs', async (importOriginal) => ({ ...await importOriginal<typeof import('node:fs')>(), existsSync: () => true }))
vi.mock('node:worker_threads', async (importOriginal) => ({ ...await importOriginal<typeof import('node:worker_threads')>(), Worker: Thread }))

test('the process stays until a thread has ended, also if that answers meanwhile', async () => {
  const pool = poolFor({ conditions: [{ kind: 'pattern', pattern: { source: 'a', flags: '' } }], window: null, timeKeys: ['time'], give: 'lines', grouping: null }, 1)
  void pool.run({ kind: 'lines', lines: Buffer.from('a\n'), ofAnyTime: true })
  const [thread] = threads
  expect(thread?.isHeld).toBe(true)
  const closing = pool.close()
  thread?.emit('message', { answer: { kind: 'fault', fault: 'torn' } })
  expect(thread?.isHeld).toBe(true)
  thread?.emit('exit', 0)
  await closing
})

test.each([1, 3])('starts at most %i threads, however many blocks wait', async (threadsMax) => {
  const before = threads.length
  const pool = poolFor({ conditions: [{ kind: 'pattern', pattern: { source: 'a', flags: '' } }], window: null, timeKeys: ['time'], give: 'lines', grouping: null }, threadsMax)
  for (let task = 0; task < 50; task++) pool.run({ kind: 'lines', lines: Buffer.from('a\n'), ofAnyTime: true }).catch(() => {})
  const started = threads.slice(before)
  expect(started).toHaveLength(threadsMax)
  expect(pool.ahead).toBeLessThanOrEqual(threadsMax * 2)
  const closing = pool.close()
  for (const thread of started) thread.emit('exit', 0)
  await closing
})
