// What the overview shows of one log: its size and growth, what retention removes next, and what fails.
import { dirname } from 'node:path'
import { systemClock } from '../../clock.js'
import { errnoOf } from '../../disk/errno.js'
import type { Condition } from '../../policy/filters/condition.js'
import { usualTimeKeys } from '../../policy/lines/line-time.js'
import type { LogStatus } from '../../policy/status/status-shape.js'
import type { Limit, LogOverview } from '../answer-shapes.js'
import { histogramOf } from '../analytics/histogram.js'
import { remembered } from '../logs/remembered.js'
import type { Reader } from '../logs/open-log.js'
import type { WebLog } from '../logs/web-log.js'

const hourMs = 3_600_000
const hours = 24
const errorLevel = 50
const errorsAgeMs = 10_000
const problemsAgeMs = 30_000
const anErrorOrWorse: Condition = { kind: 'ordered', path: ['level'], ordering: '>=', value: { text: String(errorLevel), number: errorLevel, isQuoted: false } }

/** Not ended with a request, and with few threads. */
const inBackground = (): Reader => ({ gate: { isShared: true }, signal: new AbortController().signal })

const errorsOf = remembered<number[]>(errorsAgeMs, [], async (log) => {
  const untilMs = systemClock.now()
  const window = { sinceMs: untilMs - hours * hourMs + 1, untilMs }
  const { buckets } = await histogramOf(log, { conditions: [anErrorOrWorse], window, timeKeys: usualTimeKeys }, hours, inBackground())
  return buckets.map(({ counts }) => Object.values(counts).reduce((sum, count) => sum + count, 0))
})

const problemsOf = remembered<LogOverview['failing']>(problemsAgeMs, [], async (log) => {
  const findings = await log.findings()
  return findings.filter(({ state }) => state === 'problem').map(({ check, message }) => ({ step: check, message }))
})

/** Sums up a log. A log that cannot be read is listed with the reason. What takes long is left out once `patience` ends, until it is known. */
export async function overviewOf (log: WebLog, patience: Promise<void>): Promise<LogOverview> {
  try {
    const [status, errorsPerHour, failing] = await Promise.all([log.status(), errorsOf(log, patience), problemsOf(log, patience)])
    return { ...overview(log, status), errorsPerHour, failing }
  } catch (error) {
    return { ...nameOf(log), failing: [{ step: 'read', message: `the log cannot be read: ${errnoOf(error)}` }] }
  }
}

/** The log with its name alone, which takes no look at its files. */
export function nameOf ({ id, shown, settings }: WebLog): LogOverview {
  return { id, file: shown, folder: dirname(settings.file), bytes: 0, files: 0, lastTimeMs: null, bytesPerDay: null, errorsPerHour: [], failing: [], removesNext: null, limits: [] }
}

function overview (log: WebLog, status: LogStatus): LogOverview {
  const { total, lastWrittenAt, growth, retention: { next }, upload, forward } = status
  return {
    ...nameOf(log),
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

/**
 * Each limit as a bar. For free space, `used` is what is free, and `allowed` what must stay free. Without that limit, the bar of the
 * disk shows the log's own bytes, and those that it could have.
 */
function limitBars ({ total, disk, limits: { count, age, totalSize, minFree } }: LogStatus): Limit[] {
  return [
    ...count === null ? [] : [{ name: 'archives', used: count.archives, allowed: count.archivesMax, unit: 'files' } as const],
    ...age?.oldestDays == null ? [] : [{ name: 'age', used: age.oldestDays, allowed: age.daysMax, unit: 'days' } as const],
    ...totalSize === null ? [] : [{ name: 'total size', used: totalSize.bytes, allowed: totalSize.bytesMax, unit: 'bytes' } as const],
    ...minFree?.freeBytes == null ? [] : [{ name: 'disk free', used: minFree.freeBytes, allowed: minFree.bytesMin, unit: 'bytes' } as const],
    ...minFree !== null || disk.freeBytes === null ? [] : [{ name: 'disk', used: total.bytes, allowed: total.bytes + disk.freeBytes, unit: 'bytes' } as const]
  ]
}
