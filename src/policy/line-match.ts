// Which lines a route or a content trigger is meant for. A line counts as matching only where it is JSON and says so; but
// most lines are told apart by a few bytes, so that only those are parsed that probably match. What is looked for is
// looked for in a whole chunk at once, not line by line.
import type { Match } from '../options/settings.js'

const levelPrefix = Buffer.from('{"level":')
const levelKey = '"level"'
const zero = 0x30
const nine = 0x39

/** The numbers that pino's default levels have, for lines that name theirs. */
const namedLevels: Readonly<Record<string, number>> = { trace: 10, debug: 20, info: 30, warn: 40, error: 50, fatal: 60 }

/** A piece of text in a chunk, found once and remembered until the search has passed it. */
class Needle {
  readonly #bytes: Buffer
  #chunk: Buffer = Buffer.alloc(0)
  #foundAt = -1

  constructor (text: string) {
    this.#bytes = Buffer.from(text)
  }

  begin (chunk: Buffer): void {
    this.#chunk = chunk
    this.#foundAt = -1
  }

  /** Whether it occurs in the stretch. Stretches are asked for in ascending order. */
  isIn (start: number, end: number): boolean {
    if (this.#foundAt < start) {
      const found = this.#chunk.indexOf(this.#bytes, start)
      this.#foundAt = found === -1 ? Infinity : found
    }
    return this.#foundAt < end
  }
}

export class LineMatcher {
  readonly #match: Match
  readonly #needles: readonly Needle[]
  #chunk: Buffer = Buffer.alloc(0)

  constructor (match: Match) {
    this.#match = match
    // As pino writes them: without spaces, and escaped as JSON.stringify does.
    this.#needles = match.fields.map(([field, value]) => new Needle(`${JSON.stringify(field)}:${JSON.stringify(value)}`))
  }

  /** Takes the chunk that the lines to come are in. */
  begin (chunk: Buffer): void {
    this.#chunk = chunk
    for (const needle of this.#needles) needle.begin(chunk)
  }

  /** Whether the line between the two positions matches, its newline left out. Lines are asked for in ascending order. */
  matches (start: number, end: number): boolean {
    const { levelMin, fields } = this.#match
    const firstLevel = levelMin === null ? null : this.#firstLevel(start, end)
    if (levelMin !== null && firstLevel !== null && firstLevel < levelMin) return false
    for (const needle of this.#needles) {
      if (!needle.isIn(start, end)) return false
    }
    const line = this.#chunk.toString('utf8', start, end)
    if (levelMin !== null && firstLevel === null && !line.includes(levelKey)) return false
    const record = parseRecord(line)
    if (record === null) return false
    if (levelMin !== null && !((firstLevel ?? levelOf(record['level'])) >= levelMin)) return false
    return fields.every(([field, value]) => Object.hasOwn(record, field) && record[field] === value)
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

function levelOf (level: unknown): number {
  if (typeof level === 'number') return level
  return typeof level === 'string' && Object.hasOwn(namedLevels, level) ? namedLevels[level] ?? NaN : NaN
}

function parseRecord (line: string): Record<string, unknown> | null {
  try {
    const record: unknown = JSON.parse(line)
    return typeof record === 'object' && record !== null && !Array.isArray(record) ? record as Record<string, unknown> : null
  } catch {
    // Not JSON: nobody's route.
    return null
  }
}
