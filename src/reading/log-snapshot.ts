// Lists a log's files at one instant, although a writer may rotate meanwhile. The active file is opened first. The listing
// counts only if the path still leads to that file afterwards.
import { join } from 'node:path'
import { describe, describeAll, listFolder, type FileDescription, type Listed } from '../disk/archive-folder.js'
import { compareArchives, parseArchiveName, type Archive, type LogName } from '../policy/names/archive-name.js'
import { namesOf } from './archive-reading.js'
import { closingOnFailure, HeldFile } from './held-file.js'
import { findInPassage, lookPastSwap } from './swap-instant.js'

export type ListedArchive = Listed<Archive> & FileDescription

export interface LogSnapshot {
  /** The open active file; null if there is none. */
  readonly active: HeldFile | null
  /** In the order of names, without a second name of the active file. */
  readonly archives: readonly ListedArchive[]
  /** Names that an empty file keeps for the active file, or kept for it until a crash. */
  readonly reserved: readonly ListedArchive[]
}

/** If a program rotates faster than a folder can be listed, the last of this many listings is used. */
const attemptsMax = 20

/** Takes the snapshot. The caller must close the active file. */
export async function takeSnapshot (log: LogName): Promise<LogSnapshot> {
  for (let attempt = 1; ; attempt++) {
    const snapshot = await closingOnFailure(async (opened) => await lookOnce(log, opened, attempt >= attemptsMax))
    if (snapshot !== null) return snapshot
  }
}

// Null if the active file was replaced meanwhile.
async function lookOnce (log: LogName, opened: HeldFile[], isLast: boolean): Promise<LogSnapshot | null> {
  const path = join(log.directory, log.base)
  const active = await lookPastSwap(log, () => HeldFile.open(path))
  if (active !== null) opened.push(active)
  const archives = await lookPastSwap(log, () => listWithoutReserved(log)) ?? await listArchives(log)
  if (isLast || (active === null ? await isMissing(path) : active.isAt(path))) {
    if (active === null) return { active, archives, reserved: [] }
    return { active, archives: archives.filter((found) => isBeside(log, active, found)), reserved: archives.filter((found) => placeOf(log, found) === null) }
  }
  await active?.close()
  return null
}

/** Lists the log's archives in the order of names, including those that are compressed meanwhile. */
export async function listArchives (log: LogName): Promise<ListedArchive[]> {
  const listed = await listTwice(log)
  const described = await describeAll(log.directory, listed)
  const known = new Set(described.map(({ value }) => idOf(value)))
  const renamed = listed.filter(({ value }) => !known.has(idOf(value))).flatMap(({ value }) => underAnyName(log, value))
  return [...described, ...renamed].sort((a, b) => compareArchives(a.value, b.value))
}

// A folder is read in parts. If an archive is compressed meanwhile, its new name may come too late for the first part and
// its old name may be gone from the last. That happens to an archive only once, so the other listing has it.
async function listTwice (log: LogName): Promise<Array<Listed<Archive>>> {
  const byName = new Map<string, Listed<Archive>>()
  for (let look = 0; look < 2; look++) {
    for (const found of await listFolder(log.directory, (name) => parseArchiveName(name, log), log.stem)) byName.set(found.name, found)
  }
  return [...byName.values()]
}

/**
 * Where the archive's file is; null if its name is only reserved. Where files have no second name, a swap gives it to an empty file
 * before it gives it to the active one, which may be in a passage in between.
 */
export function placeOf (log: LogName, found: ListedArchive): string | null {
  const path = join(log.directory, found.name)
  if (!isReserved(found)) return path
  // It may have left the passage since it was listed.
  return findInPassage(log, found.name) ?? (describe(path)?.bytes === 0 ? null : path)
}

/** Whether the archive is another file than the active one, by any name. */
export function isBeside (log: LogName, active: HeldFile, found: ListedArchive): boolean {
  const path = placeOf(log, found)
  return path !== null && !(isReserved(found) ? active.isAt(path) : active.isAlso(path, found))
}

function isReserved ({ value, bytes }: ListedArchive): boolean {
  return value.suffix === '' && bytes === 0
}

async function listWithoutReserved (log: LogName): Promise<ListedArchive[] | null> {
  const listed = await listArchives(log)
  return listed.some(isReserved) ? null : listed
}

function underAnyName (log: LogName, archive: Archive): ListedArchive[] {
  for (const value of namesOf(log, archive)) {
    const description = describe(join(log.directory, value.name))
    if (description !== null) return [{ name: value.name, value, ...description }]
  }
  return [] // removed meanwhile
}

function idOf ({ stamp, n }: Archive): string {
  return `${stamp}.${n}`
}

async function isMissing (path: string): Promise<boolean> {
  const file = await HeldFile.open(path)
  await file?.close()
  return file === null
}
