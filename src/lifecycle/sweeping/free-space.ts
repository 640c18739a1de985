// The free space for `minFree`. It includes removed bytes that the file system does not show as free yet.
import type { Clock } from '../../clock.js'
import { freeBytes } from '../../disk/archive-folder.js'
import { RotorSpaceError } from '../../errors.js'
import { afterLook, afterRemoval, countedFreeBytes, nothingFreed, type FreedSpace } from '../../policy/retention/freed-space.js'

export class FreeSpace {
  readonly #directory: string
  readonly #isLimited: boolean
  readonly #monotonic: () => number
  #freed: FreedSpace = nothingFreed

  constructor (directory: string, freeBytesMin: number, clock: Clock) {
    this.#directory = directory
    this.#isLimited = freeBytesMin > 0
    this.#monotonic = clock.monotonic
  }

  /** Whether some removed bytes do not show as free yet, so that another look soon makes sense. */
  get isAwaiting (): boolean {
    return this.#freed.awaited.length > 0
  }

  /** The reason why `minFree` removes no more; null if there is none. */
  get refusal (): RotorSpaceError | null {
    return this.#freed.stuck === null ? null : new RotorSpaceError(this.#directory)
  }

  /** Returns the free bytes to use for the limit. Infinite if no limit asks for them or the file system does not tell. */
  async look (): Promise<number> {
    const bytes = this.#isLimited ? await freeBytes(this.#directory) : null
    if (bytes === null) return Infinity
    this.#freed = afterLook(this.#freed, bytes, this.#monotonic())
    return countedFreeBytes(this.#freed)
  }

  /** Notes bytes that were just removed. */
  async removed (bytes: number): Promise<void> {
    if (!this.#isLimited) return
    this.#freed = afterRemoval(this.#freed, bytes, this.#monotonic())
    await this.look()
  }
}
