// Values by group and time: their number, and their percentiles.
import { systemClock } from '../../clock.js'
import { valueText } from '../../policy/lines/field-path.js'
import type { Window } from '../../policy/filters/line-window.js'
import type { GroupSeries, Percentiles } from '../answer-shapes.js'
import { isLikely } from './likely-time.js'

const groupsShownMax = 20
/** Values beyond these count as other ones. */
const groupsMax = 10_000
const valueCharactersMax = 200

interface Entry {
  readonly atMs: number | null
  readonly group: number
  readonly amount: number
}

export class Measured {
  readonly #names: string[] = []
  readonly #groups = new Map<string, number>()
  readonly #counts: number[] = []
  readonly #entries: Entry[] = []
  #otherCount = 0

  /** Adds a line with this value of the grouping field, and this amount; NaN for none. */
  add (atMs: number | null, value: unknown, amount: number): void {
    const name = valueText(value).slice(0, valueCharactersMax)
    const group = this.#groups.get(name) ?? this.#newGroup(name)
    if (group === -1) this.#otherCount++
    else this.#counts[group] = (this.#counts[group] ?? 0) + 1
    this.#entries.push({ atMs, group, amount })
  }

  /** The most frequent groups over time, and the rest together. */
  series (buckets: number, window: Window | null, isMeasured: boolean): { fromMs: number, toMs: number, bucketMs: number, groups: GroupSeries[] } {
    const { fromMs, toMs } = this.#span(window)
    const bucketMs = Math.max(1, Math.ceil((toMs - fromMs + 1) / buckets))
    const shown = [...this.#counts.keys()].sort((a, b) => (this.#counts[b] ?? 0) - (this.#counts[a] ?? 0)).slice(0, groupsShownMax)
    const places = new Map(shown.map((group, index) => [group, index]))
    const gathered = Array.from({ length: shown.length + 1 }, () => Array.from({ length: buckets }, () => ({ count: 0, amounts: [] as number[] })))
    for (const { atMs, group, amount } of this.#entries) {
      const index = atMs === null ? -1 : Math.floor((atMs - fromMs) / bucketMs)
      const bucket = gathered[places.get(group) ?? shown.length]?.[index]
      if (bucket === undefined) continue
      bucket.count++
      if (!Number.isNaN(amount)) bucket.amounts.push(amount)
    }
    const shownCount = shown.reduce((sum, group) => sum + (this.#counts[group] ?? 0), 0)
    const restCount = this.#counts.reduce((sum, count) => sum + count, this.#otherCount) - shownCount
    const groups = gathered.map((inBuckets, index): GroupSeries => {
      const group = shown[index]
      return {
        value: group === undefined ? null : this.#names[group] ?? '',
        count: group === undefined ? restCount : this.#counts[group] ?? 0,
        ...isMeasured && percentiles(inBuckets.flatMap(({ amounts }) => amounts)),
        series: inBuckets.map(({ count, amounts }, at) => ({ timeMs: fromMs + at * bucketMs, count, ...isMeasured && percentiles(amounts) }))
      }
    })
    return { fromMs, toMs, bucketMs, groups: restCount === 0 ? groups.slice(0, -1) : groups }
  }

  #newGroup (name: string): number {
    if (this.#groups.size >= groupsMax) return -1
    const group = this.#names.push(name) - 1
    this.#groups.set(name, group)
    this.#counts.push(0)
    return group
  }

  #span (window: Window | null): { fromMs: number, toMs: number } {
    const nowMs = systemClock.now()
    let [fromMs, toMs] = [Infinity, -Infinity]
    for (const { atMs } of this.#entries) {
      if (atMs === null || !isLikely(atMs, nowMs)) continue
      fromMs = Math.min(fromMs, atMs)
      toMs = Math.max(toMs, atMs)
    }
    if (fromMs > toMs) [fromMs, toMs] = [nowMs, nowMs]
    return { fromMs: bound(window?.sinceMs, fromMs), toMs: bound(window?.untilMs, toMs) }
  }
}

/** The percentiles of amounts, by the nearest rank; nothing if there are none. */
function percentiles (amounts: readonly number[]): Partial<Percentiles> {
  if (amounts.length === 0) return {}
  const sorted = Float64Array.from(amounts).sort()
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) }
}

function bound (given: number | undefined, otherwise: number): number {
  return given !== undefined && Number.isFinite(given) ? given : otherwise
}
