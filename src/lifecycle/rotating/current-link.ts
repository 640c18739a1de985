// The link to the active file. It offers the same name for every log, or the name that pino-roll uses. The active file never
// changes its name, so the link is always valid. It is checked after each rotation, and restored if it was removed.
import { basename, join } from 'node:path'
import type { Clock } from '../../clock.js'
import { isPlaced, placeLink, type LinkRequest } from '../../disk/symbolic-link.js'
import type { Lock } from '../../disk/lock/lock.js'
import type { Settings } from '../../options/settings.js'
import { logOf } from '../../policy/names/archive-name.js'
import { hiddenName } from '../../policy/names/hidden-name.js'
import { Alarm } from '../alarm.js'
import type { StepHealth } from '../step-health.js'

const retryMs = 60_000

export class CurrentLink {
  readonly #request: LinkRequest | null
  readonly #lock: Lock
  readonly #health: StepHealth
  readonly #retryAlarm: Alarm

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
      this.#health.succeeded('link')
    } catch (error) {
      this.#health.failed('link', error, request.link, retryMs)
      this.#retryAlarm.setUnlessSet(retryMs)
    }
  }

  close (): void {
    this.#retryAlarm.clear()
  }
}
