// One life of an actor: from its start to its end, or to the call before which it is killed. It has a clock of its own, timers that
// ring when the schedule lets time pass, and asks the schedule before each call.
import { closeSync } from 'node:fs'
import type { Clock } from '../../src/clock.js'
import type { Scene } from './scenes.js'
import { KilledError, type Schedule } from './schedule.js'
import { StepChecks } from './step-checks.js'

/** What a life tells of a call, for the story of a schedule. */
export interface Told {
  readonly step: number
  /** The decision that let the call be made. */
  readonly decision: number
  readonly atMs: number
  readonly actor: number
  readonly call: string
}

/** An error's code, or a write of the first half of the bytes. */
export type Failure = 'EIO' | 'EINTR' | 'EMFILE' | 'ENOSPC' | 'short'

export interface Timer { atMs: number, readonly action: () => void, readonly everyMs: number | null }

/** In the name of a record of what fails. It differs from one explorer to the next. */
const processDigest = /(?<=\.failed)\.[0-9a-f]{10}/g

/** After a turn of the event loop, nothing is left to do that does not wait for time or for a call. */
const turnOfLoop = async (): Promise<void> => { await new Promise((resolve) => { setImmediate(resolve) }) }
const startMs = Date.UTC(2025, 9, 1, 12, 11, 11)
/** Calls before which a party may be held up for long. */
const effects = new Set(['openSync', 'writeSync', 'linkSync', 'renameSync', 'unlinkSync', 'mkdirSync', 'rmdirSync', 'lutimesSync', 'futimesSync'])
/** Threads of all actors, by number: `1000 + actor × 100 + life`. */
const threadOf = (actor: number, life: number): number => 1_000 + actor * 100 + life

export interface LifeSetup {
  readonly actor: number
  readonly scene: Scene
  readonly folder: string
  readonly isMortal: boolean
  readonly tells: boolean
}

export class Life {
  readonly actor: number
  readonly folder: string
  readonly clock: Clock
  readonly told: Told[] = []
  readonly #schedule: Schedule
  readonly #number: number
  readonly #isMortal: boolean
  readonly #scene: Scene
  readonly #checks: StepChecks
  readonly #tells: boolean
  readonly #timers = new Set<Timer>()
  readonly #immediates: Array<() => void> = []
  /** Descriptors that are open, and the paths that they were opened by. */
  readonly descriptors = new Map<number, string>()
  /** How often this life made the call of each hold-up. */
  readonly #calls: number[] = []
  isDead = false
  #isBefore = false
  #identifiers = 0
  readonly failures: string[] = []

  constructor (schedule: Schedule, { actor, folder, isMortal, tells, scene }: LifeSetup) {
    this.#schedule = schedule
    this.actor = actor
    this.folder = folder
    this.#isMortal = isMortal
    this.#scene = scene
    this.#checks = new StepChecks(folder, scene, (fault) => { this.failed(fault) })
    this.#tells = tells
    this.#number = schedule.life(actor).number
    this.clock = { now: () => startMs + schedule.nowMs, monotonic: () => schedule.nowMs }
  }

  /** Does the work, and keeps its timers, until it is done or the actor is dead. True if it was done. */
  async live (work: () => Promise<void>): Promise<boolean> {
    const state = { isDone: false }
    void work().catch((error: unknown) => { this.failed(error) }).finally(() => { state.isDone = true })
    await turnOfLoop()
    while (!state.isDone && !this.isDead) {
      this.#attempt(() => { this.#goOn() })
      await turnOfLoop()
    }
    const wasKilled = this.isDead
    this.isDead = true
    for (const descriptor of this.descriptors.keys()) closeSync(descriptor)
    return !wasKilled
  }

  /** Takes note of an error that no actor should meet. */
  failed (error: unknown): void {
    if (!(error instanceof KilledError) && !this.isDead) this.failures.push(error instanceof Error ? error.stack ?? error.message : String(error))
  }

  /** Whether every other actor has ended. */
  get isLast (): boolean {
    return this.#schedule.isLast(this.actor)
  }

  async sleep (delayMs: number): Promise<void> {
    await new Promise<void>((resolve) => { this.addTimer(resolve, delayMs, null) })
  }

