// Finds what follows a file that is no longer the active one: its archive, later archives, and the new active file. Each is
// opened at once, soon after a rotation, so that it cannot vanish.
import { join } from 'node:path'
import { compareArchives, type Archive, type LogName } from '../policy/names/archive-name.js'
import { holdArchive, isSameArchive, readCopyFrom, type HeldArchive } from './archive-reading.js'
import { closingOnFailure, HeldFile } from './held-file.js'
import { isBeside, listArchives, placeOf, type ListedArchive } from './log-snapshot.js'

export interface Successors {
  /** The archive that the followed file is now; null if it is none. */
  readonly own: Archive | null
  /** Archives whose lines come after those of the followed file, in the order of names. */
  readonly archives: readonly HeldArchive[]
  readonly active: HeldFile
  /** The newest archive at present. */
  readonly newest: Archive | null
}

/** A copy has its source's modification time, but not every file system stores it to the nanosecond. */
const timeToleranceMs = 2
const secondMs = 1_000

/** Finds what follows the file; null if it is still active, or nothing has replaced it yet. */
export async function findSuccessors (log: LogName, followed: HeldFile, newestBefore: Archive | null): Promise<Successors | null> {
  if (followed.isAt(join(log.directory, log.base))) return null
  return await closingOnFailure(async (opened) => await openSuccessors(log, followed, newestBefore, opened))
}

async function openSuccessors (log: LogName, followed: HeldFile, newestBefore: Archive | null, opened: HeldFile[]): Promise<Successors | null> {
  const path = join(log.directory, log.base)
  const active = await HeldFile.open(path)
  if (active === null) return null
  opened.push(active)
  const isNewer = (found: ListedArchive): boolean => isBeside(log, active, found) && (newestBefore === null || isAfter(found.value, newestBefore))
  const before = (await listArchives(log)).filter(isNewer)
  const same = before.find((found) => followed.isAt(placeOf(log, found) ?? ''))
  // The archive may have been compressed meanwhile. Its copy got a name before the archive was removed, but perhaps after
  // the folder was listed.
  const newer = same === undefined ? (await listArchives(log)).filter(isNewer) : before
  // After the last listing: an active file that was rotated since it was opened is among the archives, perhaps as a copy.
  if (!active.isAt(path) || followed.isAt(path)) {
    await active.close()
    return null
  }
  const own = same ?? await copyAmong(log, newer, followed)
  const later = newer.filter(({ value }) => own === null || isAfter(value, own.value))
  return { own: own?.value ?? null, archives: await holdAll(log, later, opened), active, newest: newer.at(-1)?.value ?? newestBefore }
}

/** Opens the listed archives, without a second copy of one. Each is added to `opened`. */
export async function holdAll (log: LogName, listed: readonly ListedArchive[], opened: HeldFile[]): Promise<HeldArchive[]> {
  const held: HeldArchive[] = []
  for (const { value } of listed) {
    const last = held.at(-1)
    if (last !== undefined && isSameArchive(last.archive, value)) continue
    const archive = await holdArchive(log, value)
    if (archive === null) continue
    opened.push(archive.held)
    held.push(archive)
  }
  return held
}

// If it was compressed very soon, only its copy is left, which has the same time. A sealed file tells that to the second, and how
// much the copy holds.
async function copyAmong (log: LogName, [first]: readonly ListedArchive[], followed: HeldFile): Promise<ListedArchive | null> {
  if (first === undefined || first.value.suffix === '') return null
  const { modifiedMs, isToSecond, bytes } = await followed.contentBeforeSeal()
  const laterMs = first.modifiedMs - modifiedMs
  if (laterMs < -timeToleranceMs || laterMs > timeToleranceMs + (isToSecond ? secondMs : 0)) return null
  return !isToSecond || await contentBytes(log, first.value) === bytes ? first : null
}

async function contentBytes (log: LogName, archive: Archive): Promise<number> {
  let bytes = 0
  await readCopyFrom(log, archive, 0, (piece) => {
    bytes += piece.length
    return Promise.resolve()
  })
  return bytes
}

function isAfter (archive: Archive, other: Archive): boolean {
  return !isSameArchive(archive, other) && compareArchives(archive, other) > 0
}
