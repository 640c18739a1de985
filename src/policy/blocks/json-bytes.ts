// JSON looked at as bytes: where a text ends, where a value ends, and which members an object has. Nothing is parsed into values.
// What is no JSON is found out where it matters for the way through; the rest is for a reader that parses.

export const newline = 0x0a
export const quote = 0x22
export const backslash = 0x5c
export const colon = 0x3a
export const comma = 0x2c
export const openingBrace = 0x7b
export const closingBrace = 0x7d
const openingBracket = 0x5b
const closingBracket = 0x5d

/** Members of one object beyond this are not looked at: no log line has so many. */
const membersMax = 10_000

export interface Stretch {
  readonly from: number
  readonly to: number
}

export interface Member {
  /** Without its quotes. */
  readonly key: Stretch
  readonly value: Stretch
}

/** What an object's members are, and how it ends: closed, or broken, or with more of them than are looked at. */
export interface Members {
  readonly members: readonly Member[]
  readonly outcome: 'closed' | 'broken' | 'too many'
}

/** The position of the first byte that is no space. */
export function skipSpaces (bytes: Buffer, from: number, end: number): number {
  let at = from
  while (at < end && isSpace(bytes[at] ?? 0)) at++
  return at
}

/** The position of the mark that closes the text which is opened before `from`; `end` where none does. */
export function textEnd (bytes: Buffer, from: number, end: number): number {
  for (let at = from; at < end; at++) {
    if (bytes[at] === quote) return at
    if (bytes[at] === backslash) at++
  }
  return end
}

/** The position after the value that begins there; `end` where it does not close. */
export function valueEnd (bytes: Buffer, from: number, end: number): number {
  const first = bytes[from]
  if (first === quote) return Math.min(textEnd(bytes, from + 1, end) + 1, end)
  if (first === openingBrace || first === openingBracket) return nestedEnd(bytes, from, end)
  let at = from
  while (at < end && !isEnd(bytes[at] ?? 0)) at++
  return at
}

/** Lists the members of the object whose brace is at the position. */
export function membersOf (bytes: Buffer, from: number, end: number): Members {
  const members: Member[] = []
  const broken: Members = { members, outcome: 'broken' }
  let at = skipSpaces(bytes, from + 1, end)
  if (bytes[at] === closingBrace && at < end) return { members, outcome: 'closed' }
  while (members.length < membersMax) {
    if (bytes[at] !== quote || at >= end) return broken
    const key = { from: at + 1, to: textEnd(bytes, at + 1, end) }
    at = skipSpaces(bytes, key.to + 1, end)
    if (bytes[at] !== colon || at >= end) return broken
    const valueFrom = skipSpaces(bytes, at + 1, end)
    const value = { from: valueFrom, to: valueEnd(bytes, valueFrom, end) }
    if (value.to === value.from) return broken
    members.push({ key, value })
    at = skipSpaces(bytes, value.to, end)
    if (at >= end) return broken
    if (bytes[at] === closingBrace) return { members, outcome: 'closed' }
    if (bytes[at] !== comma) return broken
    at = skipSpaces(bytes, at + 1, end)
  }
  return { members, outcome: 'too many' }
}

/** Whether exactly these bytes stand in the stretch. */
export function holds (bytes: Buffer, { from, to }: Stretch, text: Buffer): boolean {
  return to - from === text.length && bytes.compare(text, 0, text.length, from, to) === 0
}

function nestedEnd (bytes: Buffer, from: number, end: number): number {
  let depth = 0
  for (let at = from; at < end; at++) {
    const byte = bytes[at]
    if (byte === quote) at = textEnd(bytes, at + 1, end)
    else if (byte === openingBrace || byte === openingBracket) depth++
    else if ((byte === closingBrace || byte === closingBracket) && --depth === 0) return at + 1
  }
  return end
}

/** Whether JSON takes the byte for space between its parts. */
export function isSpace (byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0d || byte === newline
}

function isEnd (byte: number): boolean {
  return byte === comma || byte === closingBrace || byte === closingBracket || isSpace(byte)
}
