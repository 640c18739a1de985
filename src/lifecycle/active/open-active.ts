// Opens the active file, at the start and whenever another file was put in its place. It also reads what must be known about
// the file. A file that cannot be looked at counts as one that cannot be opened.
import { mkdirSync, type Stats } from 'node:fs'
import { dirname } from 'node:path'
import { ActiveFile } from '../../disk/active/active-file.js'
import { syncFolderNow } from '../../disk/active/swap-steps.js'
import { codeAndMessage, ignoreMissing } from '../../disk/errno.js'
import { retryWhileHeldSync } from '../../disk/held-files.js'
import type { Lock } from '../../disk/lock/lock.js'
import type { Settings } from '../../options/settings.js'
import { RotorOpenError } from '../../errors.js'
import { remedyFor } from '../../policy/remedy.js'
import { isWindows } from '../../platform/operating-system.js'

export interface Opened {
  readonly file: ActiveFile
  readonly stats: Stats
  /** Whether its last line was cut off. */
  readonly isTorn: boolean
}

/** Opens or creates the active file. If it throws, it leaves nothing open. */
function openActive (settings: Settings, swapLock: Lock, earlier: ActiveFile | null = null): Opened {
  const { file: path, mkdir, fsync } = settings
  if (mkdir) mkdirSync(dirname(path), { recursive: true, mode: 0o755 })
  const file = openOrCreate(settings, swapLock)
  try {
    if (mayBeReplaced(file, earlier)) swapLock.removeTokens()
    if (fsync) syncFolderNow(dirname(path))
    return { file, stats: file.stats(), isTorn: file.endsTorn() }
  } catch (error) {
    file.close()
    throw error
  }
}

/** Opens the file at the start, or throws a RotorOpenError. Nothing else runs yet, so a held file is waited for. */
export function openActiveFirst (settings: Settings, swapLock: Lock): Opened {
  try {
    return retryWhileHeldSync(() => openActive(settings, swapLock))
  } catch (error) {
    const { code, message } = codeAndMessage(error)
    throw new RotorOpenError(settings.file, error, { code: code === 'UNKNOWN' ? 'ERR_ROTOR_OPEN' : code, message: message + remedyFor(code) })
  }
}

/** Opens the file that is at the path now, and closes the earlier one. */
export function openNext (settings: Settings, swapLock: Lock, earlier: ActiveFile): Opened {
  // Windows frees the name of a removed file only when the file is closed.
  if (isWindows()) earlier.closeIfRemoved()
  const opened = openActive(settings, swapLock, earlier)
  earlier.close()
  return opened
}

// A swap may be held up before its last step, which replaces the file at the path. If its own file was moved by hand meanwhile, that
// step would replace this one with its lines. The moved file may have its archive's name too. Windows replaces no open file.
function mayBeReplaced (file: ActiveFile, earlier: ActiveFile | null): boolean {
  return !isWindows() && (file.isNew || earlier?.mayHaveForeignName() === true)
}

// During a swap on Windows no file has the active name for an instant. A file that was created in that instant would keep
// the successor out. So the file is created under the lock.
function openOrCreate ({ file: path, mode, fsync }: Settings, swapLock: Lock): ActiveFile {
  const options = { mode, fsync }
  if (!isWindows()) return ActiveFile.open(path, options)
  return ignoreMissing(() => ActiveFile.openExisting(path, options)) ?? swapLock.runAnyway(() => ActiveFile.open(path, options))
}
