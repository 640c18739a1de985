// The record of what is stored, in a hidden file beside the log.
import { join } from 'node:path'
import { readSmallFile, replaceSmallFile } from '../../disk/small-file.js'
import type { LogName } from '../../policy/names/archive-name.js'
import { hiddenName } from '../../policy/names/hidden-name.js'
import { emptyRecord, formatRecord, parseRecord, type UploadRecord } from '../../policy/uploading/upload-record.js'

/** Reads the record; an empty one if it is missing or torn, since the store can be asked. */
export function readUploadRecord (log: LogName): UploadRecord {
  const text = readSmallFile(join(log.directory, hiddenName(log, 'stored')))
  return (text === null ? null : parseRecord(text)) ?? emptyRecord
}

/** Replaces the record. The caller holds the upload's lock. */
export async function writeUploadRecord (log: LogName, record: UploadRecord): Promise<void> {
  await replaceSmallFile(join(log.directory, hiddenName(log, 'stored')), join(log.directory, hiddenName(log, 'stored.new')), formatRecord(record))
}
