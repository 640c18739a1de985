// How far behind forwarding is: what lies after the cursor, and how old its first line is.
import { join } from 'node:path'
import { lockHolder } from '../../disk/lock/lock-holder.js'
import type { Settings } from '../../options/settings.js'
import { isAhead, oldest, type Cursor } from '../../policy/forwarding/cursor.js'
import { hiddenName } from '../../policy/names/hidden-name.js'
import type { ForwardStatus } from '../../policy/status/status-shape.js'
import { lookAtCursor, readLastAnswer } from '../forwarding/cursor-file.js'
import type { LogSurvey } from './log-survey.js'

/** Reads how far behind forwarding is; null if the log is not forwarded. */
export async function readForwardStatus (survey: LogSurvey, settings: Settings, nowMs: number): Promise<ForwardStatus | null> {
  const { log } = survey
  const found = lookAtCursor(log)
  if (settings.forward === null && found === 'none') return null
  const cursor = typeof found === 'string' ? oldest : found
  const isWaiting = found !== 'none' || settings.forward?.from === 'oldest'
  const holder = lockHolder(join(log.directory, hiddenName(log, 'forward')))
  const bytes = isWaiting ? waitingBytes(survey, cursor) : 0
  const { lines, firstMs } = isWaiting && bytes !== 0 ? await (await import('./unsent-lines.js')).countUnsent(log, settings, cursor, bytes) : { lines: 0, firstMs: null }
  return {
    waiting: { lines, bytes },
    lagSeconds: lines === 0 ? 0 : firstMs === null ? null : Math.max(0, (nowMs - firstMs) / 1000),
    lastAnswer: readLastAnswer(log),
    forwarderPid: holder === null || holder.liveness === 'gone' ? null : holder.pid
  }
}

// The offset counts in the first file after the cursor. Bundled archives are merged long after their lines were sent.
function waitingBytes ({ active, archives }: LogSurvey, cursor: Cursor): number | null {
  const ahead = archives.filter(({ archive }) => isAhead(archive, cursor))
  const written = ahead.reduce<number | null>((sum, { writtenBytes }) => sum === null || writtenBytes === null ? null : sum + writtenBytes, active?.bytes ?? 0)
  return written === null ? null : Math.max(0, written - cursor.offset)
}
