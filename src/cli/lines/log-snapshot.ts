// The files of a log at one instant, although a writer may rotate while they are listed: the active file is held first, and
// the listing counts only if that is still the active file after it.
import { join } from 'node:path'
import { describeAll, listFolder, type FileDescription, type Listed } from '../../disk/archive-folder.js'
import { compareArchives, parseArchiveName, type Archive, type LogName } from '../../policy/archive-name.js'
import { HeldFile } from './held-file.js'

export type ListedArchive = Listed<Archive> & FileDescription

export interface LogSnapshot {
  /** Held open; null where there is none. */
  readonly active: HeldFile | null
  /** In the order of names, without a second name of the active file. */
  readonly archives: readonly ListedArchive[]
}

/** Something rotates faster than a folder can be listed: after so many attempts the last listing has to do. */
const attemptsMax = 20

/** Takes the snapshot. Whoever does holds the active file, and closes it. */
export async function takeSnapshot (log: LogName): Promise<LogSnapshot> {
  const path = join(log.directory, log.base)
  for (let attempt = 1; ; attempt++) {
    const active = await HeldFile.open(path)
    const archives = await listArchives(log)
    if (attempt >= attemptsMax || (active === null ? await isMissing(path) : active.isAt(path))) {
      return { active, archives: archives.filter(({ inode }) => inode !== active?.identity.inode) }
    }
    await active?.close()
  }
}

/** Lists the log's archives in the order of names. */
export async function listArchives (log: LogName): Promise<ListedArchive[]> {
  const listed = await listFolder(log.directory, (name) => parseArchiveName(name, log))
  return (await describeAll(log.directory, listed)).sort((a, b) => compareArchives(a.value, b.value))
}

async function isMissing (path: string): Promise<boolean> {
  const file = await HeldFile.open(path)
  await file?.close()
  return file === null
}
