// The header of a block: a gzip member's header (RFC 1952) whose extra field `PR` describes the member's lines.
// docs/format.md specifies it to the byte. The parser trusts nothing in a file. It accepts only headers that the formatter
// could have written.
import { crc32 } from '../../platform/crc32.js'
import type { FieldFilter } from './value-filter.js'

/** The keys that a line's time may have, in order of precedence. A header stores the position in this list. */
export const timeKeys = ['time', 'timestamp', '@timestamp', 'ts'] as const
export type TimeKey = typeof timeKeys[number]

/** The times of the lines that have one, in milliseconds since the epoch. */
export interface BlockTimes {
  readonly key: TimeKey
  readonly lines: number
  /** The times of the first and the last of these lines, in the order of the file. */
  readonly firstMs: number
  readonly lastMs: number
  /** The bounds of all times. Clocks go back, and writers overtake each other. */
  readonly earliestMs: number
  readonly latestMs: number
}

export interface LevelCount {
  readonly level: number
  readonly lines: number
}

/** What is known about the lines of a block. */
export interface BlockFacts {
  readonly lines: number
  /** Null if no line has a time. */
  readonly times: BlockTimes | null
  /** Lines that may have another time. `times` does not cover them. */
  readonly linesOfUnclearTime: number
  /** In ascending order of levels. */
  readonly levels: readonly LevelCount[]
  /** Lines that may have a level that is not counted. */
  readonly linesOfUnclearLevel: number
  /** One for each indexed field. */
  readonly filters: readonly FieldFilter[]
}

export interface BlockHeader extends BlockFacts {
  /** From the first byte of the header to the last of the trailer. */
  readonly memberBytes: number
  readonly linesBytes: number
  /** The CRC-32 of the lines, which is also in the trailer. */
  readonly linesChecksum: number
}

export const levelsMax = 32
const filtersMax = 4
export const levelMax = 0xffff
const fieldNameBytesMax = 255

/** Deflate, an extra field only, no time, made on Unix. */
const gzipStart = Buffer.from([0x1f, 0x8b, 8, 0b100, 0, 0, 0, 0, 0, 3])
const fieldId = Buffer.from('PR')
const version = 1
/** Where the subfield's data begins: after the start, XLEN, the identifier and the subfield's length. */
const dataAt = gzipStart.length + 6
const fixedBytes = 72
const levelBytes = 6
/** The four times of a block whose lines have none. */
const noTimes = Buffer.alloc(32)
const checksumBytes = 4
const extraBytesMax = 0xffff
/** The smallest deflate stream and the trailer. */
const restBytesMin = 2 + 8
/** Deflate packs at most this many bytes into one. */
const deflateRatioMax = 1032

/** The largest size of a header. */
export const headerBytesMax = gzipStart.length + 2 + extraBytesMax
/** This many bytes are enough to know the header's length. */
export const headerStartBytes = dataAt
/** The most bytes for all filters of a block, beside the longest names. */
export const filterBytesMax = extraBytesMax - 4 - fixedBytes - levelsMax * levelBytes - filtersMax * (1 + fieldNameBytesMax + 2) - checksumBytes

/** Writes a header. Its length depends on the facts alone, so the member's length can be filled in later. */
export function formatBlockHeader (header: BlockHeader): Buffer {
  const data = [fixedPart(header), ...header.levels.map(formatLevel), ...header.filters.map(formatFilter)]
  const dataBytes = data.reduce((bytes, { length }) => bytes + length, checksumBytes)
  const lengths = Buffer.alloc(6)
  lengths.writeUInt16LE(dataBytes + 4, 0)
  fieldId.copy(lengths, 2)
  lengths.writeUInt16LE(dataBytes, 4)
  const written = Buffer.concat([gzipStart, lengths, ...data, Buffer.alloc(checksumBytes)])
  written.writeUInt32LE(crc32(written.subarray(0, -checksumBytes), 0), written.length - checksumBytes)
  return written
}

