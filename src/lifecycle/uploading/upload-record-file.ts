// The record of what is stored, in a hidden file beside the log. A full disk may refuse it. It is then kept in memory, so that
// retention can remove what is stored and make room.
import { join } from 'node:path'
import { unless } from '../../disk/errno.js'
import { readSmallFile, replaceSmallFile, unreadable } from '../../disk/small-file.js'
import type { LogName } from '../../policy/names/archive-name.js'
import { hiddenName } from '../../policy/names/hidden-name.js'
import { emptyRecord, formatRecord, parseRecord, type UploadRecord } from '../../policy/uploading/upload-record.js'

/** What the disk did not take of the record. */
export interface UploadMemory {
  unsaved: UploadRecord | null
}

/** Reads the record; an empty one if it is missing, torn or unreadable, since the store can be asked. */
export function readUploadRecord (log: LogName, memory?: UploadMemory): UploadRecord {
  if (memory !== undefined && memory.unsaved !== null) return memory.unsaved
  const text = unless(unreadable, () => readSmallFile(join(log.directory, hiddenName(log, 'stored'))))
  return (text === null ? null : parseRecord(text)) ?? emptyRecord
}

/** Replaces the record. The caller holds the upload's lock. */
export async function writeUploadRecord (log: LogName, record: UploadRecord, memory: UploadMemory): Promise<void> {
  memory.unsaved = record
  await replaceSmallFile(join(log.directory, hiddenName(log, 'stored')), join(log.directory, hiddenName(log, 'stored.new')), formatRecord(record))
  memory.unsaved = null
}
