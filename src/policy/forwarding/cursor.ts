// How far the lines of a log were sent: all of the archives up to one, and so many bytes of the lines that follow it. It counts
// bytes of lines, not of files, so that a rotation, a compression or a bundle does not disturb it.
import { createHash } from 'node:crypto'
import { bundlePeriodOf, bundleStampOf } from '../names/bundle-name.js'
import { compareArchives, type Archive, type ArchiveId } from '../names/archive-name.js'

export interface Cursor {
  /** The last archive of which every line was sent; null for none. */
  readonly after: ArchiveId | null
  /** Bytes of lines that were sent of the file that follows it. */
  readonly offset: number
  /** A checksum of how that file begins, so that another one in its place is noticed; null where nothing of it was sent. */
  readonly head: string | null
}

/** Where forwarding begins that has sent nothing yet. */
export const oldest: Cursor = { after: null, offset: 0, head: null }

/** How many bytes of a file its checksum covers, or fewer where less of it was sent. */
export const headBytesMax = 512

/** The checksum of how a file begins, of which so many bytes of lines were sent. `begin` has at least as many, or the first 512. */
export function headChecksum (begin: Buffer, offset: number): string | null {
  return offset === 0 ? null : createHash('sha256').update(begin.subarray(0, Math.min(headBytesMax, offset))).digest('hex').slice(0, 32)
}

export function formatCursor (cursor: Cursor): string {
  return `${JSON.stringify({ version: 1, ...cursor })}\n`
}

/** Reads a cursor; null where it is torn, or of a version that this one does not know. */
export function parseCursor (text: string): Cursor | null {
  try {
    const { version, after, offset, head } = JSON.parse(text) as Record<string, unknown>
    if (version !== 1 || !isPosition(offset) || (head !== null && typeof head !== 'string')) return null
    return after === null || isArchiveId(after) ? { after, offset, head } : null
  } catch {
    return null
  }
}

/** Whether the archive comes after what the cursor has left behind. */
export function isAhead (archive: ArchiveId, { after }: Cursor): boolean {
  return after === null || compareArchives(bare(archive), bare(after)) > 0
}

/** Whether two cursors are at the same place. */
export function isSameCursor (a: Cursor, b: Cursor): boolean {
  return a.offset === b.offset && a.after?.stamp === b.after?.stamp && a.after?.n === b.after?.n
}

/** Whether a bundle of that stamp may have lines that the cursor has not left behind. */
export function mayHoldUnsent (bundleStamp: string, { after }: Cursor): boolean {
  const period = bundlePeriodOf(bundleStamp)
  return period === null || after === null || bundleStamp >= bundleStampOf(after.stamp, period)
}

/** The cursor once every line of that archive was sent. */
export function past ({ stamp, n }: ArchiveId): Cursor {
  return { after: { stamp, n }, offset: 0, head: null }
}

function bare ({ stamp, n }: ArchiveId): Archive {
  return { stamp, n, name: '', suffix: '' }
}

function isPosition (value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function isArchiveId (value: unknown): value is ArchiveId {
  return typeof value === 'object' && value !== null && 'stamp' in value && typeof value.stamp === 'string' && 'n' in value && isPosition(value.n)
}