/** Returns the length of the header that begins with these bytes; null if no block header begins like this. */
export function blockHeaderBytes (start: Buffer): number | null {
  if (start.length < headerStartBytes || !start.subarray(0, gzipStart.length).equals(gzipStart)) return null
  const extraBytes = start.readUInt16LE(10)
  const isOurs = start.subarray(12, 14).equals(fieldId) && start.readUInt16LE(14) === extraBytes - 4
  return isOurs && extraBytes >= 4 + fixedBytes + checksumBytes ? gzipStart.length + 2 + extraBytes : null
}

/** Parses the header at the beginning of the bytes; null if it is incomplete or the formatter could not have written it. */
export function parseBlockHeader (bytes: Buffer): { readonly header: BlockHeader, readonly headerBytes: number } | null {
  const headerBytes = blockHeaderBytes(bytes)
  if (headerBytes === null || headerBytes > bytes.length) return null
  const written = bytes.subarray(0, headerBytes)
  const checksumAt = headerBytes - checksumBytes
  if (written.readUInt32LE(checksumAt) !== crc32(written.subarray(0, checksumAt), 0)) return null
  const data = written.subarray(dataAt, checksumAt)
  const header = parseData(data)
  return header !== null && isPossible(header, headerBytes) && isCanonical(header, data) ? { header, headerBytes } : null
}

/** Parses the header at the beginning of the bytes that a read returns; null if there is none. */
export function readBlockHeader (read: (bytes: number) => Buffer): BlockHeader | null {
  const headerBytes = blockHeaderBytes(read(headerStartBytes))
  return headerBytes === null ? null : parseBlockHeader(read(headerBytes))?.header ?? null
}

function fixedPart (header: BlockHeader): Buffer {
  const { times } = header
  const fixed = Buffer.alloc(fixedBytes)
  fixed.writeUInt8(version, 0)
  fixed.writeUInt8(header.levels.length, 1)
  fixed.writeUInt8(header.filters.length, 2)
  fixed.writeUInt8(times === null ? 0 : timeKeys.indexOf(times.key), 3)
  fixed.writeBigUInt64LE(BigInt(header.memberBytes), 4)
  fixed.writeBigUInt64LE(BigInt(header.linesBytes), 12)
  fixed.writeUInt32LE(header.linesChecksum, 20)
  fixed.writeUInt32LE(header.lines, 24)
  fixed.writeUInt32LE(times?.lines ?? 0, 28)
  fixed.writeUInt32LE(header.linesOfUnclearTime, 32)
  fixed.writeUInt32LE(header.linesOfUnclearLevel, 36)
  fixed.writeDoubleLE(times?.firstMs ?? 0, 40)
  fixed.writeDoubleLE(times?.lastMs ?? 0, 48)
  fixed.writeDoubleLE(times?.earliestMs ?? 0, 56)
  fixed.writeDoubleLE(times?.latestMs ?? 0, 64)
  return fixed
}

function formatLevel ({ level, lines }: LevelCount): Buffer {
  const entry = Buffer.alloc(levelBytes)
  entry.writeUInt16LE(level, 0)
  entry.writeUInt32LE(lines, 2)
  return entry
}

function formatFilter ({ field, bits }: FieldFilter): Buffer {
  const name = Buffer.from(field)
  const length = Buffer.alloc(2)
  length.writeUInt16LE(bits.length)
  return Buffer.concat([Buffer.from([name.length]), name, length, bits])
}

function parseData (data: Buffer): BlockHeader | null {
  if (data.readUInt8(0) !== version) return null
  const levelsEnd = fixedBytes + data.readUInt8(1) * levelBytes
  const filters = levelsEnd > data.length ? null : parseFilters(data.subarray(levelsEnd), data.readUInt8(2))
  if (filters === null) return null
  return {
    memberBytes: readLength(data, 4),
    linesBytes: readLength(data, 12),
    linesChecksum: data.readUInt32LE(20),
    lines: data.readUInt32LE(24),
    times: parseTimes(data),
    linesOfUnclearTime: data.readUInt32LE(32),
    levels: parseLevels(data.subarray(fixedBytes, levelsEnd)),
    linesOfUnclearLevel: data.readUInt32LE(36),
    filters
  }
}

