// How the active file comes to be open: at start, and whenever somebody else has put another in its place. What must be
// known about it is asked for at once, so that a file that cannot be looked at counts as one that cannot be opened.
import { mkdirSync, type Stats } from 'node:fs'
import { dirname } from 'node:path'
import { ActiveFile } from '../../disk/active/active-file.js'
import { syncFolderNow } from '../../disk/active/swap-steps.js'
import type { Settings } from '../../options/settings.js'

export interface Opened {
  readonly file: ActiveFile
  readonly stats: Stats
  /** Whether its last line was cut off. */
  readonly isTorn: boolean
}

/** Opens or creates the active file; what it throws leaves nothing open. */
export function openActive ({ file: path, mkdir, mode, fsync }: Settings): Opened {
  if (mkdir) mkdirSync(dirname(path), { recursive: true, mode: 0o755 })
  const file = ActiveFile.open(path, { mode, fsync })
  try {
    if (fsync) syncFolderNow(dirname(path))
    return { file, stats: file.stats(), isTorn: file.endsTorn() }
  } catch (error) {
    file.close()
    throw error
  }
}
