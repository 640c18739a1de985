// Finds the level and the time of each line by searching bytes. Usually pino writes both at the start of the line.
// In other lines it goes through the object's members. An uncertain value is reported as unclear, never guessed.
import { levelNumber } from '../lines/level.js'
import { afterByteOrderMark } from '../lines/line-boundary.js'
import { isSameEverywhere, timeFrom } from '../lines/time-value.js'
import { Needle } from '../filters/needle.js'
import { levelMax, timeKeys, type TimeKey } from './block-header.js'
import { NameEscapes } from './escapes.js'
import { backslash, closingBrace, comma, holds, isSpace, membersOf, openingBrace, quote, skipSpaces, textEnd, type Member, type Stretch } from './json-bytes.js'

/** The line has none, or it is uncertain. */
export type Sign = 'none' | 'unclear'

const levelStart = Buffer.from('{"level":')
const levelKey = Buffer.from('level')
const [usualKey, ...otherKeys] = [keyOf('time'), ...timeKeys.slice(1).map(keyOf)] as const
const keys = [usualKey, ...otherKeys]
const zero = 0x30
const nine = 0x39
/** Every whole number with at most this many digits is exact. */
const exactDigitsMax = 15

export class LineSigns {
  /** The level of the last line that was read. */
  level: number | Sign = 'none'
  time: number | Sign = 'none'
  timeKey: TimeKey = 'time'
  readonly #levelAgain = new Needle('"level"')
  readonly #timesAgain = timeKeys.map((name) => new Needle(`"${name}"`))
  readonly #escapes = new NameEscapes(['level', ...timeKeys])
  #lines: Buffer = Buffer.alloc(0)

