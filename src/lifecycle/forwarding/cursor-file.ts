// The file with a log's cursor, hidden beside the log.
import { join } from 'node:path'
import { unless } from '../../disk/errno.js'
import { readSmallFile, replaceSmallFile, unreadable } from '../../disk/small-file.js'
import { formatCursor, parseCursor, parseLastAnswer, type Cursor, type LastAnswer } from '../../policy/forwarding/cursor.js'
import type { LogName } from '../../policy/names/archive-name.js'
import { hiddenName } from '../../policy/names/hidden-name.js'

/** Reads the cursor; `none` if the file is missing, `torn` if it cannot be read. */
export function readCursor (log: LogName): Cursor | 'none' | 'torn' {
  const text = readSmallFile(join(log.directory, hiddenName(log, 'sent')))
  if (text === null) return 'none'
  return parseCursor(text) ?? 'torn'
}

/** Reads the cursor for a look only; `torn` also if the file cannot be opened, so that no sweep stops because of it. */
export function lookAtCursor (log: LogName): Cursor | 'none' | 'torn' {
  return unless(unreadable, () => readCursor(log)) ?? 'torn'
}

/** Reads what the receiver answered last; null if that is not known. */
export function readLastAnswer (log: LogName): LastAnswer | null {
  const text = unless(unreadable, () => readSmallFile(join(log.directory, hiddenName(log, 'sent'))))
  return text === null ? null : parseLastAnswer(text)
}

/** Replaces the cursor. The caller holds the forwarder's lock. */
export async function writeCursor (log: LogName, cursor: Cursor, answer: LastAnswer | null): Promise<void> {
  await replaceSmallFile(join(log.directory, hiddenName(log, 'sent')), join(log.directory, hiddenName(log, 'sent.new')), formatCursor(cursor, answer))
}
