// Distributes a reader's scans: the calling thread does little work, and several threads do much. A regular expression
// always runs in a thread, so that one that never ends can be stopped.
import { existsSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { GatedWorker } from '../../platform/ending-gate.js'
import type { Condition } from '../../policy/filters/condition.js'
import type { ReadingTask, ScanReply } from './reading-thread.js'
import { Scanning, type ScanAnswer, type ScanRequest, type ScanTask } from './scan-task.js'
import { hasOwnKey } from '../../platform/own-key.js'

export interface ScanPool {
  /** How many tasks should be running at a time. */
  readonly ahead: number
  readonly run: (task: ScanTask) => Promise<ScanAnswer>
  readonly close: () => Promise<void>
}

/** A thread has one task waiting while it does another. */
const tasksOfThread = 2
/** So many tasks take as long as the start of a thread. */
const tasksBeforeThreads = 8
/** A megabyte of lines takes milliseconds. An expression that takes this long for it does not end. */
const patternMsMax = 10_000

/** A regular expression did not end in time. */
export class PatternTimeoutError extends Error {
  override readonly name = 'PatternTimeoutError'

  constructor () {
    super(`the regular expression took more than ${patternMsMax / 1000} s for some lines: simplify it, especially a repetition inside another one, such as (a+)+`)
  }
}

/**
 * The pool for a request. `threads` is the most threads; 0 for the calling thread alone, which a regular expression may
 * block.
 */
export function poolFor (request: ScanRequest, threads: number): ScanPool {
  const file = threads > 0 ? threadFile() : null
  return file === null ? new CallingThread(request) : new ScanThreads(request, file, threads)
}

/** Whether the conditions have a regular expression. */
export function hasPattern (conditions: readonly Condition[]): boolean {
  return conditions.some(({ kind }) => kind === 'pattern' || kind === 'fieldPattern')
}

// The file is missing in an unbuilt checkout, or if a bundler left it out. The calling thread does the same work.
function threadFile (): string | null {
  const file = besideThisModule(import.meta.url)
  return file !== null && existsSync(file) ? file : null
}

// CommonJS bundles leave import.meta empty, although its type says otherwise.
function besideThisModule (url: string | undefined): string | null {
  return url === undefined ? null : fileURLToPath(new URL('./reading-thread.js', url))
}

class CallingThread implements ScanPool {
  readonly ahead = 1
  readonly #scanning: Scanning

  constructor (request: ScanRequest) {
    this.#scanning = new Scanning(request)
  }

  // A block takes milliseconds. Other work runs in between.
  async run (task: ScanTask): Promise<ScanAnswer> {
    await setImmediate()
    return this.#scanning.answer(task)
  }

  async close (): Promise<void> {
    await Promise.resolve()
  }
}

class ScanThreads implements ScanPool {
  readonly ahead: number
  readonly #threads: ScanThread[] = []
  readonly #threadsMax: number
  readonly #start: () => ScanThread
  readonly #calling: Scanning
  readonly #passesAll: boolean
  /** How many tasks the calling thread still does before threads are started. */
  #tasksLeft: number

  constructor (request: ScanRequest, file: string, threadsMax: number) {
    this.#start = () => new ScanThread(file, request)
    this.#threadsMax = threadsMax
    this.#calling = new Scanning(request)
    this.#passesAll = request.conditions.length === 0 && request.grouping === null
    this.#tasksLeft = hasPattern(request.conditions) ? 0 : tasksBeforeThreads
    this.ahead = threadsMax * tasksOfThread
  }

  async run (task: ScanTask): Promise<ScanAnswer> {
    // Without a search, sending the lines to another thread costs more than the task.
    if (task.kind === 'lines' && task.ofAnyTime && this.#passesAll) return this.#calling.answer(task)
    if (this.#tasksLeft-- > 0) {
      await setImmediate()
      return this.#calling.answer(task)
    }
    return await this.#leastBusy().run(task)
  }

  async close (): Promise<void> {
    await Promise.all(this.#threads.map(async (thread) => { await thread.close() }))
  }

  // A thread that has ended answers nothing more.
  #leastBusy (): ScanThread {
    const threads = this.#threads.filter(({ hasEnded }) => !hasEnded)
    const [least] = [...threads].sort((a, b) => a.waiting - b.waiting)
    if (least !== undefined && (least.waiting === 0 || threads.length >= this.#threadsMax)) return least
    const started = this.#start()
    this.#threads.push(started)
    return started
  }
}

interface Waiting {
  readonly resolve: (answer: ScanAnswer) => void
  readonly reject: (error: Error) => void
}

class ScanThread {
  readonly #worker: GatedWorker
  readonly #queue: Waiting[] = []
  readonly #isLimited: boolean
  #hasEnded = false
  #limit: NodeJS.Timeout | null = null

  constructor (file: string, request: ScanRequest) {
    this.#isLimited = hasPattern(request.conditions)
    // With streams of its own: else starting the thread opens process.stdout and process.stderr, which makes a pipe non-blocking.
    this.#worker = new GatedWorker(file, { name: 'pino-rotor reading', workerData: { request } satisfies ReadingTask, execArgv: [], stdout: true, stderr: true, resourceLimits: { maxYoungGenerationSizeMb: 4 } })
    this.#worker.on('message', (reply: ScanReply) => { this.#take(reply) })
    this.#worker.on('error', (error) => { this.#fail(error) })
    this.#worker.on('exit', () => { this.#fail(new Error('a thread that reads has ended')) })
    this.#worker.unref()
  }

  get hasEnded (): boolean {
    return this.#hasEnded
  }

  get waiting (): number {
    return this.#queue.length
  }

  async run (task: ScanTask): Promise<ScanAnswer> {
    return await new Promise((resolve, reject) => {
      this.#queue.push({ resolve, reject })
      if (this.#queue.length === 1) this.#begin()
      const sent = task.kind === 'lines' && task.isSole !== true ? { ...task, lines: copyOf(task.lines), isSole: true } : task
      this.#worker.postMessage(sent, sent.kind === 'lines' ? [sent.lines.buffer as ArrayBuffer] : [])
    })
  }

  async close (): Promise<void> {
    this.#hasEnded = true
    this.#pause()
    this.#queue.length = 0
    await this.#worker.end()
  }

  // An answer may still come while the thread is being ended, and the process must stay for that end.
  #take (reply: ScanReply): void {
    if (this.#hasEnded) return
    const waiting = this.#queue.shift()
    if (this.#queue.length > 0) this.#begin()
    else this.#pause()
    if (hasOwnKey(reply, 'answer')) waiting?.resolve(reply.answer)
    else waiting?.reject(Object.assign(new Error(reply.failure.message), reply.failure))
  }

  #begin (): void {
    this.#pause()
    this.#worker.ref()
    if (this.#isLimited) this.#limit = setTimeout(() => { this.#fail(new PatternTimeoutError()) }, patternMsMax)
  }

  #pause (): void {
    if (this.#limit !== null) clearTimeout(this.#limit)
    this.#limit = null
    this.#worker.unref()
  }

  #fail (error: Error): void {
    this.#hasEnded = true
    this.#pause()
    for (const waiting of this.#queue.splice(0)) waiting.reject(error)
    void this.#worker.end()
  }
}

// The original may be part of a buffer that is still in use.
function copyOf (lines: Uint8Array): Buffer<ArrayBuffer> {
  const copy = Buffer.allocUnsafeSlow(lines.length)
  copy.set(lines)
  return copy
}
