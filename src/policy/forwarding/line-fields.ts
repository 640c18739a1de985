// The fields of a pino line that the mapping knows, and where texts and numbers of JSON end in its bytes.

/** In place of a position: the line has another form than pino writes. */
export const strange = -1
/** The hash of no bytes. */
export const emptyHash = 17
/** More digits may not be exact in a double. */
export const digitsMax = 15

const quote = 0x22
const backslash = 0x5c
const minus = 0x2d
const zero = 0x30
const nine = 0x39
const smallU = 0x75
/** The characters that may follow a backslash, apart from `u`. */
const escapes = new Set(Buffer.from('"\\/bfnrt'))

/** Keys that the mapping knows. A line with a `left` key is left to otlp-record.ts, which has the rules for it. */
export type Role = 'level' | 'time' | 'msg' | 'name' | 'pid' | 'traceId' | 'spanId' | 'flags' | 'left'
const roles: ReadonlyMap<string, Role> = new Map<string, Role>([
  ['level', 'level'], ['time', 'time'], ['msg', 'msg'], ['name', 'name'], ['hostname', 'name'], ['pid', 'pid'],
  ['trace_id', 'traceId'], ['span_id', 'spanId'], ['trace_flags', 'flags'],
  ['severity', 'left'], ['timestamp', 'left'], ['@timestamp', 'left'], ['ts', 'left'], ['message', 'left'], ['traceId', 'left'], ['spanId', 'left'], ['traceFlags', 'left'], ['err', 'left']
])
/** No such key is longer. */
export const roleBytesMax = 11
const rolesByHash = new Map([...roles].map(([key, role]) => [Buffer.from(key).reduce(hashOn, emptyHash), { key: Buffer.from(key), role }]))

/** The role of the key between the positions, which has that hash. Makes no text of it. */
export function roleOf (lines: Buffer, from: number, to: number, hash: number): Role | undefined {
  const found = rolesByHash.get(hash)
  return found?.key.length === to - from && holdsAt(lines, from, found.key) ? found.role : undefined
}

/** Whether the bytes are at that position. */
export function holdsAt (lines: Buffer, at: number, bytes: Buffer, from = 0, to = bytes.length): boolean {
  for (let index = from; index < to; index++) if (lines[at + index - from] !== bytes[index]) return false
  return true
}

/** Continues the hash of a key. */
export function hashOn (hash: number, byte: number): number {
  return (Math.imul(hash, 31) + byte) | 0
}

/** Returns the position after the closing mark of a text whose first character is here; `strange` if it is no text of JSON. */
export function textEnd (lines: Buffer, from: number, end: number): number {
  for (let at = from; at < end; at++) {
    const byte = lines[at] ?? 0
    if (byte === quote) return at + 1
    if (byte < 0x20) return strange
    if (byte !== backslash) continue
    const escaped = lines[++at] ?? 0
    if (escaped === smallU) {
      for (let digit = 0; digit < 4; digit++) if (!isHexadecimal(lines[++at] ?? 0)) return strange
    } else if (!escapes.has(escaped)) return strange
  }
  return strange
}

/** Returns the end of a whole number that is exact and as JSON.stringify writes it, or of the whole part of another; else `strange`. */
export function integerEnd (lines: Buffer, from: number): number {
  const digitsFrom = lines[from] === minus ? from + 1 : from
  let to = digitsFrom
  for (let byte = lines[to] ?? 0; byte >= zero && byte <= nine; byte = lines[++to] ?? 0);
  const digits = to - digitsFrom
  if (digits === 0 || digits > digitsMax || lines[to] === 0x65 || lines[to] === 0x45) return strange
  const isZero = lines[digitsFrom] === zero
  return isZero && (digits > 1 || digitsFrom > from) ? strange : to
}

/** The whole number between the positions. */
export function integerOf (lines: Buffer, from: number, to: number): number {
  const isNegative = lines[from] === minus
  let value = 0
  for (let at = isNegative ? from + 1 : from; at < to; at++) value = value * 10 + (lines[at] ?? 0) - zero
  return isNegative ? -value : value
}

/** Whether the digits identify a trace or a span. */
export function isIdentity (digits: string, role: 'traceId' | 'spanId'): boolean {
  return digits.length === (role === 'traceId' ? 32 : 16) && /^[0-9a-f]+$/.test(digits) && !/^0+$/.test(digits)
}

/** Whether a whole number is a time in milliseconds. With fewer digits it may be one in seconds. */
export function isMilliseconds (lines: Buffer, from: number, to: number): boolean {
  return to - from >= 12 && lines[from] !== minus
}

function isHexadecimal (byte: number): boolean {
  return (byte >= zero && byte <= nine) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66)
}
