// The checksum of gzip (RFC 1952). Newer Nodes have it built in. For older ones it is computed here, so that every Node
// writes the same bytes.
import * as zlib from 'node:zlib'

const polynomial = 0xedb88320
const builtIn: { crc32?: (data: Buffer, value: number) => number } = zlib

/** Continues a sum. `value` is the sum of the earlier pieces, 0 for the first one. */
export const crc32: (data: Buffer, value: number) => number = builtIn.crc32 ?? computedCrc32

let table: Uint32Array | null = null

/** The same, without Node's own function. */
export function computedCrc32 (data: Buffer, value: number): number {
  return continued(data, 0, data.length, value)
}

/** The sum of the bytes between the positions. It makes no object, which a call of Node's own function needs for a part of a buffer. */
export function crc32Between (data: Buffer, from: number, to: number): number {
  return continued(data, from, to, 0)
}

function continued (data: Buffer, from: number, to: number, value: number): number {
  table ??= Uint32Array.from({ length: 256 }, (_, index) => entryOf(index))
  let sum = ~value
  for (let at = from; at < to; at++) sum = (sum >>> 8) ^ (table[(sum ^ (data[at] ?? 0)) & 0xff] ?? 0)
  return ~sum >>> 0
}

function entryOf (index: number): number {
  let entry = index
  for (let bit = 0; bit < 8; bit++) entry = (entry & 1) === 1 ? (entry >>> 1) ^ polynomial : entry >>> 1
  return entry
}