  /** Sets the lines to read. */
  begin (lines: Buffer): void {
    this.#lines = lines
    for (const search of [this.#levelAgain, ...this.#timesAgain, this.#escapes]) search.begin(lines)
  }

  /** Reads the line between the two positions, without its newline. The caller goes through the lines in ascending order. */
  read (lineFrom: number, end: number): void {
    const start = afterByteOrderMark(this.#lines, lineFrom)
    this.level = 'none'
    this.time = 'none'
    const first = this.#lines[start]
    if (first === openingBrace && this.#readUsual(start, end)) return
    if (first === openingBrace) this.#readStart(start, end)
    // After spaces it could still be an object.
    else if (isSpace(first ?? 0) && this.#lines[skipSpaces(this.#lines, start, end)] === openingBrace) this.level = 'unclear'
  }

  /** Reads the beginning of a line whose rest is missing. Only what pino writes first is certain. */
  readBeginning (end: number): void {
    this.read(0, end)
    const isNumbered = stands(this.#lines, 0, levelStart) && this.#lines[levelStart.length] !== quote
    if (!isNumbered || this.level === 'none') this.level = 'unclear'
    if (this.time === 'none' || this.timeKey !== 'time') this.time = 'unclear'
  }

  // Reads what pino writes by default, `{"level":30,"time":1759312800000,`. False for anything else, which is read with more care.
  #readUsual (start: number, end: number): boolean {
    const lines = this.#lines
    if (!stands(lines, start, levelStart)) return false
    const levelAt = start + levelStart.length
    let [level, levelTo] = [0, levelAt]
    for (let digit = digitAt(lines, levelTo); digit !== -1; digit = digitAt(lines, ++levelTo)) level = level * 10 + digit
    if (levelTo === levelAt || level > levelMax || !stands(lines, levelTo, usualKey.afterLevel)) return false
    const timeAt = levelTo + usualKey.afterLevel.length
    let [time, timeTo] = [0, timeAt]
    for (let digit = digitAt(lines, timeTo); digit !== -1; digit = digitAt(lines, ++timeTo)) time = time * 10 + digit
    if (timeTo === timeAt || timeTo - timeAt > exactDigitsMax || timeTo >= end || lines[timeTo] !== comma) return false
    if (this.#levelAgain.isIn(timeTo, end) || this.#escapes.mayBeIn(timeTo, end)) return false
    this.level = level
    this.timeKey = 'time'
    this.time = timeFrom(time) ?? 'unclear'
    return true
  }

  #readStart (start: number, end: number): void {
    const levelAt = start + levelStart.length
    if (levelAt >= end || !stands(this.#lines, start, levelStart)) {
      this.#readMembers(start, end, null)
      return
    }
    const levelTo = scalarEnd(this.#lines, levelAt, end)
    const number = wholeNumber(this.#lines, levelAt, levelTo)
    const mayRepeat = this.#levelAgain.isIn(levelTo, end) || this.#escapes.mayBeIn(levelTo, end)
    const isNumber = number !== null && number <= levelMax && levelTo !== end
    const firstLevel = isNumber ? mayRepeat ? this.#lastLevel(start, end) : number : null
    const isCertain = isNumber || !mayRepeat
    this.level = firstLevel ?? levelFrom(this.#lines, { from: levelAt, to: levelTo })
    if (!isCertain || !this.#readTimeAfter(levelTo, end)) this.#readMembers(start, end, firstLevel)
  }

  // JSON.parse takes the last of two levels.
  #lastLevel (start: number, end: number): number | Sign {
    const { members, outcome } = membersOf(this.#lines, start, end)
    if (outcome !== 'closed' || members.some(({ key }) => hasBackslash(this.#lines, key))) return 'unclear'
    return levelFrom(this.#lines, lastOf(this.#lines, members, levelKey))
  }

  // False if something else in the rest of the line could be the time that counts.
  #readTimeAfter (levelTo: number, end: number): boolean {
    for (let index = 0; index < keys.length; index++) {
      const { name, afterLevel } = keys[index] ?? usualKey
      if (!stands(this.#lines, levelTo, afterLevel)) continue
      const from = levelTo + afterLevel.length
      const to = scalarEnd(this.#lines, from, end)
      // pino's own key comes first and counts. After any other key, keys with precedence may follow.
      if (to >= end || (index > 0 && this.#haveKeys(to, end, index))) return false
      this.timeKey = name
      this.time = timeOf(this.#lines, { from, to })
      return this.time !== 'unclear'
    }
    return this.#lines[levelTo] === comma && !this.#haveKeys(levelTo, end, keys.length - 1)
  }

  // Whether the stretch may contain one of the first time keys.
  #haveKeys (from: number, end: number, lastIndex: number): boolean {
    return this.#timesAgain.some((again, index) => index <= lastIndex && again.isIn(from, end)) || this.#escapes.mayBeIn(from, end)
  }

  #readMembers (start: number, end: number, firstLevel: number | Sign | null): void {
    const { members, outcome } = membersOf(this.#lines, start, end)
    if (outcome === 'closed' && !members.some(({ key }) => hasBackslash(this.#lines, key))) {
      this.level = firstLevel ?? levelFrom(this.#lines, lastOf(this.#lines, members, levelKey))
      this.#readTime(members)
      return
    }
    // A broken line is no JSON. It has no level and no time, except those at its beginning.
    const isNothing = outcome === 'broken' && firstLevel === null
    this.level = firstLevel ?? (isNothing ? 'none' : 'unclear')
    this.time = isNothing ? 'none' : 'unclear'
  }

  #readTime (members: readonly Member[]): void {
    this.time = 'none'
    for (const { name, key } of keys) {
      const value = lastOf(this.#lines, members, key)
      if (value === null) continue
      this.timeKey = name
      this.time = timeOf(this.#lines, value)
      return
    }
  }
}

function keyOf (name: TimeKey): { readonly name: TimeKey, readonly key: Buffer, readonly afterLevel: Buffer } {
  return { name, key: Buffer.from(name), afterLevel: Buffer.from(`,"${name}":`) }
}

function lastOf (lines: Buffer, members: readonly Member[], name: Buffer): Stretch | null {
  return members.findLast(({ key }) => holds(lines, key, name))?.value ?? null
}

function levelFrom (lines: Buffer, value: Stretch | null): number | Sign {
  if (value === null) return 'none'
  const { from, to } = value
  const number = wholeNumber(lines, from, to)
  if (number !== null) return number <= levelMax ? number : 'unclear'
  if (lines[from] !== quote) return 'unclear'
  return levelNumber(lines.toString('latin1', from + 1, to - 1)) ?? 'unclear'
}

function timeOf (lines: Buffer, { from, to }: Stretch): number | Sign {
  if (from === to) return 'unclear'
  const value = wholeNumber(lines, from, to) ?? (lines[from] === quote && !hasBackslash(lines, { from, to }) ? lines.toString('utf8', from + 1, to - 1) : Number(lines.toString('latin1', from, to)))
  // A reader in another zone would read another time, and miss the block.
  if (typeof value === 'string' && !isSameEverywhere(value)) return 'unclear'
  const timeMs = timeFrom(value)
  return timeMs === null || !Number.isFinite(timeMs) ? 'unclear' : timeMs
}

// Null for anything but digits, and for numbers too long to be exact.
function wholeNumber (lines: Buffer, from: number, to: number): number | null {
  if (to === from || to - from > exactDigitsMax) return null
  let number = 0
  for (let at = from; at < to; at++) {
    const digit = lines[at] ?? 0
    if (digit < zero || digit > nine) return null
    number = number * 10 + digit - zero
  }
  return number
}

/** The digit at the position; -1 for anything else. */
function digitAt (lines: Buffer, at: number): number {
  const digit = (lines[at] ?? 0) - zero
  return digit >= 0 && digit <= 9 ? digit : -1
}

// The end of a text or a number. With anything else the line is not pino's.
function scalarEnd (lines: Buffer, from: number, end: number): number {
  if (lines[from] === quote) return Math.min(textEnd(lines, from + 1, end) + 1, end)
  let at = from
  while (at < end && lines[at] !== comma && lines[at] !== closingBrace) at++
  return at
}

function hasBackslash (lines: Buffer, { from, to }: Stretch): boolean {
  for (let at = from; at < to; at++) {
    if (lines[at] === backslash) return true
  }
  return false
}

function stands (lines: Buffer, at: number, text: Buffer): boolean {
  for (let index = 0; index < text.length; index++) {
    if (lines[at + index] !== text[index]) return false
  }
  return true
}