  get thread (): number {
    return threadOf(this.actor, this.#number)
  }

  get namespace (): string {
    return this.#scene.strangers === true ? `pid:[${this.actor}]` : 'pid:[0]'
  }

  nextIdentifier (): string {
    return `${this.thread}-0-0-0-${this.thread}${String(++this.#identifiers).padStart(4, '0')}`
  }

  /** Whether the thread lives, of this process as this actor sees it. */
  isAlive (thread: number): boolean {
    const { number, isOver } = this.#schedule.life(Math.floor((thread - 1_000) / 100))
    return !isOver && number === thread % 100
  }

  addTimer (action: () => void, delayMs: number, everyMs: number | null): Timer {
    const timer = { atMs: this.clock.monotonic() + Math.max(delayMs, 1), action, everyMs }
    this.#timers.add(timer)
    return timer
  }

  removeTimer (timer: Timer): void {
    this.#timers.delete(timer)
  }

  addImmediate (action: () => void): void {
    this.#immediates.push(action)
  }

  /** Holds this thread up for as long as a pause takes. */
  pause (delayMs: number): void {
    this.#requireAlive()
    this.#schedule.sleep(this.actor, this.clock.monotonic() + delayMs)
  }

  /** Does what comes before a process has any effect, such as parsing its options. Its calls are no points. */
  before<Result> (action: () => Result): Result {
    this.#isBefore = true
    try {
      return action()
    } finally {
      this.#isBefore = false
    }
  }

  /** Makes a call when it is its turn. One that is made to fail has no effect, but for a short write. */
  call<Result> (name: string, details: string, failures: readonly Failure[], make: (isShort: boolean) => Result): Result {
    if (this.#isBefore) return make(false)
    this.#requireAlive()
    this.#holdUp(name, details)
    const permission = this.#schedule.point(this.actor, this.#isMortal, failures.length > 0, effects.has(name))
    if (permission === 'killed') {
      this.isDead = true
      this.#tell(`is killed before ${name} ${details}`)
      throw new KilledError()
    }
    try {
      if (name === 'linkSync' && this.#scene.withoutLinks === true) throw Object.assign(new Error('EPERM: no links here'), { code: 'EPERM' })
      const failure = permission === 'fail' ? failures[this.#schedule.step % failures.length] : undefined
      if (failure !== undefined && failure !== 'short') throw Object.assign(new Error(`${failure}: made to fail, ${name}`), { code: failure })
      const result = make(failure === 'short')
      this.#tell(`${name} ${details}${failure === 'short' ? ' → in part' : ''}`)
      this.#checks.made(name, details)
      return result
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') this.#checks.foundNone(details)
      this.#tell(`${name} ${details} → ${(error as NodeJS.ErrnoException).code ?? String(error)}`)
      throw error
    }
  }

  #holdUp (name: string, details: string): void {
    for (const [index, { actor, call, on, count, forMs }] of (this.#scene.holdUpsAt ?? []).entries()) {
      if (actor !== this.actor || call !== name || !details.includes(on)) continue
      this.#calls[index] = (this.#calls[index] ?? 0) + 1
      if (this.#calls[index] === count) this.pause(forMs)
    }
  }

  #requireAlive (): void {
    if (this.isDead || this.#schedule.isStuck) throw new KilledError()
  }

  #tell (call: string): void {
    if (this.#tells) this.told.push({ step: this.#schedule.step, decision: this.#schedule.decision, atMs: this.clock.monotonic(), actor: this.actor, call: call.replaceAll(`${this.folder}/`, '').replaceAll(this.folder, '.').replaceAll(processDigest, '') })
  }

  #goOn (): void {
    const immediates = this.#immediates.splice(0)
    for (const action of immediates) action()
    if (immediates.length > 0) return
    const next = [...this.#timers].reduce<Timer | null>((first, timer) => first === null || timer.atMs < first.atMs ? timer : first, null)
    if (next !== null && next.atMs <= this.clock.monotonic()) this.#ring(next)
    else this.#schedule.sleep(this.actor, next?.atMs ?? Infinity)
  }

  #ring (timer: Timer): void {
    if (timer.everyMs === null) this.#timers.delete(timer)
    else timer.atMs = this.clock.monotonic() + timer.everyMs
    timer.action()
  }

  #attempt (action: () => void): void {
    try {
      action()
    } catch (error) {
      if (error instanceof KilledError) this.isDead = true
      else this.failed(error)
    }
  }
}
