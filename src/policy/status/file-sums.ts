// The files of a log by kind, and their sums.
import { join } from 'node:path'
import { pathBelow } from '../names/path-below.js'
import type { ArchiveFacts, FileFacts, FileKind, FileSum } from './status-shape.js'
import type { SurveyedArchive, SurveyedLog } from './survey.js'

/** Lists every file of the log with its kind. */
export function filesOf ({ log, active, archives, bundles, unfinished }: SurveyedLog): FileFacts[] {
  return [
    ...active === null ? [] : [{ name: log.base, kind: 'active' as const, bytes: active.bytes }],
    ...archives.map(({ archive: { name, suffix }, bytes }) => ({ name, kind: suffix === '' ? 'plain' as const : 'compressed' as const, bytes })),
    ...bundles.files.map(({ name, bytes }) => ({ name: pathBelow(log, join(bundles.directory, name)), kind: 'bundle' as const, bytes })),
    ...unfinished.map(({ name, bytes, inWork }) => ({ name, kind: inWork ? 'working' as const : 'leftover' as const, bytes }))
  ]
}

/** Counts the files of each kind. */
export function sumsByKind (files: readonly FileFacts[]): Record<FileKind, FileSum> {
  const sumOfKind = (wanted: FileKind): FileSum => sumOf(files.filter(({ kind }) => kind === wanted))
  return {
    active: sumOfKind('active'),
    plain: sumOfKind('plain'),
    compressed: sumOfKind('compressed'),
    bundle: sumOfKind('bundle'),
    working: sumOfKind('working'),
    leftover: sumOfKind('leftover')
  }
}

/** Counts files and bytes. */
export function sumOf (files: ReadonlyArray<{ readonly bytes: number }>): FileSum {
  return { files: files.length, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) }
}

/** The status of one archive. */
export function archiveFacts (found: SurveyedArchive | undefined): ArchiveFacts | null {
  if (found === undefined) return null
  return { name: found.archive.name, bytes: found.bytes, at: new Date(found.ageFromMs).toISOString() }
}
