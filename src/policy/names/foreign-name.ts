// The names that other tools give to rotated files beside the active file: logrotate, winston and pino-roll. Such files are
// read, but never changed, counted or removed.
import { parseArchiveName, type LogName } from './archive-name.js'
import { parseBundleName } from './bundle-name.js'

const count = '\\d{1,6}'
const date = '\\d{4}-?\\d{2}-?\\d{2}(?:[-_.T]?\\d{2}(?:[-:]?\\d{2}){0,2})?'
const packed = '(?:\\.(?:gz|br|zst))?'

/** Whether another tool may have given a file of this log the name. */
export function isForeignArchiveName (name: string, log: LogName): boolean {
  if (!name.startsWith(log.stem) || name === log.base) return false
  if (parseArchiveName(name, log) !== null || parseBundleName(name, log) !== null) return false
  return patternOf(log).test(name.slice(log.stem.length))
}

function patternOf ({ extension }: LogName): RegExp {
  const end = extension.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
  return new RegExp(`^(?:${[
    `${end}\\.${count}`, // logrotate: app.log.1; pino-roll without an extension
    `${end}-${date}\\.backup`, // logrotate with create, where a writer made a new file before logrotate did
    `${end}[-.]${date}(?:[-.]\\d{1,10})?`, // logrotate with dateext: app.log-20251001, app.log-20251001-1759276800; winston: app.log.2025-10-01
    `[-.]${date}(?:\\.${count})?${end}(?:\\.${count})?`, // winston: app-2025-10-01.log; pino-roll: app.2025-10-01.1.log
    `\\.${count}${end}` // pino-roll: app.1.log; logrotate with extension
  ].join('|')})${packed}$`)
}
