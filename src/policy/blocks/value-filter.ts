// A Bloom filter of the values that one field has in a block: it tells that a value is not there, with about one wrong "perhaps"
// in a thousand. A value is known by its text, so that `5` and `"5"` are the same. docs/format.md specifies it to the bit.

/** The values of one field in a block. */
export interface FieldFilter {
  /** As it is in `compress.index`: a dot reaches inside an object. */
  readonly field: string
  /** No bytes: any value may be there. */
  readonly bits: Buffer
}

/** What a filter can hold. Objects and arrays are in none. */
export type Scalar = string | number | boolean | null

const hashCount = 10
const bitsPerValue = 14.4
const stepSeed = 0x9e3779b9
/** Below this the bits of different values meet too often. */
const bytesMin = 16

/** How many bytes a filter for so many different values takes. */
export function filterBytes (values: number): number {
  return Math.max(bytesMin, Math.ceil(values * bitsPerValue / 8))
}

/** Makes a filter of the hashes of different values. */
export function filterOf (hashes: Uint32Array): Buffer {
  const bits = Buffer.alloc(filterBytes(hashes.length))
  const bitCount = bits.length * 8
  for (const hash of hashes) {
    let position = mixed(hash)
    let step = mixed(hash + stepSeed)
    for (let count = 1; count <= hashCount; count++) {
      const bit = remainder(position, bitCount)
      bits[bit >>> 3] = (bits[bit >>> 3] ?? 0) | (1 << (bit & 7))
      position = (position + step) >>> 0
      step = (step + count) >>> 0
    }
  }
  return bits
}

/** False where the field has the value in no line of the block. */
export function mayHold ({ bits }: FieldFilter, value: Scalar): boolean {
  if (bits.length === 0) return true
  const hash = valueHash(Buffer.from(String(value)))
  let position = mixed(hash)
  let step = mixed(hash + stepSeed)
  for (let count = 1; count <= hashCount; count++) {
    const bit = remainder(position, bits.length * 8)
    if (((bits[bit >>> 3] ?? 0) & (1 << (bit & 7))) === 0) return false
    position = (position + step) >>> 0
    step = (step + count) >>> 0
  }
  return true
}

/** FNV-1a with 32 bits, of the text of a value in UTF-8. */
export function valueHash (bytes: Buffer, start = 0, end: number = bytes.length): number {
  let hash = 0x811c9dc5
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193)
  return hash >>> 0
}

// The engine takes several times as long for `%` where numbers have 32 bits. Both give the same.
function remainder (position: number, bitCount: number): number {
  return position - Math.floor(position / bitCount) * bitCount
}

// The last step of MurmurHash3, which spreads what FNV leaves alike.
function mixed (hash: number): number {
  let mix = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  mix = Math.imul(mix ^ (mix >>> 13), 0xc2b2ae35)
  return (mix ^ (mix >>> 16)) >>> 0
}
