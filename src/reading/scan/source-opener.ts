// Opens sources ahead of their turn. Opening a file takes longer than going through the headers of its blocks.
import type { LineSource, OpenSource } from '../lines/line-source.js'

export type Opening =
  /** Null if the file is gone. */
  | { readonly kind: 'opened', readonly open: OpenSource | null }
  | { readonly kind: 'refused', readonly error: unknown }

export interface SourceInTurn {
  readonly source: LineSource
  /** Null if the source is skipped. */
  readonly opening: Promise<Opening> | null
}

const aheadMax = 4

export class SourceOpener {
  readonly #openings = new Set<Promise<Opening>>()
  readonly #sources: Iterator<LineSource, unknown>
  readonly #ahead: SourceInTurn[] = []

  constructor (sources: Iterable<LineSource>) {
    this.#sources = sources[Symbol.iterator]()
  }

  /** Yields each source in order. */
  * inTurn (): Generator<SourceInTurn, void> {
    for (;;) {
      while (this.#ahead.length <= aheadMax) {
        const next = this.#sources.next()
        if (next.done === true) break
        this.#ahead.push({ source: next.value, opening: next.value.selection === 'skip' ? null : this.#begin(next.value) })
      }
      const first = this.#ahead.shift()
      if (first === undefined) return
      yield first
    }
  }

  /** Closes a source whose turn is over. */
  async close (opening: Promise<Opening>): Promise<void> {
    this.#openings.delete(opening)
    const settled = await opening
    if (settled.kind === 'opened') await settled.open?.close()
  }

  /** Closes every source that is still open. */
  async closeAll (): Promise<void> {
    await Promise.all([...this.#openings].map(async (opening) => { await this.close(opening) }))
  }

  #begin (source: LineSource): Promise<Opening> {
    const opening = source.open().then((open): Opening => ({ kind: 'opened', open }), (error: unknown): Opening => ({ kind: 'refused', error }))
    this.#openings.add(opening)
    return opening
  }
}
