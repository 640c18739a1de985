// Closes a descriptor whose work is done.
import { closeSync } from 'node:fs'

/**
 * Closes the descriptor and ignores a failure. The descriptor is gone either way. A caller that stopped here would leave a
 * lock or a reserved name behind. What must be on the disk is synced before.
 */
export function closeQuietly (descriptor: number): void {
  try {
    closeSync(descriptor)
  } catch {}
}
