// Finds the lines of a chunk that fulfil all conditions, with as few parsings as possible. If a condition contains a fixed
// text, the search jumps from one occurrence to the next and skips the lines between.
import { byteSearchOf, type ByteSearch } from './byte-search.js'
import type { Condition } from './condition.js'
import { checkOf, type Check } from './condition-check.js'
import { parseRecord } from '../lines/field-path.js'
import { lineStart } from '../lines/line-boundary.js'

const newline = 0x0a

export class LineFilter {
  readonly #searches: readonly ByteSearch[]
  readonly #checks: readonly Check[]
  /** The search that finds candidates; null if every line is one. */
  readonly #driver: ByteSearch | null
  readonly #parses: boolean
  #chunk: Buffer = Buffer.alloc(0)

  constructor (conditions: readonly Condition[]) {
    const searched = conditions.map((condition) => ({ condition, search: byteSearchOf(condition) }))
    this.#searches = searched.flatMap(({ search }) => search === null ? [] : [search])
    this.#driver = this.#searches.find(({ isSparse }) => isSparse) ?? null
    const left = searched.filter(({ condition, search }) => search?.decides !== true && !(condition.kind === 'text' && condition.text === ''))
    this.#checks = left.map(({ condition }) => checkOf(condition))
    this.#parses = left.some(({ condition: { kind } }) => kind !== 'pattern')
  }

  /** Sets the chunk of the following lines. */
  begin (chunk: Buffer): void {
    this.#chunk = chunk
    for (const search of this.#searches) search.begin(chunk)
  }

  /**
   * Returns the start of the first line, at or after the given line start, that could fulfil the conditions; the chunk's
   * length if there is none.
   */
  nextCandidate (position: number): number {
    if (this.#driver === null) return position
    const found = this.#driver.nextFrom(position)
    return found === Infinity ? this.#chunk.length : Math.max(position, lineStart(this.#chunk, found))
  }

  /**
   * Whether the line between the two positions, without its newline, fulfils all conditions. The caller asks for lines in
   * ascending order.
   */
  matches (start: number, end: number): boolean {
    for (const search of this.#searches) {
      if (!search.mayBeIn(start, end)) return false
    }
    if (this.#checks.length === 0) return true
    const line = this.#chunk.toString('utf8', start, end)
    const record = this.#parses ? parseRecord(line) : null
    for (const check of this.#checks) {
      if (!check(record, line)) return false
    }
    return true
  }
}

/** Returns where a line ends, without its newline. */
export function lineEnd (chunk: Buffer, start: number): number {
  const end = chunk.indexOf(newline, start)
  return end === -1 ? chunk.length : end
}
