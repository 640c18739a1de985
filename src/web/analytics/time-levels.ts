// Counts lines by time and level in buckets of equal length.
import type { LineSigns } from '../../policy/blocks/line-signs.js'
import { shownLevel, type ChunkFacts } from './chunk-facts.js'
import type { TimeBucket } from '../answer-shapes.js'

export class TimeLevels {
  readonly fromMs: number
  readonly bucketMs: number
  readonly #buckets: Array<Map<number, number>>
  /** Whether lines were spread over buckets by the bounds of their chunk. */
  isSpread = false

  constructor (fromMs: number, toMs: number, buckets: number) {
    this.fromMs = fromMs
    this.bucketMs = Math.max(1, Math.ceil((toMs - fromMs + 1) / buckets))
    this.#buckets = Array.from({ length: buckets }, () => new Map<number, number>())
  }

  /** Adds the lines of a chunk. Where it lies in several buckets, its lines count as spread evenly over its time. */
  addChunk ({ levels, likely, ...whole }: ChunkFacts, takes: (level: number) => boolean): void {
    const { earliestMs, latestMs } = likely ?? whole
    const [first, last] = [this.#indexOf(earliestMs), this.#indexOf(latestMs)]
    if (last < 0 || first >= this.#buckets.length) return
    if (first !== last || earliestMs !== whole.earliestMs || latestMs !== whole.latestMs) this.isSpread = true
    const spanMs = latestMs - earliestMs
    for (let index = Math.max(0, first); index <= Math.min(last, this.#buckets.length - 1); index++) {
      const beginMs = this.fromMs + index * this.bucketMs
      const part = first === last ? 1 : Math.max(0, Math.min(latestMs, beginMs + this.bucketMs) - Math.max(earliestMs, beginMs)) / spanMs
      for (const [level, lines] of levels) if (takes(level)) this.#add(index, level, lines * part)
    }
  }

  /** Adds each of these whole lines. */
  addLines (lines: Buffer, signs: LineSigns): void {
    signs.begin(lines)
    for (let start = 0; start < lines.length;) {
      const found = lines.indexOf(0x0a, start)
      const end = found === -1 ? lines.length : found
      signs.read(start, end)
      const index = typeof signs.time === 'number' ? this.#indexOf(signs.time) : -1
      if (index >= 0 && index < this.#buckets.length) this.#add(index, typeof signs.level === 'number' ? signs.level : NaN, 1)
      start = end + 1
    }
  }

  /** The levels that occur, the highest first. */
  levels (): string[] {
    const levels = new Set(this.#buckets.flatMap((bucket) => [...bucket.keys()]))
    return [...levels].sort((a, b) => Number.isNaN(a) ? 1 : Number.isNaN(b) ? -1 : b - a).map(shownLevel)
  }

  buckets (): TimeBucket[] {
    return this.#buckets.map((bucket, index) => ({
      timeMs: this.fromMs + index * this.bucketMs,
      counts: Object.fromEntries([...bucket].map(([level, lines]) => [shownLevel(level), Math.round(lines)]))
    }))
  }

  #indexOf (atMs: number): number {
    return Math.floor((atMs - this.fromMs) / this.bucketMs)
  }

  #add (index: number, level: number, lines: number): void {
    const bucket = this.#buckets[index]
    bucket?.set(level, (bucket.get(level) ?? 0) + lines)
  }
}
