// What the overview shows of one log: its size and growth, what retention removes next, and what fails.
import { dirname } from 'node:path'
import { errnoOf } from '../../disk/errno.js'
import type { LogStatus } from '../../policy/status/status-shape.js'
import type { WebLog } from './web-log.js'

export interface LimitBar {
  readonly name: 'archives' | 'age' | 'total size' | 'disk free'
  readonly used: number
  readonly allowed: number
  readonly unit: 'files' | 'days' | 'bytes'
}

export interface LogOverview {
  readonly id: number
  readonly file: string
  readonly folder: string
  readonly bytes: number
  readonly files: number
  readonly lastTimeMs: number | null
  readonly bytesPerDay: number | null
  /** Of the last 24 hours, oldest first; null until it is known. */
  readonly errorsPerHour: readonly number[]
  readonly failing: ReadonlyArray<{ readonly step: string, readonly message: string }>
  readonly removesNext: { readonly file: string, readonly bytes: number, readonly reason: string, readonly daysLeft: number } | null
  readonly limits: readonly LimitBar[]
  readonly stored?: { readonly files: number, readonly waiting: number }
  readonly forwarded?: { readonly waitingLines: number, readonly lagSeconds: number | null }
}

/** Sums up a log. A log that cannot be read is listed with the reason. */
export async function overviewOf (log: WebLog): Promise<LogOverview> {
  try {
    return overview(log, await log.status())
  } catch (error) {
    return { ...nothingOf(log), failing: [{ step: 'read', message: `the log cannot be read: ${errnoOf(error) === '' ? String(error) : errnoOf(error)}` }] }
  }
}

function nothingOf ({ id, shown, settings }: WebLog): LogOverview {
  return { id, file: shown, folder: dirname(settings.file), bytes: 0, files: 0, lastTimeMs: null, bytesPerDay: null, errorsPerHour: [], failing: [], removesNext: null, limits: [] }
}

function overview (log: WebLog, status: LogStatus): LogOverview {
  const { total, lastWrittenAt, growth, retention: { next }, upload, forward } = status
  return {
    ...nothingOf(log),
    bytes: total.bytes,
    files: total.files,
    lastTimeMs: lastWrittenAt === null ? null : Date.parse(lastWrittenAt),
    bytesPerDay: growth.storedBytesPerDay,
    removesNext: next === null ? null : { file: next.name, bytes: next.bytes, reason: next.reason, daysLeft: next.daysLeft },
    limits: limitBars(status),
    ...upload !== undefined && { stored: { files: upload.stored.files, waiting: upload.waiting.files } },
    ...forward !== undefined && { forwarded: { waitingLines: forward.waiting.lines, lagSeconds: forward.lagSeconds } }
  }
}

/** Each limit as a bar. For free space, `used` is what is free, and `allowed` what must stay free. */
export function limitBars ({ limits: { count, age, totalSize, minFree } }: LogStatus): LimitBar[] {
  return [
    ...count === null ? [] : [{ name: 'archives', used: count.archives, allowed: count.archivesMax, unit: 'files' } as const],
    ...age?.oldestDays == null ? [] : [{ name: 'age', used: age.oldestDays, allowed: age.daysMax, unit: 'days' } as const],
    ...totalSize === null ? [] : [{ name: 'total size', used: totalSize.bytes, allowed: totalSize.bytesMax, unit: 'bytes' } as const],
    ...minFree?.freeBytes == null ? [] : [{ name: 'disk free', used: minFree.freeBytes, allowed: minFree.bytesMin, unit: 'bytes' } as const]
  ]
}
