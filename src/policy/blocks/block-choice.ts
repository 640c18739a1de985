// Decides by their headers which blocks of an archive must be unpacked for a query. docs/format.md says what may be
// concluded.
import type { Condition } from '../filters/condition.js'
import { compares, isLevel, wantedLevel } from '../filters/condition-check.js'
import type { LineQuery } from '../filters/line-scan.js'
import { usualTimeKeys } from '../lines/line-time.js'
import type { BlockFacts } from './block-header.js'
import { mayHold } from './value-filter.js'

/** Whether a block may be skipped, and what is then known about a following line without a time. */
export type Choice =
  | { readonly unpack: true }
  | { readonly unpack: false, readonly endsWanted: boolean | null }

const unpacked: Choice = { unpack: true }

export class BlockChoice {
  readonly #query: LineQuery
  /** Whether lines without a time at the beginning of the next block may be wanted. */
  #isOpen = true

  constructor (query: LineQuery) {
    this.#query = query
  }

  /** Decides about the next block, in the order of the file. */
  of (facts: BlockFacts): Choice {
    const isOutside = this.#isOutside(facts)
    const endsWanted = this.#endsWanted(facts)
    this.#isOpen = endsWanted ?? (!isOutside || this.#isOpen)
    if (isOutside) return { unpack: false, endsWanted: endsWanted ?? false }
    // The next block may begin with lines without a time, whose time is that of a line in this block.
    if (this.#mayHoldOtherTimes(facts)) return unpacked
    return this.#query.conditions.some((condition) => isRuledOut(condition, facts)) ? { unpack: false, endsWanted } : unpacked
  }

  #isOutside (facts: BlockFacts): boolean {
    const { window } = this.#query
    if (window === null || facts.linesOfUnclearTime > 0) return false
    const { times } = facts
    if (times === null) return !this.#isOpen
    const isOutside = times.latestMs < window.sinceMs || times.earliestMs > window.untilMs
    return isOutside && this.#knows(times.key) && (times.lines === facts.lines || !this.#isOpen)
  }

  #endsWanted ({ times, linesOfUnclearTime }: BlockFacts): boolean | null {
    const { window } = this.#query
    if (window === null || times === null || linesOfUnclearTime > 0 || !this.#knows(times.key)) return null
    return times.lastMs >= window.sinceMs && times.lastMs <= window.untilMs
  }

  #mayHoldOtherTimes ({ times, linesOfUnclearTime }: BlockFacts): boolean {
    const { window, timeKeys } = this.#query
    if (window === null) return false
    return linesOfUnclearTime > 0 || (times === null ? timeKeys.some((key) => !usualTimeKeys.includes(key)) : !this.#knows(times.key))
  }

  // A header covers the first of the usual keys that a line has. It says nothing about another key of the same line.
  #knows (key: string): boolean {
    const { timeKeys } = this.#query
    return timeKeys === usualTimeKeys || timeKeys.join() === usualTimeKeys.join() || (timeKeys.length === 1 && timeKeys[0] === key)
  }
}

function isRuledOut (condition: Condition, facts: BlockFacts): boolean {
  if (condition.kind !== 'equals' && condition.kind !== 'ordered') return false
  const { path, value } = condition
  if (isLevel(path)) {
    const level = wantedLevel(value)
    if (level === null || facts.linesOfUnclearLevel > 0) return false
    return !facts.levels.some((counted) => condition.kind === 'equals' ? counted.level === level : compares(counted.level, condition.ordering, level))
  }
  const filter = condition.kind === 'equals' ? facts.filters.find(({ field }) => field === path.join('.')) : undefined
  return filter !== undefined && !mayHold(filter, value.text) && (value.number === null || !mayHold(filter, value.number))
}
