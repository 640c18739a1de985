// Names one line for good: its file by the order of names, its first byte among the file's lines, and a checksum of the line.
// A rotation, a compression or a bundle changes none of them. Another line in the same place is noticed.
import { basename } from 'node:path'
import { crc32 } from '../../platform/crc32.js'
import { compareArchives, type ArchiveId } from '../names/archive-name.js'
import { isRealStamp } from '../names/stamp.js'

/** A file of a log. The active file is named by the archive before it, since it becomes the next archive. */
export type FilePlace =
  | { readonly kind: 'archive', readonly id: ArchiveId }
  | { readonly kind: 'active', readonly after: ArchiveId | null }
  /** A file that another tool rotated. Only a checksum of its name is known to clients. */
  | { readonly kind: 'foreign', readonly nameChecksum: number }

export interface LineCursor {
  readonly file: FilePlace
  /** Where the line begins, in bytes of the file's lines. */
  readonly offset: number
  /** Null for a place that is only a limit of a search, not a line. */
  readonly checksum: number | null
}

/** A checksum covers this many bytes of a line. */
export const checkedBytesMax = 512
const cursorForm = /^(?:(a)\.(\d{8}(?:_\d{6})?)\.(\d{1,9})|(n)(?:\.(\d{8}(?:_\d{6})?)\.(\d{1,9}))?|(f)\.([0-9a-f]{1,8}))-(\d{1,15})(?:-([0-9a-f]{1,8}))?$/

export function archivePlace ({ stamp, n }: ArchiveId): FilePlace {
  return { kind: 'archive', id: { stamp, n } }
}

export function activePlace (newest: ArchiveId | null): FilePlace {
  return { kind: 'active', after: newest === null ? null : { stamp: newest.stamp, n: newest.n } }
}

export function foreignPlace (path: string): FilePlace {
  return { kind: 'foreign', nameChecksum: crc32(Buffer.from(basename(path)), 0) }
}

/** The checksum of a line, without its newline. */
export function lineChecksum (line: Buffer): number {
  return crc32(line.subarray(0, checkedBytesMax), 0)
}

export function formatLineCursor ({ file, offset, checksum }: LineCursor): string {
  return `${formatPlace(file)}-${offset}${checksum === null ? '' : `-${checksum.toString(16)}`}`
}

/** Parses a cursor; null for any other text. */
export function parseLineCursor (text: string): LineCursor | null {
  const match = cursorForm.exec(text)
  if (match === null) return null
  const [, archive, stamp = '', n = '', active, afterStamp, afterN = '', , nameChecksum = '', offset = '', checksum] = match
  const file: FilePlace = archive !== undefined
    ? { kind: 'archive', id: { stamp, n: Number(n) } }
    : active !== undefined
      ? { kind: 'active', after: afterStamp === undefined ? null : { stamp: afterStamp, n: Number(afterN) } }
      : { kind: 'foreign', nameChecksum: parseInt(nameChecksum, 16) }
  if ((archive !== undefined && !isRealStamp(stamp)) || (afterStamp !== undefined && !isRealStamp(afterStamp))) return null
  return { file, offset: Number(offset), checksum: checksum === undefined ? null : parseInt(checksum, 16) }
}

/** Finds the cursor's file among a log's files, oldest first; -1 if it is gone. */
export function findPlace (places: ReadonlyArray<FilePlace | undefined>, { file }: LineCursor): number {
  switch (file.kind) {
    case 'archive': return places.findIndex((place) => place?.kind === 'archive' && isSame(place.id, file.id))
    case 'foreign': return places.findIndex((place) => place?.kind === 'foreign' && place.nameChecksum === file.nameChecksum)
    // It may be an archive meanwhile: the first one after that archive.
    case 'active': return places.findIndex((place) => place?.kind === 'active' || (place?.kind === 'archive' && isAfter(place.id, file.after)))
  }
}

function formatPlace (file: FilePlace): string {
  switch (file.kind) {
    case 'archive': return `a.${file.id.stamp}.${file.id.n}`
    case 'active': return file.after === null ? 'n' : `n.${file.after.stamp}.${file.after.n}`
    case 'foreign': return `f.${file.nameChecksum.toString(16)}`
  }
}

function isAfter (id: ArchiveId, other: ArchiveId | null): boolean {
  return other === null || compareArchives(bare(id), bare(other)) > 0
}

function isSame (id: ArchiveId, other: ArchiveId): boolean {
  return id.stamp === other.stamp && id.n === other.n
}

function bare ({ stamp, n }: ArchiveId) {
  return { stamp, n, name: '', suffix: '' } as const
}
