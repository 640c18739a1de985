// Decides which archives are removed to keep the limits. All limits apply, and the oldest archive goes first. An archive is
// removed as a whole, with both its plain and its compressed file if a crash left both. The active file and other programs'
// files are not in the input, so they cannot be chosen.
import type { RemovalReason } from '../../events.js'
import type { Limits } from '../../options/settings.js'
import { compareArchives, type Archive } from '../names/archive-name.js'
import { HoldCount, type Hold, type HoldName } from './holds.js'

export interface StoredArchive {
  readonly archive: Archive
  readonly bytes: number
  /** The instant from which its age counts. */
  readonly ageFromMs: number
}

export interface Removal {
  readonly stored: StoredArchive
  readonly reason: RemovalReason
  /** The holds that the archive should have waited for, but no longer could. */
  readonly givenUp: readonly HoldName[]
}

export interface RetentionInput {
  readonly archives: readonly StoredArchive[]
  readonly activeBytes: number
  /** The free bytes of the file system; `Infinity` if unknown. */
  readonly freeBytes: number
  readonly limits: Limits
  readonly nowMs: number
  /** What may not be removed yet. */
  readonly holds?: readonly Hold[]
}

/** The files of one archive. */
interface Group {
  readonly archive: Archive
  readonly files: readonly StoredArchive[]
  readonly bytes: number
  readonly expired: boolean
}

/** What would be left if nothing more was removed. */
interface Remainder {
  count: number
  totalBytes: number
  freeBytes: number
}

/** The files to remove so that every limit holds, oldest first, each with the first limit that it is removed for. */
export function planRemovals (input: RetentionInput): Removal[] {
  const groups = groupById(input)
  const holds = new HoldCount(input.holds ?? [], groups)
  const remainder = withoutExpired(groups, input)
  const removals: Removal[] = []
  for (const group of groups) {
    const reason = group.expired ? 'age' : exceededLimit(remainder, input.limits)
    if (reason === null) continue
    if (holds.keeps(group.archive)) {
      if (group.expired) putBack(group, remainder)
      continue
    }
    if (!group.expired) take(group, remainder)
    const givenUp = holds.giveUp(group.archive, group.bytes)
    for (const stored of group.files) removals.push({ stored, reason, givenUp })
  }
  return removals
}

function groupById ({ archives, limits, nowMs }: RetentionInput): Group[] {
  const sorted = [...archives].sort((a, b) => compareArchives(a.archive, b.archive))
  const groups: Group[] = []
  for (let start = 0, end = 0; start < sorted.length; start = end) {
    while (end < sorted.length && isSameArchive(sorted[start], sorted[end])) end++
    const files = sorted.slice(start, end)
    const [first] = files
    if (first === undefined) break
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
    groups.push({ archive: first.archive, files, bytes, expired: files.every(({ ageFromMs }) => nowMs - ageFromMs > limits.ageMs) })
  }
  return groups
}

function isSameArchive (a: StoredArchive | undefined, b: StoredArchive | undefined): boolean {
  return a?.archive.stamp === b?.archive.stamp && a?.archive.n === b?.archive.n
}

function withoutExpired (groups: readonly Group[], { activeBytes, freeBytes }: RetentionInput): Remainder {
  const archivesBytes = groups.reduce((sum, { bytes }) => sum + bytes, 0)
  const remainder = { count: groups.length, totalBytes: activeBytes + archivesBytes, freeBytes }
  for (const group of groups) {
    if (group.expired) take(group, remainder)
  }
  return remainder
}

function take (group: Group, remainder: Remainder): void {
  remainder.count -= 1
  remainder.totalBytes -= group.bytes
  remainder.freeBytes += group.bytes
}

function putBack (group: Group, remainder: Remainder): void {
  remainder.count += 1
  remainder.totalBytes += group.bytes
  remainder.freeBytes -= group.bytes
}

function exceededLimit (remainder: Remainder, limits: Limits): RemovalReason | null {
  if (remainder.count > limits.count) return 'count'
  if (remainder.totalBytes > limits.totalBytes) return 'totalSize'
  if (remainder.freeBytes < limits.freeBytesMin) return 'minFree'
  return null
}
