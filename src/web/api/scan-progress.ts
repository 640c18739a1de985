// How far a search is, in bytes on the disk. It is shown a few times a second.
import { statSync } from 'node:fs'
import { systemClock } from '../../clock.js'
import type { LineSource } from '../../reading/lines/line-source.js'
import type { Progress } from '../answer-shapes.js'

const showEveryMs = 200

export class ScanProgress {
  readonly #sizes: ReadonlyMap<string, number>
  readonly #totalBytes: number
  readonly #show: (progress: Progress) => void
  #current: LineSource | null = null
  #finishedBytes = 0
  #shownMs = -Infinity
  /** Shows the beginning if the first lines take long. */
  readonly #first: NodeJS.Timeout

  constructor (sources: readonly LineSource[], show: (progress: Progress) => void) {
    this.#sizes = new Map(sources.filter(({ selection }) => selection !== 'skip').map(({ name }) => [name, statSync(name, { throwIfNoEntry: false })?.size ?? 0]))
    this.#totalBytes = [...this.#sizes.values()].reduce((sum, size) => sum + size, 0)
    this.#show = show
    this.#first = setTimeout(() => { show({ readBytes: 0, totalBytes: this.#totalBytes, foundLines: 0 }) }, showEveryMs)
  }

  /** Notes that lines of the source were read. `at` counts from its end only for a plain file. */
  reached (source: LineSource, at: number, foundLines: number): void {
    clearTimeout(this.#first)
    if (this.#current !== null && this.#current.name !== source.name) this.#finishedBytes += this.#sizes.get(this.#current.name) ?? 0
    this.#current = source
    const nowMs = systemClock.monotonic()
    if (nowMs - this.#shownMs < showEveryMs) return
    this.#shownMs = nowMs
    const ownBytes = source.place?.kind === 'active' ? Math.max(0, (this.#sizes.get(source.name) ?? 0) - at) : 0
    this.#show({ readBytes: Math.min(this.#totalBytes, this.#finishedBytes + ownBytes), totalBytes: this.#totalBytes, foundLines })
  }

  /** Shows nothing more. */
  end (): void {
    clearTimeout(this.#first)
  }
}
