// Where no file can be renamed over an open one, as on Windows, or have two names, a swap takes the active name from one file an instant
// before it gives that name to the next. A reader that meets this instant waits for it to pass.
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { describe, listFolderSync } from '../disk/archive-folder.js'
import { unless } from '../disk/errno.js'
import { lockHolder } from '../disk/lock/lock-holder.js'
import type { LogName } from '../policy/names/archive-name.js'
import { hiddenName, isSuccessorName, passageName } from '../policy/names/hidden-name.js'

/** A swap takes a few system calls. A second covers a busy disk and a file that another program holds. */
const waitMsMax = 1_000
const pauseMs = 10
const pausesMax = waitMsMax / pauseMs

/**
 * Looks for something that may be missing during a swap. While a swap is under way it looks again, for a second at most.
 * Returns null if it is missing all the same.
 */
export async function lookPastSwap<Found> (log: LogName, look: () => Found | null | Promise<Found | null>): Promise<Found | null> {
  for (let pauses = 0; pauses < pausesMax; pauses++) {
    const found = await look()
    if (found !== null) return found
    if (!isSwapping(log)) break
    await setTimeout(pauseMs)
  }
  // The swap may have ended between the look and the question whether there is one.
  return await look()
}

/** The path of an archive that is still in its writer's passage, because the writer is held up or was killed; null if it is in none. */
export function findInPassage (log: LogName, archive: string): string | null {
  const paths = successorsOf(log).map((name) => join(log.directory, passageName(name, log), archive))
  return paths.find((path) => describe(path) !== null) ?? null
}

// A successor without a live holder of the lock was left by a crash.
function isSwapping (log: LogName): boolean {
  const holder = lockHolder(join(log.directory, hiddenName(log, 'lock')))
  return holder !== null && holder.liveness !== 'gone' && successorsOf(log).length > 0
}

// A folder that may not be listed does not tell.
function successorsOf (log: LogName): string[] {
  return (unless(['EACCES', 'EPERM'], () => listFolderSync(log.directory, (name) => isSuccessorName(name, log) ? name : null)) ?? []).map(({ name }) => name)
}
