// One logger, several files. Each line goes to the file of the first matching route, or else to the main file. Successive
// lines for one file are appended together, which costs least.
import type { Clock } from '../../clock.js'
import { isSameFile } from '../../disk/file-identity.js'
import { stateAt } from '../../disk/file-state.js'
import { RotorOptionsError } from '../../errors.js'
import type { Emit, RotatedEvent, Step } from '../../events.js'
import type { Route, Settings } from '../../options/settings.js'
import type { LevelNumbers } from '../../options/values/level-numbers.js'
import { endsWithinLine, firstLineBytes } from '../../policy/lines/line-boundary.js'
import { LineMatcher } from '../../policy/filters/line-match.js'
import type { Log } from './log.js'
import type { Claim } from '../writing/line-queue.js'
import type { UserModules } from './user-modules.js'
import { SingleLog } from './single-log.js'
import type { LogStatus } from '../../policy/status/status-shape.js'
import { hasOwnKey } from '../../platform/own-key.js'

/** Tells the application how far the writing of lines and the opening of logs have come. */
export interface Progress {
  readonly claim?: Claim | undefined
  /** Called after each log that is opened. */
  readonly onStep?: () => void
}

interface Way {
  readonly matcher: LineMatcher
  readonly log: Log
}

const newline = 0x0a

export class RoutedLog implements Log {
  readonly #byFile: ReadonlyMap<string, Log>
  readonly #main: Log
  readonly #ways: readonly Way[]
  /** Each log once, the main one first. */
  readonly #logs: readonly Log[]
  /** The log that gets the next part of a line that is written in parts. */
  #unendedIn: Log | null = null

  /** Opens every log. If one fails, opens none and throws a RotorOpenError. */
  constructor (settings: Settings, clock: Clock, listen: Emit, modules: UserModules, { claim, onStep }: Progress = {}) {
    const logs = new Map<string, SingleLog>()
    try {
      for (const own of [settings, ...settings.routes.map((route) => route.settings)]) {
        if (logs.has(own.file)) continue
        refuseSameFile(own.file, [...logs.keys()])
        logs.set(own.file, new SingleLog(own, clock, listen, { file: own.file }, modules, claim))
        onStep?.()
      }
    } catch (error) {
      for (const log of logs.values()) void log.close()
      throw error
    }
    this.#byFile = logs
    this.#main = logOf(settings.file, logs)
    this.#ways = settings.routes.map(({ match, settings: { file } }: Route) => ({ matcher: new LineMatcher(match), log: logOf(file, logs) }))
    this.#logs = [...logs.values()]
  }

  append (lines: Buffer): void {
    for (const { matcher } of this.#ways) matcher.begin(lines)
    let runStart = 0
    let runLog = this.#unendedIn ?? this.#main
    for (let start = this.#unendedIn === null ? 0 : firstLineBytes(lines), next = 0; start < lines.length; start = next) {
      const end = lines.indexOf(newline, start)
      next = end === -1 ? lines.length : end + 1
      const log = this.#logFor(start, end === -1 ? lines.length : end)
      if (log === runLog) continue
      if (start > runStart) runLog.append(lines.subarray(runStart, start))
      runStart = start
      runLog = log
    }
    runLog.append(lines.subarray(runStart))
    this.#unendedIn = endsWithinLine(lines) ? runLog : null
  }

  whenWritten (callback: () => void): void {
    let waiting = this.#logs.length
    for (const log of this.#logs) log.whenWritten(() => { if (--waiting === 0) callback() })
  }

  async prepareRotation (): Promise<void> {
    await this.#allSettled((log) => log.prepareRotation())
  }

  /** Rotates every log and returns the event of the main one. Tries all of them before it throws the first error. */
  rotate (): RotatedEvent | null {
    const outcomes = this.#logs.map((log) => attempt(() => log.rotate()))
    for (const outcome of outcomes) {
      if (hasOwnKey(outcome, 'error')) throw outcome.error
    }
    const [main] = outcomes
    return main !== undefined && hasOwnKey(main, 'value') ? main.value : null
  }

  async sweep (): Promise<void> {
    await this.#allSettled((log) => log.sweep())
  }

  async upload (): Promise<void> {
    await this.#allSettled((log) => log.upload())
  }

  /** The status of the main log, with the others' as `routes`. */
  async status (): Promise<LogStatus> {
    const [main, ...routes] = await Promise.all(this.#logs.map((log) => log.status()))
    return { ...main ?? await this.#main.status(), routes }
  }

  fail (step: Step, error: unknown, path: string, file: string): void {
    const failing = this.#byFile.get(file) ?? this.#main
    failing.fail(step, error, path, file)
  }

  recover (step: Step): void {
    this.#main.recover(step)
  }

  nameLevels (levels: LevelNumbers): void {
    for (const { matcher } of this.#ways) matcher.nameLevels(levels)
    for (const log of this.#logs) log.nameLevels(levels)
  }

  async close (): Promise<void> {
    await Promise.all(this.#logs.map((log) => log.close()))
  }

  /** Runs the action on every log. Tries all of them before it throws the first error. */
  async #allSettled (action: (log: Log) => Promise<void>): Promise<void> {
    const outcomes = await Promise.allSettled(this.#logs.map(action))
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') throw outcome.reason
    }
  }

  #logFor (start: number, end: number): Log {
    for (const { matcher, log } of this.#ways) {
      if (matcher.matches(start, end)) return log
    }
    return this.#main
  }
}

// The options cannot tell whether an empty folder treats names that differ only in case as the same. The open files can.
function refuseSameFile (file: string, opened: readonly string[]): void {
  const standing = stateAt(file)
  const isSame = (other: string): boolean => {
    const state = other.toLowerCase() === file.toLowerCase() ? stateAt(other) : null
    return state !== null && standing !== null && isSameFile(state.identity, standing.identity)
  }
  const other = opened.find(isSame)
  if (other === undefined) return
  throw new RotorOptionsError([{ path: 'routes', expected: `a name that differs by more than case from ${other}, which is the same file on this disk`, received: JSON.stringify(file) }])
}

function logOf (file: string, logs: ReadonlyMap<string, SingleLog>): SingleLog {
  const log = logs.get(file)
  if (log === undefined) throw new Error(`no log was opened for ${file}`)
  return log
}

function attempt<Value> (action: () => Value): { readonly value: Value } | { readonly error: unknown } {
  try {
    return { value: action() }
  } catch (error) {
    return { error }
  }
}
