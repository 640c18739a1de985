// Tells what retention must wait for. It reads the small files that record what is stored and sent. The sweep, the dry run
// and the status all use it, also if another process uploads or forwards.
import { join } from 'node:path'
import { describe } from '../disk/archive-folder.js'
import type { Forwarding, Settings, Uploading } from '../options/settings.js'
import { isAhead, mayHoldUnsent, oldest } from '../policy/forwarding/cursor.js'
import { parseArchiveName, type ArchiveId, type LogName } from '../policy/names/archive-name.js'
import { parseBundleName } from '../policy/names/bundle-name.js'
import type { Hold } from '../policy/retention/holds.js'
import { bundleDirectory } from '../reading/bundle-folder.js'
import { lookAtCursor } from './forwarding/cursor-file.js'
import { readUploadRecord, type UploadMemory } from './uploading/upload-record-file.js'

/** Reads what keeps archives, or the bundles of a log that has them, from being removed. */
export function readHolds (settings: Settings, log: LogName, memory?: UploadMemory): Hold[] {
  return [
    ...settings.upload === null ? [] : [storedHold(settings, log, settings.upload, memory)],
    ...settings.forward === null ? [] : [forwardedHold(settings, log, settings.forward)]
  ]
}

function storedHold (settings: Settings, log: LogName, { holdBytes }: Uploading, memory?: UploadMemory): Hold {
  const directory = settings.bundle === null ? log.directory : bundleDirectory(settings, log)
  const stored = new Set<string>()
  for (const [name, { bytes }] of readUploadRecord(log, memory).stored) {
    const id = idOf(name, settings, log)
    // A file that has grown since is a different file for the store.
    if (id !== null && describe(join(directory, name))?.bytes === bytes) stored.add(keyOf(id))
  }
  return { name: 'stored', needs: (archive) => !stored.has(keyOf(archive)), bytesMax: holdBytes }
}

// An archive or bundle is needed until the cursor has passed its last line.
function forwardedHold ({ bundle }: Settings, log: LogName, { holdBytes }: Forwarding): Hold {
  const cursor = lookAtCursor(log)
  const reached = typeof cursor === 'string' ? oldest : cursor
  return {
    name: 'forwarded',
    needs: ({ stamp, n }) => bundle === null ? isAhead({ stamp, n }, reached) : mayHoldUnsent(stamp, reached),
    bytesMax: holdBytes
  }
}

function idOf (name: string, { bundle }: Settings, log: LogName): ArchiveId | null {
  if (bundle === null) return parseArchiveName(name, log)
  const stamp = parseBundleName(name, log)
  return stamp === null ? null : { stamp, n: 0 }
}

function keyOf ({ stamp, n }: ArchiveId): string {
  return `${stamp}.${n}`
}