// Exact for every safe integer. `isPossible` refuses larger ones.
function readLength (data: Buffer, at: number): number {
  return data.readUInt32LE(at) + data.readUInt32LE(at + 4) * 2 ** 32
}

function parseTimes (data: Buffer): BlockTimes | null {
  const key = timeKeys[data.readUInt8(3)]
  const lines = data.readUInt32LE(28)
  if (lines === 0 || key === undefined) return null
  const [firstMs, lastMs, earliestMs, latestMs] = [data.readDoubleLE(40), data.readDoubleLE(48), data.readDoubleLE(56), data.readDoubleLE(64)]
  return { key, lines, firstMs, lastMs, earliestMs, latestMs }
}

function parseLevels (data: Buffer): LevelCount[] {
  const levels: LevelCount[] = []
  for (let at = 0; at < data.length; at += levelBytes) levels.push({ level: data.readUInt16LE(at), lines: data.readUInt32LE(at + 2) })
  return levels
}

function parseFilters (data: Buffer, count: number): FieldFilter[] | null {
  const filters: FieldFilter[] = []
  let at = 0
  while (filters.length < Math.min(count, filtersMax)) {
    const bitsAt = at + 1 + (data[at] ?? 0) + 2
    if (bitsAt > data.length) return null
    const end = bitsAt + data.readUInt16LE(bitsAt - 2)
    if (end > data.length) return null
    filters.push({ field: data.toString('utf8', at + 1, bitsAt - 2), bits: data.subarray(bitsAt, end) })
    at = end
  }
  return at === data.length && filters.length === count ? filters : null
}

// Whether the formatter writes these bytes for the header. All but the times and the names can be written in one way only.
function isCanonical ({ times, levels, filters }: BlockHeader, data: Buffer): boolean {
  if (times === null && (data[3] !== 0 || data.readUInt32LE(28) !== 0 || !data.subarray(40, fixedBytes).equals(noTimes))) return false
  let at = fixedBytes + levels.length * levelBytes
  for (const { field, bits } of filters) {
    const nameBytes = data[at] ?? 0
    if (!Buffer.from(field).equals(data.subarray(at + 1, at + 1 + nameBytes))) return false
    at += 1 + nameBytes + 2 + bits.length
  }
  return true
}

// Whether some lines could have this header. Whether these lines have it shows when they are read.
function isPossible (header: BlockHeader, headerBytes: number): boolean {
  const { memberBytes, linesBytes, lines, times, linesOfUnclearTime, levels, linesOfUnclearLevel, filters } = header
  const packedBytes = memberBytes - headerBytes
  const levelLines = levels.reduce((sum, { lines }) => sum + lines, linesOfUnclearLevel)
  return Number.isSafeInteger(memberBytes) && Number.isSafeInteger(linesBytes) && packedBytes >= restBytesMin && linesBytes <= packedBytes * deflateRatioMax &&
    lines <= linesBytes && (lines > 0 || linesBytes === 0) &&
    (times?.lines ?? 0) + linesOfUnclearTime <= lines && (times === null || areOrdered(times)) &&
    levelLines <= lines && levels.length <= levelsMax &&
    levels.every(({ level, lines }, index) => lines > 0 && level > (levels[index - 1]?.level ?? -1)) &&
    new Set(filters.map(({ field }) => field)).size === filters.length
}

// NaN fails every comparison.
function areOrdered ({ firstMs, lastMs, earliestMs, latestMs }: BlockTimes): boolean {
  return Number.isFinite(earliestMs) && Number.isFinite(latestMs) &&
    earliestMs <= firstMs && firstMs <= latestMs && earliestMs <= lastMs && lastMs <= latestMs
}
