// The free space that `minFree` goes by, with what was removed and has not shown up as free yet.
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

  /** Whether removed bytes have not all shown up yet, so that it is worth looking again soon. */
  get isAwaiting (): boolean {
    return this.#freed.awaited.length > 0
  }

  /** What keeps `minFree` from removing more; null where nothing does. */
  get refusal (): RotorSpaceError | null {
    return this.#freed.stuck === null ? null : new RotorSpaceError(this.#directory)
  }

  /** Tells the bytes to reckon with. They are unlimited where no limit asks for them or the file system does not tell. */
  async look (): Promise<number> {
    const bytes = this.#isLimited ? await freeBytes(this.#directory) : null
    if (bytes === null) return Infinity
    this.#freed = afterLook(this.#freed, bytes, this.#monotonic())
    return countedFreeBytes(this.#freed)
  }

  /** Takes note of bytes that were removed just now. */
  async removed (bytes: number): Promise<void> {
    if (!this.#isLimited) return
    this.#freed = afterRemoval(this.#freed, bytes, this.#monotonic())
    await this.look()
  }
}
