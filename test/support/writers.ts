// Drives a process of writers over IPC and keeps what it tells.
import { fork, type ChildProcess } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { RotorEvents } from '../../src/events.js'
import type { RotorOptions } from '../../src/options/options.js'

export interface WritersJob {
  readonly options: RotorOptions
  readonly writers: ReadonlyArray<{ readonly name: string, readonly kind: 'transport' | 'stream', readonly lines: number }>
  readonly lineBytes?: number
  readonly linesPerTick?: number
  /** How long a tick takes at least, and until its lines are in the file. Without it ticks follow each other at once. */
  readonly tickMs?: number
}

export interface Written { readonly name: string, readonly lines: number }

export interface Told { readonly event: keyof RotorEvents | 'error' | 'ready' | 'stopping', readonly writer: string, readonly details: Record<string, unknown> }

type Ask = 'begin' | 'keepWriting' | 'stopWriting' | 'write' | 'open' | 'stopInWrite' | 'stopBeforeLock' | 'openBeforeLock' | 'stopInRotation' | 'stopInRemoval' | 'writeAndRemove' | 'rotate' | 'sweep' | 'end'
type Message = Told | { readonly id: number, readonly answer?: unknown, readonly error?: string }

export interface StartOptions {
  readonly environment?: NodeJS.ProcessEnv
  /** Arguments for node itself, for example a module to load first. */
  readonly nodeArguments?: readonly string[]
}

const script = join(dirname(fileURLToPath(import.meta.url)), 'writers-process.js')

export class WritersProcess {
  readonly told: Told[] = []
  readonly #child: ChildProcess
  readonly #news = new EventEmitter()
  readonly #exited: Promise<unknown>
  #lastId = 0

  private constructor (job: WritersJob, { environment = {}, nodeArguments = [] }: StartOptions) {
    this.#child = fork(script, [JSON.stringify(job)], {
      env: { ...process.env, ...environment },
      execArgv: [...nodeArguments],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc']
    })
    this.#news.setMaxListeners(0)
    this.#child.on('message', (message: Message) => {
      if ('event' in message) this.told.push(message)
      this.#news.emit('message', message)
    })
    this.#exited = once(this.#child, 'exit').then(() => { this.#news.emit('exit') })
  }

  /** Starts a process; resolves once all its writers are open. */
  static async start (job: WritersJob, options: StartOptions = {}): Promise<WritersProcess> {
    const started = new WritersProcess(job, options)
    await started.until(({ event }) => event === 'ready')
    return started
  }

  get pid (): number {
    return this.#child.pid ?? 0
  }

  get isRunning (): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** Resolves with the answer, or rejects where the process gave an error or ended. */
  async ask (ask: Ask, details: object = {}): Promise<unknown> {
    const id = ++this.#lastId
    const answer = this.#next((message) => 'id' in message && message.id === id)
    this.#child.send({ id, ask, ...details })
    const reply = await answer as { answer?: unknown, error?: string }
    if (reply.error !== undefined) throw new Error(reply.error)
    return reply.answer
  }

  /** Every writer writes on and on, until it is stopped. */
  async keepWriting (): Promise<void> {
    await this.ask('keepWriting')
  }

  /** Every writer writes a few lines more and stops; resolves with how many each has written, once all are in the file. */
  async stopWriting (): Promise<Written[]> {
    return await this.ask('stopWriting') as Written[]
  }

  /** Resolves with the first thing told, now or since so many were told, that fits. */
  async until (fits: (told: Told) => boolean, toldBefore = 0): Promise<Told> {
    return this.told.slice(toldBefore).find(fits) ?? await this.#next((message) => 'event' in message && fits(message)) as Told
  }

  events (event: Told['event']): Array<Record<string, unknown>> {
    return this.told.filter((told) => told.event === event).map(({ details }) => details)
  }

  signal (name: NodeJS.Signals): void {
    this.#child.kill(name)
  }

  /** Closes every writer and waits for the process. */
  async end (): Promise<void> {
    this.#child.send({ id: ++this.#lastId, ask: 'end' })
    await this.#exited
  }

  /** Makes sure that it is gone. */
  async kill (): Promise<void> {
    if (this.isRunning) this.#child.kill('SIGKILL')
    await this.#exited
  }

  async #next (fits: (message: Message) => boolean): Promise<Message> {
    return await new Promise((resolve, reject) => {
      const listen = (message: Message): void => {
        if (!fits(message)) return
        stop()
        resolve(message)
      }
      const fail = (): void => { stop(); reject(new Error(`the process ended: ${this.#child.exitCode ?? this.#child.signalCode ?? ''}`)) }
      const stop = (): void => { this.#news.off('message', listen).off('exit', fail) }
      this.#news.on('message', listen).on('exit', fail)
    })
  }
}
