// Reads the time in a log line: pino's `time` in any of its formats, or a time under another key.
import { parseRecord } from './field-path.js'
import { afterByteOrderMark } from './line-boundary.js'
import { timeFrom } from './time-value.js'

/** The keys of a line's time. The first key that the line has counts. */
export const usualTimeKeys: readonly string[] = ['time', 'timestamp', '@timestamp', 'ts']

const levelPrefix = Buffer.from('{"level":')
const timeInfix = Buffer.from(',"time":')
const openingBrace = 0x7b
const quote = 0x22
const backslash = 0x5c
const zero = 0x30
const nine = 0x39
/** Longer than any level name or time text. */
const textBytesMax = 64
/** Reads a line's time in milliseconds since the epoch; null if it has no readable time. */
export function lineTime (line: Buffer): number | null {
  return lineTimeAt(line, 0, line.length, usualTimeKeys)
}

/**
 * The same for the line between two positions, with one of these keys. A time at the beginning of a pino line counts, even
 * if the application has a later field of the same name.
 */
export function lineTimeAt (chunk: Buffer, lineFrom: number, end: number, keys: readonly string[]): number | null {
  const start = afterByteOrderMark(chunk, lineFrom)
  if (chunk[start] !== openingBrace) return null
  if (keys[0] === 'time') {
    const usual = usualTime(chunk, start, end)
    if (usual !== null) return usual
  }
  const record = parseRecord(chunk.toString('utf8', start, end))
  if (record === null) return null
  const key = keys.find((name) => Object.hasOwn(record, name))
  return key === undefined ? null : timeFrom(record[key])
}

// pino writes this at the start of a line by default. If it is there, nothing else needs to be read.
function usualTime (chunk: Buffer, start: number, end: number): number | null {
  const levelAt = start + levelPrefix.length
  if (levelAt >= end || !isAt(chunk, start, levelPrefix)) return null
  const infixAt = chunk[levelAt] === quote ? endOfText(chunk, levelAt, end) : endOfDigits(chunk, levelAt, end)
  const timeAt = infixAt + timeInfix.length
  if (infixAt === levelAt || timeAt >= end || !isAt(chunk, infixAt, timeInfix)) return null
  return chunk[timeAt] === quote ? textTime(chunk, timeAt, end) : numberTime(chunk, timeAt, end)
}

function numberTime (chunk: Buffer, from: number, end: number): number | null {
  let number = 0
  let to = from
  for (let byte = chunk[to] ?? 0; to < end && byte >= zero && byte <= nine; byte = chunk[++to] ?? 0) number = number * 10 + byte - zero
  // Anything but a comma or a brace, such as a point, is left to JSON.parse.
  return to > from && (chunk[to] === 0x2c || chunk[to] === 0x7d) ? timeFrom(number) : null
}

function textTime (chunk: Buffer, from: number, end: number): number | null {
  const to = endOfText(chunk, from, end)
  return to === from ? null : timeFrom(chunk.toString('latin1', from + 1, to - 1))
}

function endOfDigits (chunk: Buffer, from: number, end: number): number {
  let to = from
  for (let byte = chunk[to] ?? 0; to < end && byte >= zero && byte <= nine; byte = chunk[++to] ?? 0);
  return to
}

/** Returns the position after a text's closing mark; its beginning if it has an escape or is too long. */
function endOfText (chunk: Buffer, from: number, end: number): number {
  for (let to = from + 1; to < Math.min(end, from + textBytesMax); to++) {
    if (chunk[to] === backslash) return from
    if (chunk[to] === quote) return to + 1
  }
  return from
}

function isAt (chunk: Buffer, position: number, bytes: Buffer): boolean {
  for (let index = 0; index < bytes.length; index++) {
    if (chunk[position + index] !== bytes[index]) return false
  }
  return true
}
