// Which lines a route or a content trigger is meant for: what JSON.parse says of each. But most lines are told apart by a few
// bytes, in the form that pino gives them, so that only those are parsed that probably match or are written otherwise. What is
// looked for is looked for in a whole chunk at once, not line by line.
import type { Match } from '../../options/settings.js'
import { parseRecord } from './field-path.js'
import { FieldSearch } from './field-search.js'
import { levelOf } from './level.js'
import { Needle } from './needle.js'

const levelPrefix = Buffer.from('{"level":')
const zero = 0x30
const nine = 0x39

export class LineMatcher {
  readonly #match: Match
  readonly #fields: readonly FieldSearch[]
  readonly #levelKey = new Needle('"level"')
  /** What a key may be written with instead of its letters. */
  readonly #escape = new Needle('\\u')
  #chunk: Buffer = Buffer.alloc(0)

  constructor (match: Match) {
    this.#match = match
    this.#fields = match.fields.map(([field, value]) => new FieldSearch(field, value))
  }

  /** Takes the chunk that the lines to come are in. */
  begin (chunk: Buffer): void {
    this.#chunk = chunk
    for (const search of [this.#levelKey, this.#escape, ...this.#fields]) search.begin(chunk)
  }

  /**
   * Whether the line between the two positions matches, its newline left out. Lines are asked for in ascending order. Of a
   * key that stands there twice the last counts, as for JSON.parse; but a level that the line begins with is pino's, and counts.
   */
  matches (start: number, end: number): boolean {
    const { levelMin, fields } = this.#match
    const firstLevel = levelMin === null ? null : this.#firstLevel(start, end)
    if (levelMin !== null && !this.#mayReach(levelMin, firstLevel, start, end)) return false
    for (const search of this.#fields) {
      if (!search.mayBeIn(start, end)) return false
    }
    const record = parseRecord(this.#chunk.toString('utf8', start, end))
    if (record === null) return false
    if (levelMin !== null && !((firstLevel ?? levelOf(record['level'])) >= levelMin)) return false
    return fields.every(([field, value]) => Object.hasOwn(record, field) && record[field] === value)
  }

  #mayReach (levelMin: number, firstLevel: number | null, start: number, end: number): boolean {
    if (firstLevel !== null) return firstLevel >= levelMin
    return this.#levelKey.isIn(start, end) || this.#escape.isIn(start, end)
  }

  // The number that a line of pino's begins with; a field of the same name that comes later is the application's own.
  #firstLevel (start: number, end: number): number | null {
    const chunk = this.#chunk
    let position = start + levelPrefix.length
    if (position >= end || levelPrefix.compare(chunk, start, position) !== 0) return null
    let level = 0
    const digitsFrom = position
    for (let byte = chunk[position] ?? 0; position < end && byte >= zero && byte <= nine; byte = chunk[++position] ?? 0) level = level * 10 + byte - zero
    // A comma or a brace: else it is no whole number.
    return position > digitsFrom && (chunk[position] === 0x2c || chunk[position] === 0x7d) ? level : null
  }
}
