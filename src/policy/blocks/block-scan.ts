// Collects what a block's header says about its lines. One pass over the bytes finds the ends of the lines, their levels and
// times, and the values of the indexed fields.
import { filterBytesMax, formatBlockHeader, levelsMax, type BlockFacts, type BlockTimes, type LevelCount } from './block-header.js'
import { NameEscapes } from './escapes.js'
import { FieldValues } from './field-values.js'
import { HashSet } from './hash-set.js'
import { newline } from './json-bytes.js'
import { LineSigns } from './line-signs.js'
import { filterBytes, filterOf, type FieldFilter } from './value-filter.js'

/** A member of gzip, once its lines are packed. */
export interface PackedMember {
  readonly packedBytes: number
  readonly linesBytes: number
  readonly linesChecksum: number
}

export interface BlockDescription {
  /** How many bytes from the beginning of the lines are in the block. */
  readonly bytes: number
  /** Writes the block's header. Its length does not depend on the member. */
  readonly format: (member: PackedMember) => Buffer
}

const gzipTrailerBytes = 8

interface IndexedField {
  readonly field: string
  readonly hashes: HashSet
  readonly values: FieldValues
}

export class BlockScan {
  readonly #fields: readonly IndexedField[]
  readonly #escapes: NameEscapes
  readonly #signs = new LineSigns()

  /** Scans for the fields of `compress.index`. */
  constructor (index: readonly string[]) {
    const valuesMax = Math.floor(filterBytesMax / index.length / filterBytes(1000) * 1000)
    this.#fields = index.map((field) => {
      const hashes = new HashSet(valuesMax)
      return { field, hashes, values: new FieldValues(field, hashes) }
    })
    this.#escapes = new NameEscapes(index)
  }

  /** Describes a block of as many of these whole lines as it can hold. */
  describe (lines: Buffer): BlockDescription {
    const count = new LineCount()
    this.#begin(lines)
    let mayHoldAny = false
    let start = 0
    while (start < lines.length) {
      const found = lines.indexOf(newline, start)
      const end = found === -1 ? lines.length : found
      if (this.#fields.length > 0) {
        mayHoldAny = this.#collect(start, end) || mayHoldAny
        if (this.#fields.some(({ hashes }) => hashes.isFull)) {
          if (start > 0) break
          mayHoldAny = true
        }
      }
      this.#signs.read(start, end)
      count.add(this.#signs)
      start = found === -1 ? end : end + 1
    }
    return { bytes: start, format: formatter({ ...count.facts(), filters: this.#filters(mayHoldAny) }) }
  }

  /** Collects the times and levels of these whole lines. */
  factsOf (lines: Buffer): Omit<BlockFacts, 'filters'> {
    const count = new LineCount()
    this.#signs.begin(lines)
    for (let start = 0; start < lines.length;) {
      const found = lines.indexOf(newline, start)
      const end = found === -1 ? lines.length : found
      this.#signs.read(start, end)
      count.add(this.#signs)
      start = end + 1
    }
    return count.facts()
  }

  /** Describes a block of one long line that begins like this. */
  describeLongLine (beginning: Buffer): BlockDescription {
    const count = new LineCount()
    this.#begin(beginning)
    this.#signs.readBeginning(beginning.length)
    count.add(this.#signs)
    return { bytes: beginning.length, format: formatter({ ...count.facts(), filters: this.#filters(true) }) }
  }

  #begin (lines: Buffer): void {
    this.#signs.begin(lines)
    this.#escapes.begin(lines)
    for (const { hashes, values } of this.#fields) {
      hashes.clear()
      values.begin(lines)
    }
  }

  // True if a field may be in the line without being found.
  #collect (start: number, end: number): boolean {
    for (const { values } of this.#fields) values.collect(start, end)
    return this.#escapes.mayBeIn(start, end)
  }

  #filters (mayHoldAny: boolean): FieldFilter[] {
    return this.#fields.map(({ field, hashes }) => ({ field, bits: mayHoldAny ? Buffer.alloc(0) : filterOf(hashes.hashes) }))
  }
}

function formatter (facts: BlockFacts): BlockDescription['format'] {
  return ({ packedBytes, linesBytes, linesChecksum }) => {
    const headerBytes = formatBlockHeader({ ...facts, memberBytes: 0, linesBytes, linesChecksum }).length
    return formatBlockHeader({ ...facts, memberBytes: headerBytes + packedBytes + gzipTrailerBytes, linesBytes, linesChecksum })
  }
}

type LevelCounter = { -readonly [Key in keyof LevelCount]: LevelCount[Key] }

/** Counts lines by their levels and times. */
class LineCount {
  #lines = 0
  #linesOfUnclearTime = 0
  #linesOfUnclearLevel = 0
  readonly #levels = new Map<number, LevelCounter>()
  /** That of the last line, since the next one mostly has the same. */
  #counter: LevelCounter | null = null
  #times: { -readonly [Key in keyof BlockTimes]: BlockTimes[Key] } | null = null

  add ({ level, time, timeKey }: LineSigns): void {
    this.#lines++
    if (level === 'unclear') this.#linesOfUnclearLevel++
    else if (level !== 'none') this.#addLevel(level)
    if (time === 'unclear' || (time !== 'none' && this.#times !== null && this.#times.key !== timeKey)) this.#linesOfUnclearTime++
    else if (time !== 'none') this.#addTime(time, timeKey)
  }

  #addLevel (level: number): void {
    const counter = this.#counter?.level === level ? this.#counter : this.#counterOf(level)
    if (counter === null) this.#linesOfUnclearLevel++
    else {
      counter.lines++
      this.#counter = counter
    }
  }

  // Null if there are too many levels.
  #counterOf (level: number): LevelCounter | null {
    const known = this.#levels.get(level)
    if (known !== undefined || this.#levels.size === levelsMax) return known ?? null
    const counter = { level, lines: 0 }
    this.#levels.set(level, counter)
    return counter
  }

  #addTime (atMs: number, key: BlockTimes['key']): void {
    this.#times ??= { key, lines: 0, firstMs: atMs, lastMs: atMs, earliestMs: atMs, latestMs: atMs }
    const times = this.#times
    times.lines++
    times.lastMs = atMs
    if (atMs < times.earliestMs) times.earliestMs = atMs
    if (atMs > times.latestMs) times.latestMs = atMs
  }

  facts (): Omit<BlockFacts, 'filters'> {
    const times = this.#times
    const levels: LevelCount[] = [...this.#levels.values()].sort((a, b) => a.level - b.level)
    return {
      lines: this.#lines,
      // Rounded outwards, since readers may read fractions of a millisecond slightly differently.
      times: times === null ? null : { ...times, earliestMs: Math.floor(times.earliestMs), latestMs: Math.ceil(times.latestMs) },
      linesOfUnclearTime: this.#linesOfUnclearTime,
      levels,
      linesOfUnclearLevel: this.#linesOfUnclearLevel
    }
  }
}
