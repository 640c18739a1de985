// When the files of a log were written, for measuring how fast it grows.
import { compareArchives } from '../names/archive-name.js'
import type { WrittenSpan } from './growth.js'
import type { SurveyedArchive, SurveyedLog } from './survey.js'

/** The files of one archive: usually one, and two if a crash left it both plain and compressed. */
type Copies = readonly [SurveyedArchive, ...SurveyedArchive[]]

/** The number of archives. An archive with two files counts once. */
export function archiveCount (archives: readonly SurveyedArchive[]): number {
  return copiesOf(archives).length
}

/** The spans of all archives, including those in the latest bundles, and of the active file. */
export function spansOf ({ active, archives, bundles }: Pick<SurveyedLog, 'active' | 'archives' | 'bundles'>, nowMs: number): WrittenSpan[] {
  const spans: WrittenSpan[] = []
  let lastEndMs: number | null = null
  const inOrder = [...bundles.members, ...archives].sort((a, b) => compareArchives(a.archive, b.archive))
  for (const copies of copiesOf(inOrder)) {
    const toMs: number = Math.max(lastEndMs ?? -Infinity, endOf(copies[0], nowMs))
    spans.push({ fromMs: lastEndMs, toMs, ...bytesOf(copies), isArchive: true })
    lastEndMs = toMs
  }
  if (active === null) return spans
  return [...spans, { fromMs: lastEndMs ?? active.createdMs, toMs: nowMs, writtenBytes: active.bytes, storedBytes: active.bytes, isArchive: false }]
}

// A stamp in the future, or the end of a day that is not over, counts as now.
function endOf ({ ageFromMs, rotatedAtMs }: SurveyedArchive, nowMs: number): number {
  return Math.min(ageFromMs, rotatedAtMs, nowMs)
}

function bytesOf (copies: Copies): { writtenBytes: number | null, storedBytes: number } {
  return {
    writtenBytes: copies[0].writtenBytes,
    storedBytes: copies.reduce((sum, { bytes }) => sum + bytes, 0)
  }
}

function copiesOf (archives: readonly SurveyedArchive[]): Copies[] {
  const groups: Array<[SurveyedArchive, ...SurveyedArchive[]]> = []
  for (const found of archives) {
    const last = groups.at(-1)
    if (last !== undefined && compareArchives({ ...last[0].archive, suffix: '' }, { ...found.archive, suffix: '' }) === 0) last.push(found)
    else groups.push([found])
  }
  return groups
}
