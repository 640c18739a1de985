// How far a log's lines were sent: all archives up to one, and a number of bytes of the lines after it. It counts bytes of
// lines, not of files, so a rotation, a compression or a bundle does not disturb it.
import { createHash } from 'node:crypto'
import { bundlePeriodOf, bundleStampOf } from '../names/bundle-name.js'
import { compareArchives, type Archive, type ArchiveId } from '../names/archive-name.js'

export interface Cursor {
  /** The last archive whose lines were all sent; null for none. */
  readonly after: ArchiveId | null
  /** How many bytes of lines were sent from the file after it. */
  readonly offset: number
  /** A checksum of that file's beginning, so that another file in its place is noticed; null if nothing of it was sent. */
  readonly head: string | null
}

/** Any other text would come after every archive, and none of them would be sent. */
const stampForm = /^\d{8}(?:_\d{6})?$/

/** The cursor if nothing was sent yet. */
export const oldest: Cursor = { after: null, offset: 0, head: null }

/** A checksum covers this many bytes of a file, or fewer if less of it was sent. */
export const headBytesMax = 512

/**
 * The checksum of a file's beginning, if that many bytes of lines were sent. `begin` has at least as many, or the first 512.
 */
export function headChecksum (begin: Buffer, offset: number): string | null {
  return offset === 0 ? null : createHash('sha256').update(begin.subarray(0, Math.min(headBytesMax, offset))).digest('hex').slice(0, 32)
}

/** What the receiver answered last, for `status`. */
export interface LastAnswer {
  /** As ISO 8601. */
  readonly at: string
  readonly text: string
  readonly isAccepted: boolean
}

export function formatCursor (cursor: Cursor, answer: LastAnswer | null): string {
  return `${JSON.stringify({ version: 1, ...cursor, answer })}\n`
}

/** Parses the last answer that is recorded beside a cursor; null if there is none. */
export function parseLastAnswer (text: string): LastAnswer | null {
  try {
    const { answer } = JSON.parse(text) as { answer?: unknown }
    return isAnswer(answer) ? answer : null
  } catch {
    return null
  }
}

/** Parses a cursor; null if it is torn, or of an unknown version. */
export function parseCursor (text: string): Cursor | null {
  try {
    const { version, after, offset, head } = JSON.parse(text) as Record<string, unknown>
    if (version !== 1 || !isPosition(offset) || (head !== null && typeof head !== 'string')) return null
    return after === null || isArchiveId(after) ? { after, offset, head } : null
  } catch {
    return null
  }
}

/** Whether the archive comes after the cursor. */
export function isAhead (archive: ArchiveId, { after }: Cursor): boolean {
  return after === null || compareArchives(bare(archive), bare(after)) > 0
}

/** Whether two cursors are at the same place. */
export function isSameCursor (a: Cursor, b: Cursor): boolean {
  return a.offset === b.offset && a.after?.stamp === b.after?.stamp && a.after?.n === b.after?.n
}

/** Whether a bundle with that stamp may contain lines after the cursor. */
export function mayHoldUnsent (bundleStamp: string, { after }: Cursor): boolean {
  const period = bundlePeriodOf(bundleStamp)
  return period === null || after === null || bundleStamp >= bundleStampOf(after.stamp, period)
}

/** The cursor after every line of that archive was sent. */
export function past ({ stamp, n }: ArchiveId): Cursor {
  return { after: { stamp, n }, offset: 0, head: null }
}

function bare ({ stamp, n }: ArchiveId): Archive {
  return { stamp, n, name: '', suffix: '' }
}

function isAnswer (value: unknown): value is LastAnswer {
  if (typeof value !== 'object' || value === null) return false
  const { at, text, isAccepted } = value as Record<string, unknown>
  return typeof at === 'string' && typeof text === 'string' && typeof isAccepted === 'boolean'
}

function isPosition (value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function isArchiveId (value: unknown): value is ArchiveId {
  return typeof value === 'object' && value !== null && 'stamp' in value && typeof value.stamp === 'string' && stampForm.test(value.stamp) && 'n' in value && isPosition(value.n)
}
