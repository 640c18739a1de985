// Finds the lines for a route or a content trigger. JSON.parse decides, but a few bytes rule most lines out, as long as they
// have pino's form. Only probable matches and lines in another form are parsed. Each text is searched in a whole chunk at
// once, not line by line.
import type { Match } from '../../options/settings.js'
import type { LevelNumbers } from '../../options/values/level-numbers.js'
import { parseRecord } from '../lines/field-path.js'
import { FieldSearch } from './field-search.js'
import { levelOf } from '../lines/level.js'
import { beginsLongLine } from '../lines/line-boundary.js'
import { parseBeginning } from '../lines/line-beginning.js'
import { Needle } from './needle.js'

const levelPrefix = Buffer.from('{"level":')
const zero = 0x30
const nine = 0x39

export class LineMatcher {
  readonly #match: Match
  readonly #fields: readonly FieldSearch[]
  readonly #levelKey = new Needle('"level"')
  /** An escape that may replace the letters of a key. */
  readonly #escape = new Needle('\\u')
  #levelMin: number | null
  #levels: LevelNumbers = {}
  #chunk: Buffer = Buffer.alloc(0)
  /** Whether the chunk is the first part of a line whose rest is still to come. */
  #isBeginning = false

  constructor (match: Match) {
    this.#match = match
    this.#levelMin = match.levelMin
    this.#fields = match.fields.map(([field, value]) => new FieldSearch(field, value))
  }

  /** Takes the numbers of the logger's levels. A level without a number matches no line until then. */
  nameLevels (levels: LevelNumbers): void {
    const { levelName } = this.#match
    this.#levels = levels
    if (levelName !== null && Object.hasOwn(levels, levelName)) this.#levelMin = levels[levelName] ?? this.#levelMin
  }

  /** Sets the chunk of the following lines. */
  begin (chunk: Buffer): void {
    this.#chunk = chunk
    this.#isBeginning = beginsLongLine(chunk)
    for (const search of [this.#levelKey, this.#escape, ...this.#fields]) search.begin(chunk)
  }

  /**
   * Whether the line between the two positions, without its newline, matches. The caller asks for lines in ascending order.
   * If a key occurs twice, the last one counts, as in JSON.parse. But a level at the line's beginning is pino's, and counts.
   */
  matches (start: number, end: number): boolean {
    const { fields } = this.#match
    const levelMin = this.#levelMin
    const firstLevel = levelMin === null ? null : this.#firstLevel(start, end)
    if (levelMin !== null && !this.#mayReach(levelMin, firstLevel, start, end)) return false
    for (const search of this.#fields) {
      if (!search.mayBeIn(start, end)) return false
    }
    const record = this.#isBeginning ? parseBeginning(this.#chunk.subarray(start, end)) : parseRecord(this.#chunk.toString('utf8', start, end))
    if (record === null) return false
    if (levelMin !== null && !((firstLevel ?? levelOf(record['level'], this.#levels)) >= levelMin)) return false
    return fields.every(([field, value]) => Object.hasOwn(record, field) && record[field] === value)
  }

  #mayReach (levelMin: number, firstLevel: number | null, start: number, end: number): boolean {
    if (firstLevel !== null) return firstLevel >= levelMin
    return this.#levelKey.isIn(start, end) || this.#escape.isIn(start, end)
  }

  // The level at the beginning of a pino line. A later field of the same name is the application's own.
  #firstLevel (start: number, end: number): number | null {
    const chunk = this.#chunk
    let position = start + levelPrefix.length
    if (position >= end || levelPrefix.compare(chunk, start, position) !== 0) return null
    let level = 0
    const digitsFrom = position
    for (let byte = chunk[position] ?? 0; position < end && byte >= zero && byte <= nine; byte = chunk[++position] ?? 0) level = level * 10 + byte - zero
    // A comma or a brace must follow. Otherwise it is no whole number.
    return position > digitsFrom && (chunk[position] === 0x2c || chunk[position] === 0x7d) ? level : null
  }
}
