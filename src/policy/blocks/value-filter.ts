// A Bloom filter of one field's values in a block. It tells that a value is absent, with about one false "perhaps" in a
// thousand. Values are compared by their text, so `5` and `"5"` are the same. docs/format.md specifies it to the bit.

/** The values of one field in a block. */
export interface FieldFilter {
  /** As in `compress.index`. A dot reaches inside an object. */
  readonly field: string
  /** Empty if every value may be present. */
  readonly bits: Buffer
}

/** The values that a filter can hold. It holds no objects and arrays. */
export type Scalar = string | number | boolean | null

const hashCount = 10
const bitsPerValue = 14.4
const stepSeed = 0x9e3779b9
/** In a smaller filter, the bits of different values collide too often. */
const bytesMin = 16

/** Returns the size in bytes of a filter for that many different values. */
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

/** False if no line of the block has the value in the field. */
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

/** FNV-1a with 32 bits, of a value's text in UTF-8. */
export function valueHash (bytes: Buffer, start = 0, end: number = bytes.length): number {
  let hash = 0x811c9dc5
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193)
  return hash >>> 0
}

// The engine takes several times as long for `%` with 32-bit numbers. The result is the same.
function remainder (position: number, bitCount: number): number {
  return position - Math.floor(position / bitCount) * bitCount
}

// The last step of MurmurHash3. It mixes bits that FNV leaves alike.
function mixed (hash: number): number {
  let mix = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  mix = Math.imul(mix ^ (mix >>> 13), 0xc2b2ae35)
  return (mix ^ (mix >>> 16)) >>> 0
}
