// The result of `status()` and of `pino-rotor status --json`. Its shape is stable: fields may be added, but none is renamed.
// null always means that something is unknown or does not apply.
import type { RemovalReason } from '../../events.js'

/** Which options a log is compared with. */
export type OptionsSource = 'application' | 'config' | 'defaults'

/** How many files there are, and the sum of their bytes on the disk. */
export interface FileSum {
  readonly files: number
  readonly bytes: number
}

/**
 * The kinds of a log's files. `working`: a living process is making it. `leftover`: a crash left it, and the next sweep
 * removes it.
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

/** The bundles of the log. `kinds` has their number and size. */
export interface BundlesStatus {
  /** The absolute path of their folder, whether it exists or not. */
  readonly directory: string
  /** Why it cannot be read, as the system's code, for example `EACCES`; null if it can be read, or does not exist yet. */
  readonly refused: string | null
  /** Archives of finished periods that are in no bundle yet; null if the options ask for no bundles. */
  readonly waiting: FileSum | null
}

/** What compression saves, over the gzip archives whose unpacked size is known. */
export interface CompressionStatus {
  /** Compressed archives of any algorithm. */
  readonly archives: number
  /** Compressed archives whose unpacked size is known. */
  readonly measuredArchives: number
  /** Bytes of the measured archives before compression; null if none is measured. */
  readonly originalBytes: number | null
  /** Bytes of the measured archives on the disk; null if none is measured. */
  readonly compressedBytes: number | null
  /** `compressedBytes / originalBytes`. 0.12 means that an archive takes 12 % of its former size. */
  readonly ratio: number | null
  /** `originalBytes - compressedBytes`. */
  readonly savedBytes: number | null
}

/** One day of the calendar in the log's time zone. Lines count as spread evenly over the time of their file. */
export interface DayStatus {
  /** As `YYYY-MM-DD`. */
  readonly day: string
  /** Bytes of log lines written; null if an archive's unpacked size is unknown. */
  readonly writtenBytes: number | null
  /** Bytes on the disk that these lines take now. */
  readonly storedBytes: number
}

/** How fast the log grows, measured over the last seven days, or since the first file. */
export interface GrowthStatus {
  /** When the measured time begins, as ISO 8601. It is null, like all rates, if the files cover less than an hour. */
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
 * The limits of retention. A lifted limit is null, and with `bundle` on all are, since then no limit removes an archive.
 * Each `daysLeft` is the time until the limit is reached at the present rate: 0 if it is reached, null if it is not getting
 * nearer or the rate is unknown.
 */
export interface LimitsStatus {
  /** Where the limits come from: the running application, the options that `--config` names, or the defaults. */
  readonly from: OptionsSource
  readonly count: { readonly archivesMax: number, readonly archives: number, readonly daysLeft: number | null } | null
  readonly age: { readonly daysMax: number, readonly oldestDays: number | null, readonly daysLeft: number | null } | null
  readonly totalSize: { readonly bytesMax: number, readonly bytes: number, readonly daysLeft: number | null } | null
  readonly minFree: { readonly bytesMin: number, readonly freeBytes: number | null, readonly daysLeft: number | null } | null
}

/** The file system of the log. */
export interface DiskStatus {
  /** Bytes that can still be written without root's reserve; null if the system does not tell. */
  readonly freeBytes: number | null
  /** Days until this log alone fills it; null if a limit is reached before, or the rate is unknown. */
  readonly daysLeft: number | null
}

/** The archive that retention removes next, or the bundle if `bundle` is on. */
export interface NextRemoval {
  /** Its path from the log's folder. */
  readonly name: string
  readonly bytes: number
  /** The limit that removes it. */
  readonly reason: RemovalReason
  /** 0 if the next sweep removes it. */
  readonly daysLeft: number
}

/** What the limits remove. */
export interface RetentionStatus {
  /** The files beyond the limits. The next sweep removes them. */
  readonly due: FileSum
  /** What is removed next; null if no limit comes nearer. */
  readonly next: NextRemoval | null
}

/** Which of the present files the option `upload` has stored, and which not yet. */
export interface UploadStatus {
  readonly stored: FileSum
  /** Finished files that are not stored yet. */
  readonly waiting: FileSum
  /** The file that is sent next; null if none waits. */
  readonly oldestWaiting: { readonly name: string, readonly bytes: number } | null
  /** Files that the store rejected, and why. They are set aside until `pino-rotor upload` tries them again. */
  readonly refused: ReadonlyArray<{ readonly name: string, readonly code: string, readonly message: string }>
  /** Why the last attempt failed, in the store's words; null while the store takes what it is sent. `since` is ISO 8601. */
  readonly lastFailure: { readonly name: string, readonly code: string, readonly message: string, readonly since: string } | null
}

/** How far behind forwarding is. */
export interface ForwardStatus {
  /** Lines after the cursor. They are counted in the first 16 MiB, and estimated beyond. */
  readonly waiting: { readonly lines: number, readonly bytes: number | null }
  /** How old the oldest waiting line is, by its own time; 0 if none waits, null if it has no time. */
  readonly lagSeconds: number | null
  /** What the receiver answered last; null if nothing was sent yet. */
  readonly lastAnswer: { readonly at: string, readonly text: string, readonly isAccepted: boolean } | null
  /** The process that forwards now; null if none does. */
  readonly forwarderPid: number | null
}

/** A step that fails in a running process. The process notes it beside the log until the step works again. */
export interface FailingStatus {
  readonly pid: number
  /** The step, code, message and path of the event `failed`. */
  readonly step: string
  readonly code: string
  readonly message: string
  readonly path: string
  /** Since when, as ISO 8601. */
  readonly since: string
}

/** The files of one log on the disk, and how they will probably grow. */
export interface LogStatus {
  /** The active file's absolute path. */
  readonly file: string
  /** When this was read, as ISO 8601. */
  readonly checkedAt: string
  /** All files of the log together. Locks are not counted, because they exist only for moments. */
  readonly total: FileSum
  /** The same by kind. */
  readonly kinds: Readonly<Record<FileKind, FileSum>>
  /** The five largest files, largest first. */
  readonly largest: readonly FileFacts[]
  /** The first archive in the order of names; null if there is none. */
  readonly oldest: ArchiveFacts | null
  /** The last archive in the order of names; null if there is none. */
  readonly newest: ArchiveFacts | null
  /** When the active file was last written, as ISO 8601; null if there is none. */
  readonly lastWrittenAt: string | null
  readonly bundles: BundlesStatus
  readonly compression: CompressionStatus
  readonly growth: GrowthStatus
  readonly limits: LimitsStatus
  readonly disk: DiskStatus
  readonly retention: RetentionStatus
  /** Paths of a crash's leftovers, starting at the log's folder. */
  readonly leftovers: readonly string[]
  /** The last failed step of each process in which one fails; missing if none was noted. */
  readonly failing?: readonly FailingStatus[]
  /** Missing if the options have no `upload`. */
  readonly upload?: UploadStatus
  /** Missing if the options have no `forward`, and nothing was ever forwarded. */
  readonly forward?: ForwardStatus
  /** The logs of the option `routes`, in its order; missing if there are none. */
  readonly routes?: readonly LogStatus[]
}
