// Keeps a worker alive when a user's module fails outside the calls to it: when it throws in a timer, leaves a promise
// rejected, or calls process.exit(). Each is reported as `failed`. pino's own handlers in a plain target's worker would
// end it. A module that removes all listeners of the process does not remove these.
import { pathToFileURL } from 'node:url'
import { textOf } from '../errors.js'
import type { Settings } from '../options/settings.js'
import { modulesIn } from '../lifecycle/log/load-modules.js'
import type { LogStream } from '../stream.js'

const guarded = ['uncaughtException', 'unhandledRejection'] as const

type Handler = (...details: unknown[]) => void

/** Whether a guard takes the listeners' place, those of an earlier guard included. */
let isTakingOver = false
/** A module that removes the listeners again whenever they come back must not do so for ever. */
const returnsMax = 1_000

/** Code that a module calls ends here, so that it goes no further. */
class ModuleExitError extends Error {
  constructor (code: number | string | null | undefined) {
    super(`process.exit(${code ?? ''}) was called in the worker of the log, which goes on`)
  }
}

export class ModuleGuard {
  readonly #modules: ReturnType<typeof modulesIn>
  readonly #mayBeOthers: boolean
  readonly #handlers = new Map<typeof guarded[number], Handler[]>()
  /** This guard's own listeners. */
  readonly #listeners = new Map<string, Handler>()
  #returns = 0
  readonly #exit = process.exit.bind(process)
  /** What happened before there was a stream to report it. */
  readonly #early: unknown[] = []
  #stream: LogStream | null = null

  /** Guards the calling worker if the settings name modules. `mayBeOthers`: other code runs in the worker, whose errors are its own. */
  static of (settings: Settings, mayBeOthers: boolean): ModuleGuard | null {
    return modulesIn(settings).length === 0 ? null : new ModuleGuard(settings, mayBeOthers)
  }

  private constructor (settings: Settings, mayBeOthers: boolean) {
    this.#modules = modulesIn(settings)
    this.#mayBeOthers = mayBeOthers
    for (const name of guarded) {
      this.#handlers.set(name, process.listeners(name as 'uncaughtException') as Handler[])
      isTakingOver = true
      process.removeAllListeners(name)
      isTakingOver = false
      this.#listeners.set(name, (...details) => { this.#catch(name, details) })
    }
    this.#listeners.set('removeListener', (name, listener) => { this.#comeBack(name, listener) })
    this.#listen()
    process.exit = (code?: number | string | null) => { throw new ModuleExitError(code) }
  }

  /** Reports to the stream what happened and what happens, until it is closed. */
  report (stream: LogStream): void {
    this.#stream = stream
    for (const error of this.#early.splice(0)) this.#report(error)
    stream.prependOnceListener('close', () => { this.release() })
  }

  /** Lets the worker end. */
  release (): void {
    process.exit = this.#exit
  }

  #listen (): void {
    for (const [name, listener] of this.#listeners) {
      if (!process.listeners(name as 'uncaughtException').includes(listener)) process.on(name, listener)
    }
  }

  // At once, since the module may throw next, and again once `process.removeAllListeners()` has removed all that it can.
  #comeBack (name: unknown, listener: unknown): void {
    if (name === 'removeListener' || this.#listeners.get(String(name)) !== listener || isTakingOver || this.#returns++ >= returnsMax) return
    this.#listen()
    queueMicrotask(() => { this.#listen() })
  }

  #catch (name: typeof guarded[number], details: unknown[]): void {
    const [error] = details
    const handlers = this.#handlers.get(name) ?? []
    if (!this.#mayBeOthers || handlers.length === 0 || this.#moduleOf(error) !== undefined) {
      this.#report(error)
      return
    }
    this.release()
    for (const handler of handlers) handler(...details)
  }

  #report (error: unknown): void {
    const module = this.#moduleOf(error) ?? this.#modules[0]
    if (this.#stream === null || module === undefined) this.#early.push(error)
    else this.#stream.failModule(module, error)
  }

  #moduleOf (error: unknown): ReturnType<typeof modulesIn>[number] | undefined {
    const stack = typeof error === 'object' && error !== null && 'stack' in error ? textOf(error.stack) : ''
    return this.#modules.find(({ path }) => stack.includes(path) || stack.includes(pathToFileURL(path).href))
  }
}
