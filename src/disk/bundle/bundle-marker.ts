// The marker before each archive in a bundle: an empty gzip member, which every gzip reader skips. Its header names the
// archive and describes what follows. A later run reads the markers and knows the bundle's content without unpacking it.
//
// The header (RFC 1952) has FNAME, the archive's name once unpacked in UTF-8, and one subfield `PR` of FEXTRA. In it, little
// endian: where in the archive's content the stretch that follows begins and where it ends (8 bytes each), the CRC-32 of
// the content up to that end and of the stretch alone (4 each), and how many bytes the stretch takes packed (8).

export interface BundleEntry {
  /** The archive's name without its compression. */
  readonly name: string
  /**
   * Where the stretch begins in the archive's content. It is the whole content, unless the archive grew between two runs.
   */
  readonly from: number
  readonly to: number
  /** The checksum of the archive's content up to `to`. */
  readonly checksumTo: number
  /** The checksum of the stretch. */
  readonly checksum: number
  readonly packedBytes: number
}

const fixed = Buffer.from([0x1f, 0x8b, 8, 0b1100, 0, 0, 0, 0, 0, 255])
const fieldId = Buffer.from('PR')
const fieldBytes = 32
const extraBytes = fieldId.length + 2 + fieldBytes
const fieldAt = fixed.length + 2 + fieldId.length + 2
const nameAt = fieldAt + fieldBytes
/** An empty deflate block, the checksum of nothing, and its length. */
const emptyMember = Buffer.from([3, 0, 0, 0, 0, 0, 0, 0, 0, 0])
const nameBytesMax = 255

/** The largest size of a marker. */
export const markerBytesMax = nameAt + nameBytesMax + 1 + emptyMember.length

/** Writes the marker of an entry. Its length depends on the name alone. */
export function formatMarker (entry: BundleEntry): Buffer {
  const extra = Buffer.alloc(2 + extraBytes)
  extra.writeUInt16LE(extraBytes, 0)
  fieldId.copy(extra, 2)
  extra.writeUInt16LE(fieldBytes, 4)
  extra.writeBigUInt64LE(BigInt(entry.from), 6)
  extra.writeBigUInt64LE(BigInt(entry.to), 14)
  extra.writeUInt32LE(entry.checksumTo, 22)
  extra.writeUInt32LE(entry.checksum, 26)
  extra.writeBigUInt64LE(BigInt(entry.packedBytes), 30)
  return Buffer.concat([fixed, extra, Buffer.from(`${entry.name}\0`), emptyMember])
}

/** Reads the marker at the beginning of the bytes; null unless the formatter could have written it. */
export function parseMarker (bytes: Buffer): { readonly entry: BundleEntry, readonly markerBytes: number } | null {
  const nameEnd = bytes.indexOf(0, nameAt)
  if (bytes.length < nameAt || nameEnd === -1) return null
  const entry: BundleEntry = {
    name: bytes.toString('utf8', nameAt, nameEnd),
    from: Number(bytes.readBigUInt64LE(fieldAt)),
    to: Number(bytes.readBigUInt64LE(fieldAt + 8)),
    checksumTo: bytes.readUInt32LE(fieldAt + 16),
    checksum: bytes.readUInt32LE(fieldAt + 20),
    packedBytes: Number(bytes.readBigUInt64LE(fieldAt + 24))
  }
  if (![entry.from, entry.to, entry.packedBytes].every(Number.isSafeInteger)) return null
  const written = formatMarker(entry)
  return bytes.subarray(0, written.length).equals(written) ? { entry, markerBytes: written.length } : null
}
