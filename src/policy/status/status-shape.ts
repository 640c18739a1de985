// The answer of `status()` and of `pino-rotor status --json`. Its shape is stable: fields may be added, none is renamed, and
// null always means that something is not known or does not apply.
import type { RemovalReason } from '../../events.js'

/** Where the options come from by which a log is judged. */
export type OptionsSource = 'application' | 'config' | 'defaults'

/** How many files there are, and their bytes on the disk together. */
export interface FileSum {
  readonly files: number
  readonly bytes: number
}

/**
 * What a file of a log can be. `working`: a living process is making it. `leftover`: a crash left it behind, and the next
 * sweep removes it.
 */
export type FileKind = 'active' | 'plain' | 'compressed' | 'bundle' | 'working' | 'leftover'

/** One file of the log. */
export interface FileFacts {
  /** Its path from the log's folder: a name, or for a bundle `archive/app.202510.log.gz`. */
  readonly name: string
  readonly kind: FileKind
  readonly bytes: number
}

/** One archive of the log. */
export interface ArchiveFacts {
  /** Its name in the log's folder. */
  readonly name: string
  readonly bytes: number
  /** The instant from which its age counts, as ISO 8601: when it was rotated, or the end of the day in its name. */
  readonly at: string
}

/** The bundles of the log; how many there are and how large stands in `kinds`. */
export interface BundlesStatus {
  /** The absolute path of their folder, be it there or not. */
  readonly directory: string
  /** Why that cannot be read, as the system's code, for example `EACCES`; null where it can, or is not there yet. */
  readonly refused: string | null
  /** Archives of periods that are over and in no bundle yet; null where the options ask for no bundles. */
  readonly waiting: FileSum | null
}

/** What compression saves, over the gzip archives whose trailer tells what they held before. */
export interface CompressionStatus {
  /** Compressed archives of any algorithm. */
  readonly archives: number
  /** Those of them whose size before compression is known. */
  readonly measuredArchives: number
  /** Bytes of the measured archives before compression; null where none is measured. */
  readonly originalBytes: number | null
  /** Bytes of the measured archives as they are; null where none is measured. */
  readonly compressedBytes: number | null
  /** `compressedBytes / originalBytes`: 0.12 says that an archive takes 12 % of what it did. */
  readonly ratio: number | null
  /** `originalBytes - compressedBytes`. */
  readonly savedBytes: number | null
}

/** One day of the calendar in the log's time zone. Lines count as spread evenly over the time of their file. */
export interface DayStatus {
  /** As `YYYY-MM-DD`. */
  readonly day: string
  /** Bytes of log lines written; null where an archive's size before compression is not known. */
  readonly writtenBytes: number | null
  /** Bytes on the disk that these lines take now. */
  readonly storedBytes: number
}

/** How fast the log grows, measured over the last seven days or as far back as the files tell. */
export interface GrowthStatus {
  /** When the measured stretch begins, as ISO 8601; null, as all rates, where the files tell of less than an hour. */
  readonly since: string | null
  /** Bytes of log lines a day. */
  readonly writtenBytesPerDay: number | null
  /** Bytes a day that stay on the disk, after compression. */
  readonly storedBytesPerDay: number | null
  readonly archivesPerDay: number | null
  /** The last 14 days, oldest first, today last. */
  readonly days: readonly DayStatus[]
}

/**
 * The limits of retention, null where lifted; all of them with `bundle` on, since then no limit removes an archive. Each `daysLeft` is how long it takes to reach the limit at the present rate:
 * 0 where it is reached, null where it is not getting nearer or the rate is not known.
 */
export interface LimitsStatus {
  /** Whose limits they are: those of the running application, of the options that `--config` names, or the default ones. */
  readonly from: OptionsSource
  readonly count: { readonly archivesMax: number, readonly archives: number, readonly daysLeft: number | null } | null
  readonly age: { readonly daysMax: number, readonly oldestDays: number | null, readonly daysLeft: number | null } | null
  readonly totalSize: { readonly bytesMax: number, readonly bytes: number, readonly daysLeft: number | null } | null
  readonly minFree: { readonly bytesMin: number, readonly freeBytes: number | null, readonly daysLeft: number | null } | null
}

/** The file system that the log is on. */
export interface DiskStatus {
  /** Bytes that may still be written without root's reserve; null where the system does not tell. */
  readonly freeBytes: number | null
  /** Days until this log alone fills it; null where a limit is reached before, or the rate is not known. */
  readonly daysLeft: number | null
}

/** The archive, or with `bundle` on the bundle, that retention removes next. */
export interface NextRemoval {
  /** Its path from the log's folder. */
  readonly name: string
  readonly bytes: number
  /** The limit that it goes for. */
  readonly reason: RemovalReason
  /** 0 where the next sweep removes it. */
  readonly daysLeft: number
}

/** What the limits remove. */
export interface RetentionStatus {
  /** What the limits no longer allow: the next sweep removes it. */
  readonly due: FileSum
  /** What goes first; null where no limit comes nearer. */
  readonly next: NextRemoval | null
}

/** What the option `upload` has stored of the files that there are, and what not yet. */
export interface UploadStatus {
  readonly stored: FileSum
  /** Finished, and not stored yet. */
  readonly waiting: FileSum
  /** What is sent next; null where nothing waits. */
  readonly oldestWaiting: { readonly name: string, readonly bytes: number } | null
  /** What the store did not take, and why: it is set aside until `pino-rotor upload` tries it again. */
  readonly refused: ReadonlyArray<{ readonly name: string, readonly code: string, readonly message: string }>
}

/** What there is on the disk for one log, and how it is likely to go on. */
export interface LogStatus {
  /** The active file's absolute path. */
  readonly file: string
  /** When this was read, as ISO 8601. */
  readonly checkedAt: string
  /** All files of the log together. Locks, which stand for an instant only, are not counted. */
  readonly total: FileSum
  /** The same by what they are. */
  readonly kinds: Readonly<Record<FileKind, FileSum>>
  /** The five largest files, largest first. */
  readonly largest: readonly FileFacts[]
  /** The first archive in the order of names; null where there is none. */
  readonly oldest: ArchiveFacts | null
  /** The last archive in the order of names; null where there is none. */
  readonly newest: ArchiveFacts | null
  /** When the active file was last written, as ISO 8601; null where there is none. */
  readonly lastWrittenAt: string | null
  readonly bundles: BundlesStatus
  readonly compression: CompressionStatus
  readonly growth: GrowthStatus
  readonly limits: LimitsStatus
  readonly disk: DiskStatus
  readonly retention: RetentionStatus
  /** Paths from the log's folder of what a crash left behind. */
  readonly leftovers: readonly string[]
  /** Left out where the options have no `upload`. */
  readonly upload?: UploadStatus
  /** The logs of the option `routes`, in its order; left out where there are none. */
  readonly routes?: readonly LogStatus[]
}
