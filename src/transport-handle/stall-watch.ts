// Notices that the worker stands still although something waits for it. It counts its own looks instead of time. If the
// process was stopped or busy, the worker could not run either, and no look was made.

/** How often the worker is looked at while something waits for it. */
export const lookEveryMs = 500
/** Four looks: 2 s without a step. */
const quietLooksMax = 4
/** A worker that is starting loads its modules, which takes long on a busy machine. */
const quietLooksMaxAtStart = 20

export interface Watched {
  /** Whether something waits for the worker. */
  isWaiting: () => boolean
  isStarting: () => boolean
  /** A number that changes with each step of the worker. */
  progress: () => number
  onLook: () => void
  onStandstill: () => void
}

export class StallWatch {
  readonly #watched: Watched
  #timer: NodeJS.Timeout | null = null
  #progress = 0
  #quietLooks = 0

  constructor (watched: Watched) {
    this.#watched = watched
  }

  /** Looks until nothing waits any more. The timer does not keep the process alive. */
  begin (): void {
    if (this.#timer !== null) return
    this.#progress = this.#watched.progress()
    this.#quietLooks = 0
    this.#timer = setInterval(() => { this.#look() }, lookEveryMs).unref()
  }

  end (): void {
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
  }

  #look (): void {
    const { isWaiting, isStarting, progress, onLook, onStandstill } = this.#watched
    onLook()
    if (!isWaiting()) {
      this.end()
      return
    }
    const now = progress()
    this.#quietLooks = now === this.#progress ? this.#quietLooks + 1 : 0
    this.#progress = now
    if (this.#quietLooks >= (isStarting() ? quietLooksMaxAtStart : quietLooksMax)) onStandstill()
  }
}
