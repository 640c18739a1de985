// Lists a log's files on the disk at one instant, without changing or awaiting anything. `status` and other commands are
// based on it.
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { describe, freeBytes } from '../../disk/archive-folder.js'
import { createdMs } from '../../disk/creation-time.js'
import { errnoOf } from '../../disk/errno.js'
import { gzipOriginalBytes } from '../../disk/compress/gzip-size.js'
import { readBlockHeader } from '../../policy/blocks/block-header.js'
import { lockHolder, type LockHolder } from '../../disk/lock/lock-holder.js'
import type { Settings } from '../../options/settings.js'
import { compareArchives, logOf, type LogName } from '../../policy/names/archive-name.js'
import { hiddenName } from '../../policy/names/hidden-name.js'
import type { FoundArchive } from '../../policy/retention/sweep-plan.js'
import type { SurveyedActive, SurveyedArchive, SurveyedLog, Unfinished } from '../../policy/status/survey.js'
import { pathBelow } from '../../policy/names/path-below.js'
import { surveyBundles } from '../../reading/bundle-survey.js'
import { lookPastSwap } from '../../reading/swap-instant.js'
import { LogFolder, type FolderContents } from '../log-folder.js'

/** The files of one log, and who holds its locks. */
export interface LogSurvey extends SurveyedLog {
  readonly rotateLock: LockHolder | null
  readonly sweepLock: LockHolder | null
}

/** How many archives are read before other work gets its turn. One of many blocks takes milliseconds. */
const batchArchives = 8
const nothingThere: Pick<FolderContents, 'archives' | 'leftovers' | 'reserved' | 'failures'> = { archives: [], leftovers: [], reserved: [], failures: [] }

/** Surveys the log. A missing file or folder counts as empty. */
export async function surveyLog (settings: Settings, nowMs: number): Promise<LogSurvey> {
  const log = logOf(settings)
  await lookPastSwap(log, () => activeAt(settings.file))
  // The locks are read before and after the listing, so that work which a process finishes meanwhile is no leftover.
  const before = locksOf(log)
  const contents = await readFolder(settings, log, nowMs)
  const bundles = await surveyBundles(settings, log, nowMs)
  const after = locksOf(log)
  const inWork = [before, after].some(({ rotateLock, sweepLock }) => isAlive(rotateLock) || isAlive(sweepLock))
  return {
    log,
    active: await lookPastSwap(log, () => activeAt(settings.file)),
    archives: await lookInto(log, contents.archives, settings.fileBytesMax),
    unfinished: [...contents.leftovers, ...contents.reserved.map(({ path }) => path), ...bundles.leftovers].flatMap((path) => unfinished(log, path, inWork)),
    bundles,
    failures: contents.failures,
    freeBytes: await freeBytesOrNull(log.directory),
    ...after
  }
}

function activeAt (file: string): SurveyedActive | null {
  const description = describe(file)
  return description === null ? null : { bytes: description.bytes, modifiedMs: description.modifiedMs, createdMs: createdMs(file) }
}

function locksOf (log: LogName): Pick<LogSurvey, 'rotateLock' | 'sweepLock'> {
  return {
    rotateLock: lockHolder(join(log.directory, hiddenName(log, 'lock'))),
    sweepLock: lockHolder(join(log.directory, hiddenName(log, 'sweep')))
  }
}

function isAlive (holder: LockHolder | null): boolean {
  return holder !== null && holder.liveness !== 'gone'
}

async function readFolder (settings: Settings, log: LogName, nowMs: number): Promise<typeof nothingThere> {
  try {
    return await new LogFolder(settings, log, { now: () => nowMs, monotonic: () => 0 }).read()
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return nothingThere // the first line creates the folder
    throw error
  }
}

async function lookInto (log: LogName, archives: readonly FoundArchive[], fileBytesMax: number): Promise<SurveyedArchive[]> {
  const surveyed: SurveyedArchive[] = []
  for (const found of [...archives].sort((a, b) => compareArchives(a.archive, b.archive))) {
    surveyed.push({ ...found, writtenBytes: writtenBytes(log, found, fileBytesMax) })
    if (surveyed.length % batchArchives === 0) await setImmediate()
  }
  return surveyed
}

function writtenBytes (log: LogName, { archive, bytes }: FoundArchive, fileBytesMax: number): number | null {
  switch (archive.suffix) {
    case '': return bytes
    case '.gz': return gzipOriginalBytes(join(log.directory, archive.name), fileBytesMax, readBlockHeader)
    default: return null
  }
}

function unfinished (log: LogName, path: string, inWork: boolean): Unfinished[] {
  const description = describe(path)
  return description === null ? [] : [{ name: pathBelow(log, path), bytes: description.bytes, inWork }]
}

async function freeBytesOrNull (directory: string): Promise<number | null> {
  try {
    return await freeBytes(directory)
  } catch {
    return null // The folder is missing, or its file system does not tell the free bytes.
  }
}
