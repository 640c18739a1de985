// Ends a line that an earlier process left unfinished.
import type { ActiveFile } from '../../disk/active/active-file.js'
import type { Lock } from '../../disk/lock/lock.js'
import type { Settings } from '../../options/settings.js'
import { logOf } from '../../policy/names/archive-name.js'
import type { Phase } from '../active/phase.js'
import { hasForeignName } from '../rotating/archive-naming.js'

const newline = Buffer.from('\n')

// The lock is held, because two writers that start after a crash must not both end the line.
/**
 * Ends the file's last line if it is torn and the file is ours: passes a newline to `put`, which writes it. Throws if it
 * cannot be told whether the line is torn.
 */
export function endTornLine ({ settings, swapLock }: { readonly settings: Settings, readonly swapLock: Lock }, file: ActiveFile, put: (newline: Buffer) => Phase): Phase {
  return swapLock.runAnyway(() => {
    const isOurs = file.endsTorn() && !hasForeignName(logOf(settings), file)
    const phase = isOurs ? put(newline) : { at: 'writing', file } as const
    return phase.at === 'outgrown' ? endLineInPlace(file) : phase
  })
}

// A full file has no room for the newline. It is rotated before the next line.
function endLineInPlace (file: ActiveFile): Phase {
  file.endLineInPlace()
  return { at: 'due', file, reason: 'size' }
}
