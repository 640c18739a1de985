// Custom levels that the options name. Only the logger knows their numbers, and pino tells them. Until then no line
// matches such a level, so lines may go to another file than the user expects. That is reported.
import { RotorLevelError } from '../../errors.js'
import type { Match, Settings } from '../../options/settings.js'
import type { LevelNumbers } from '../../options/values/level-numbers.js'
import type { Log } from './log.js'
import { hasOwnKey } from '../../platform/own-key.js'

export class LevelNames {
  readonly #file: string
  readonly #log: Log
  readonly #look: () => void
  #told: LevelNumbers = {}
  #unknown: readonly string[]
  #isReported = false

  /** The levels of that log; null if its options name none. `look`: takes what pino has told and has not been delivered yet. */
  static of (settings: Settings, log: Log, look: () => void = () => {}): LevelNames | null {
    return namesLevels(settings) ? new LevelNames(settings, log, look) : null
  }

  private constructor (settings: Settings, log: Log, look: () => void) {
    this.#look = look
    this.#file = settings.file
    this.#log = log
    this.#unknown = unknownLevels(settings)
  }

  /** Takes what pino told. Loggers that share a destination add to each other's levels. */
  tell (levels: LevelNumbers): void {
    this.#told = { ...this.#told, ...levels }
    this.#log.nameLevels(this.#told)
    this.#unknown = this.#unknown.filter((name) => !Object.hasOwn(this.#told, name))
    if (this.#unknown.length > 0 || !this.#isReported) return
    this.#isReported = false
    this.#log.recover('route')
  }

  /** Call this before lines are written. Reports once that a level has no number yet. */
  expectLines (): void {
    this.#look()
    const [name] = this.#unknown
    if (name === undefined || this.#isReported) return
    this.#isReported = true
    this.#log.fail('route', new RotorLevelError(name, Object.keys(this.#told)), this.#file, this.#file)
  }
}

/** Whether the options name any level. */
export function namesLevels (settings: Settings): boolean {
  return matchesIn(settings).some(({ levelName }) => levelName !== null)
}

/** The levels that the options name and that are not pino's own. */
export function unknownLevels (settings: Settings): string[] {
  return matchesIn(settings).flatMap(({ levelMin, levelName }) => levelMin === Infinity && levelName !== null ? [levelName] : [])
}

function matchesIn ({ rotateWhen, routes }: Settings): Match[] {
  return [
    ...rotateWhen !== null && hasOwnKey(rotateWhen, 'fields') ? [rotateWhen] : [],
    ...routes.flatMap(({ match, settings }) => [match, ...matchesIn(settings)])
  ]
}
