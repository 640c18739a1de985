// Finds the cursor at the end of all files without waiting. Lines that are logged later come after it.
import { fstatSync, openSync, readSync } from 'node:fs'
import { closeQuietly } from '../../disk/close.js'
import { listFolderSync } from '../../disk/archive-folder.js'
import { ignoreMissing } from '../../disk/errno.js'
import { retryWhileHeldSync } from '../../disk/held-files.js'
import type { Settings } from '../../options/settings.js'
import { headBytesMax, headChecksum, type Cursor } from '../../policy/forwarding/cursor.js'
import { compareArchives, parseArchiveName, type Archive, type LogName } from '../../policy/names/archive-name.js'

export function presentCursor ({ file }: Pick<Settings, 'file'>, log: LogName): Cursor {
  const archives = (ignoreMissing(() => listFolderSync(log.directory, (name) => parseArchiveName(name, log))) ?? []).map(({ value }) => value)
  const newest = archives.reduce<Archive | null>((last, found) => last === null || compareArchives(found, last) > 0 ? found : last, null)
  const after = newest === null ? null : { stamp: newest.stamp, n: newest.n }
  const descriptor = ignoreMissing(() => retryWhileHeldSync(() => openSync(file, 'r')))
  if (descriptor === null) return { after, offset: 0, head: null }
  try {
    const offset = fstatSync(descriptor).size
    const begin = Buffer.alloc(headBytesMax)
    return { after, offset, head: headChecksum(begin.subarray(0, readSync(descriptor, begin, 0, headBytesMax, 0)), offset) }
  } finally {
    closeQuietly(descriptor)
  }
}
