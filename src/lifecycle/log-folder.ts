// Lists what a sweep handles in the log's folder: the log's archives, and leftovers of a crash.
import { join } from 'node:path'
import type { Clock } from '../clock.js'
import { describe, describeAll, listFolder, type FileDescription, type Listed } from '../disk/archive-folder.js'
import { isSameFile } from '../disk/file-identity.js'
import type { Settings } from '../options/settings.js'
import { parseArchiveName, type Archive, type LogName } from '../policy/names/archive-name.js'
import { hiddenName, isFailureName, isHiddenName, isLasting } from '../policy/names/hidden-name.js'
import { withSoundAges } from '../policy/retention/ages.js'
import { settleMs } from '../policy/settling.js'
import { ageFrom, rotatedAt, type FoundArchive } from '../policy/retention/sweep-plan.js'
import type { SurveyedFailure } from '../policy/status/survey.js'

export interface FolderContents {
  readonly archives: FoundArchive[]
  /** Paths that no process needs any more once both locks are held. */
  readonly leftovers: string[]
  /** Empty archives: names that were reserved for a rename, which may still come, or files of a writer that has not written yet. */
  readonly reserved: ReservedName[]
  /** Whether the swap lock exists: a process is rotating, or was when it crashed. */
  readonly isSwapLocked: boolean
  readonly activeBytes: number
  /** What fails in the processes that use the log, as they noted it. */
  readonly failures: readonly SurveyedFailure[]
}

export interface ReservedName {
  readonly path: string
  /** No writer that was not held up still appends to it. */
  readonly settled: boolean
}

type Meaning = Archive | 'hidden' | 'lock' | 'failure'
type Found = Listed<Meaning> & FileDescription
type ListedArchive = Listed<Archive> & FileDescription

/** A record of a process that cannot be asked is a leftover after this time. */
const unknownRecordMsMax = 24 * 60 * 60 * 1000

export class LogFolder {
  readonly #settings: Settings
  readonly #log: LogName
  readonly #clock: Clock
  /** When each plain archive was first seen here, by the monotonic clock. */
  #firstSeenMs: ReadonlyMap<string, number> = new Map()

  constructor (settings: Settings, log: LogName, clock: Clock) {
    this.#settings = settings
    this.#log = log
    this.#clock = clock
  }

  /** Finds every archive of the log and every leftover. */
  async read (): Promise<FolderContents> {
    const { directory } = this.#log
    const active = describe(this.#settings.file)
    const listed = await describeAll(directory, await listFolder(directory, (name) => this.#recognise(name), this.#log.stem))
    // An archive name that also leads to the active file is half a swap. The writer finishes it.
    const others = listed.filter(({ identity }) => active === null || !isSameFile(identity, active.identity))
    const archives = others.filter(isArchive)
    const seenBefore = this.#remember(archives)
    const noted = await this.#readFailures(others.filter(({ value }) => value === 'failure'))
    return {
      archives: withSoundAges(archives.filter((found) => !isEmpty(found)).map((found) => this.#found(found, seenBefore)), this.#clock.now()),
      leftovers: [...others.filter(({ value }) => value === 'hidden').map(({ name }) => join(directory, name)), ...noted.leftovers],
      reserved: archives.filter(isEmpty).map(({ name }) => ({ path: join(directory, name), settled: this.#isSettled(name, seenBefore) })),
      isSwapLocked: others.some(({ value }) => value === 'lock'),
      activeBytes: active?.bytes ?? 0,
      failures: noted.failures
    }
  }

  // Few sweeps find a record, so the code that reads it is loaded only then.
  async #readFailures (records: readonly Found[]): Promise<{ readonly failures: readonly SurveyedFailure[], readonly leftovers: readonly string[] }> {
    const failures: SurveyedFailure[] = []
    const leftovers: string[] = []
    // A bundler may have left the file out. Then the records stay.
    const reader = records.length === 0 ? null : await import('./failures/failure-record.js').catch(() => null)
    if (reader === null) return { failures, leftovers }
    for (const { name, changedMs } of records) {
      const path = join(this.#log.directory, name)
      const { liveness, pid, failure } = reader.readFailure(path)
      const isOld = this.#clock.now() - changedMs > unknownRecordMsMax
      if (liveness === 'gone' || (liveness === 'unknown' && isOld)) leftovers.push(path)
      else if (failure !== null && pid !== null) failures.push({ ...failure, pid, isAlive: liveness === 'alive' })
    }
    return { failures, leftovers }
  }

  #recognise (name: string): Meaning | null {
    const archive = parseArchiveName(name, this.#log)
    if (archive !== null || !isHiddenName(name, this.#log)) return archive
    // A lock is broken by the process that takes it, and never removed like a leftover. This process holds the sweep's lock.
    if (name === hiddenName(this.#log, 'sweep') || isLasting(name, this.#log)) return null
    if (isFailureName(name, this.#log)) return 'failure'
    return name === hiddenName(this.#log, 'lock') ? 'lock' : 'hidden'
  }

  #found ({ value: archive, bytes, changedMs, modifiedMs }: ListedArchive, seenMs: ReadonlyMap<string, number>): FoundArchive {
    const { timezone } = this.#settings
    return {
      archive,
      bytes,
      ageFromMs: ageFrom(archive, timezone),
      rotatedAtMs: rotatedAt(archive, changedMs, timezone),
      modifiedMs,
      settled: archive.suffix !== '' || this.#isSettled(archive.name, seenMs)
    }
  }

  #isSettled (name: string, seenMs: ReadonlyMap<string, number>): boolean {
    return this.#clock.monotonic() - (seenMs.get(name) ?? Infinity) >= settleMs
  }

  // Returns what was seen before. Once a file has been seen for a while, no writer that follows the rules appends to it.
  // It does not matter which process rotated it, or which time its name says.
  #remember (archives: readonly ListedArchive[]): ReadonlyMap<string, number> {
    const nowMs = this.#clock.monotonic()
    const plain = archives.filter(({ value }) => value.suffix === '')
    this.#firstSeenMs = new Map(plain.map(({ name }) => [name, this.#firstSeenMs.get(name) ?? nowMs]))
    return this.#firstSeenMs
  }
}

function isArchive (found: Found): found is ListedArchive {
  return typeof found.value === 'object'
}

// An archive name that was reserved for a rename. No rotation makes an empty archive.
function isEmpty ({ value, bytes }: ListedArchive): boolean {
  return value.suffix === '' && bytes === 0
}
