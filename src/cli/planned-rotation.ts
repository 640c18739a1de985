// Tells what a rotation would do, without doing it.
import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import { listFolderSync } from '../disk/archive-folder.js'
import { createdMs } from '../disk/creation-time.js'
import { renameObstacle } from '../disk/rights/rename-obstacle.js'
import type { RotatedEvent } from '../events.js'
import type { Settings } from '../options/settings.js'
import { compareArchives, followingId, formatArchiveName, logOf, parseArchiveName } from '../policy/names/archive-name.js'
import { archiveStamp, periodAt } from '../policy/schedule/period.js'

/** The rotation that would be made now; null if the active file is empty. Throws the rotation's errors. */
export function plannedRotation (settings: Settings, nowMs: number): RotatedEvent | null {
  const { size, mtimeMs } = lstatSync(settings.file)
  if (size === 0) return null
  const obstacle = renameObstacle(settings.file)
  if (obstacle !== null) throw Object.assign(new Error(`${obstacle.code}: ${obstacle.reason}, ${obstacle.call} '${settings.file}'`), { code: obstacle.code, path: settings.file })
  const log = logOf(settings)
  const archives = listFolderSync(log.directory, (name) => parseArchiveName(name, log)).map(({ value }) => value).sort(compareArchives)
  const begunMs = settings.rotation === null ? createdMs(settings.file) ?? mtimeMs : mtimeMs
  const id = followingId(archives.at(-1) ?? null, archiveStamp(periodAt(begunMs, settings), nowMs, settings))
  return { file: settings.file, archive: join(log.directory, formatArchiveName(log, id, '')), bytes: size, reason: 'request' }
}
