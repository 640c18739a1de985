// Decides by their names which stored objects may hold lines of a time window. In doubt an object is included. `cat` checks
// each line.
import { compareArchives, parseArchiveName, type Archive, type LogName } from '../names/archive-name.js'
import { bundleEnd, bundleStart, parseBundleName } from '../names/bundle-name.js'
import { stampInstant } from '../names/stamp.js'
import { knownZone, selectFiles, type Window } from '../filters/line-window.js'
import { nameInKey } from './object-key.js'

/** The longest day, with a change of clocks. */
const dayMsMax = 26 * 3_600_000

export interface StoredObjectName {
  readonly key: string
  readonly sizeBytes: number
}

/** An object that is an archive or a bundle of the log. */
export interface Download extends StoredObjectName {
  readonly name: string
  readonly content: { readonly kind: 'archive', readonly archive: Archive } | { readonly kind: 'bundle', readonly stamp: string }
  /** When its content was complete, by its name. */
  readonly endedMs: number
}

export interface DownloadInput {
  readonly objects: readonly StoredObjectName[]
  readonly keyTemplate: string
  readonly log: LogName
  readonly isBundled: boolean
  readonly window: Window
  readonly timezone: string
}

/** The log's objects that may hold lines of the window, oldest first. Objects under other keys are ignored. */
export function planDownloads (input: DownloadInput): Download[] {
  const downloads = input.objects.flatMap((object) => recognise(object, input))
  const archives = downloads
    .flatMap((download) => download.content.kind === 'archive' ? [{ download, archive: download.content.archive, changedMs: Infinity }] : [])
    .sort((a, b) => compareArchives(a.archive, b.archive))
  const selections = selectFiles(archives, input.window, input.timezone, knownZone)
  const bundles = downloads.filter(({ content }) => content.kind === 'bundle').sort((a, b) => a.endedMs - b.endedMs)
  return [...bundlesWithin(bundles, input), ...archives.filter((_, index) => selections[index] !== 'skip').map(({ download }) => download)]
}

function recognise (object: StoredObjectName, { keyTemplate, log, isBundled, timezone }: DownloadInput): Download[] {
  const name = nameInKey(keyTemplate, object.key)
  if (name === null) return []
  // A day's bundle and a dated archive can have the same name. The options say which of them is stored.
  const stamp = parseBundleName(name, log)
  const archive = parseArchiveName(name, log)
  if (stamp !== null && (isBundled || archive === null)) return [{ ...object, name, content: { kind: 'bundle', stamp }, endedMs: bundleEnd(stamp, timezone) }]
  return archive === null ? [] : [{ ...object, name, content: { kind: 'archive', archive }, endedMs: stampInstant(archive.stamp, timezone) }]
}

// A period's first archive can begin in the period before, and its last one can end in the period after.
function bundlesWithin (bundles: readonly Download[], { window: { sinceMs, untilMs }, timezone }: DownloadInput): Download[] {
  return bundles.filter((_, index) => {
    const before = bundles[index - 1]
    const beginMs = before?.content.kind === 'bundle' ? stampInstant(bundleStart(before.content.stamp), timezone) - dayMsMax : -Infinity
    return beginMs <= untilMs && (bundles[index + 1]?.endedMs ?? Infinity) >= sinceMs
  })
}
