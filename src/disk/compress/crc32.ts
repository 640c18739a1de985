// The checksum that gzip uses, which a bundle's index is written with, so that it is the same on every Node. Newer Nodes
// have it built in; for the others it is computed here, by the table of RFC 1952.
import * as zlib from 'node:zlib'

const polynomial = 0xedb88320
const builtIn: { crc32?: (data: Buffer, value: number) => number } = zlib

/** Goes on summing up where a former piece ended with that value; 0 for the first. */
export const crc32: (data: Buffer, value: number) => number = builtIn.crc32 ?? computedCrc32

let table: Uint32Array | null = null

/** The same without any help of Node's. */
export function computedCrc32 (data: Buffer, value: number): number {
  table ??= Uint32Array.from({ length: 256 }, (_, index) => entryOf(index))
  let sum = ~value
  for (const byte of data) sum = (sum >>> 8) ^ (table[(sum ^ byte) & 0xff] ?? 0)
  return ~sum >>> 0
}

function entryOf (index: number): number {
  let entry = index
  for (let bit = 0; bit < 8; bit++) entry = (entry & 1) === 1 ? (entry >>> 1) ^ polynomial : entry >>> 1
  return entry
}
