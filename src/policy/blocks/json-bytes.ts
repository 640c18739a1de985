// Reads JSON as bytes: where a text ends, where a value ends, and which members an object has. Values are not parsed. It
// notices invalid JSON only where it needs the structure. A parsing reader finds the rest.

export const newline = 0x0a
export const quote = 0x22
export const backslash = 0x5c
export const colon = 0x3a
export const comma = 0x2c
export const openingBrace = 0x7b
export const closingBrace = 0x7d
const openingBracket = 0x5b
const closingBracket = 0x5d

/** Further members of an object are ignored. No log line has so many. */
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

/** An object's members, and how it ends: closed, broken, or with more members than are read. */
export interface Members {
  readonly members: readonly Member[]
  readonly outcome: 'closed' | 'broken' | 'too many'
}

/** Returns the position of the first byte that is no space. */
export function skipSpaces (bytes: Buffer, from: number, end: number): number {
  let at = from
  while (at < end && isSpace(bytes[at] ?? 0)) at++
  return at
}

/** Returns the position of the mark that closes the text opened before `from`; `end` if none does. */
export function textEnd (bytes: Buffer, from: number, end: number): number {
  for (let at = from; at < end; at++) {
    if (bytes[at] === quote) return at
    if (bytes[at] === backslash) at++
  }
  return end
}

/** Returns the position after the value that begins there; `end` if it does not close. */
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

/** Whether the stretch is exactly these bytes. */
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

/** Whether JSON allows the byte as space between tokens. */
export function isSpace (byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0d || byte === newline
}

function isEnd (byte: number): boolean {
  return byte === comma || byte === closingBrace || byte === closingBracket || isSpace(byte)
}
