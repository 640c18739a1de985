// Opens a pipe of this process once more, by the way that only Linux has.
import { openSync, readlinkSync } from 'node:fs'

// Only of a pipe without a name: to open another one could take until it has a reader.
/** Returns a second descriptor for writing into the pipe; null if the descriptor is no such pipe, or the system cannot do it. */
export function reopenedPipe (descriptor: number): number | null {
  const path = `/proc/self/fd/${descriptor}`
  try {
    return readlinkSync(path).startsWith('pipe:') ? openSync(path, 'w') : null
  } catch {
    return null // Not Linux, or no /proc.
  }
}
