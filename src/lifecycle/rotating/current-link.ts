// The link to the active file. It offers the same name for every log, or the name that pino-roll uses. The active file never
// changes its name, so the link is always valid. It is checked after each rotation, and restored if it was removed.
import { basename, join } from 'node:path'
import type { Clock } from '../../clock.js'
import { mayBeHeld } from '../../disk/held-files.js'
import { isPlaced, placeLink, type LinkRequest } from '../../disk/symbolic-link.js'
import type { Lock } from '../../disk/lock/lock.js'
import type { Settings } from '../../options/settings.js'
import { logOf } from '../../policy/names/archive-name.js'
import { hiddenName } from '../../policy/names/hidden-name.js'
import { backoffMs } from '../../policy/backoff.js'
import { Alarm } from '../alarm.js'
import type { StepHealth } from '../step-health.js'

const retryMs = 60_000
/** So many attempts take more than a second. A program that holds the link for a moment has let it go by then. */
const heldAttemptsMax = 5

export class CurrentLink {
  readonly #request: LinkRequest | null
  readonly #lock: Lock
  readonly #health: StepHealth
  readonly #retryAlarm: Alarm
  #failures = 0

  constructor (settings: Settings, swapLock: Lock, clock: Clock, health: StepHealth) {
    const log = logOf(settings)
    const inFolder = (name: string): string => join(log.directory, name)
    this.#request = settings.link === null
      ? null
      : { link: inFolder(settings.link), target: basename(settings.file), temporary: inFolder(hiddenName(log, 'link')) }
    this.#lock = swapLock
    this.#health = health
    this.#retryAlarm = new Alarm(clock.monotonic, () => { this.place() })
  }

  /** Makes or corrects the link. Another file in its place stays and is reported once. */
  place (): void {
    const request = this.#request
    if (request === null) return
    this.#retryAlarm.clear()
    try {
      if (!isPlaced(request)) this.#lock.runAnyway(() => { placeLink(request) })
      this.#failures = 0
      this.#health.succeeded('link')
    } catch (error) {
      this.#failures++
      const pauseMs = mayBeHeld(error) && this.#failures < heldAttemptsMax ? backoffMs(this.#failures) : retryMs
      this.#health.failed('link', error, request.link, pauseMs)
      this.#retryAlarm.setUnlessSet(pauseMs)
    }
  }

  close (): void {
    this.#retryAlarm.clear()
  }
}
