// Which files of a log must be read for a stretch of time. A bundle is as old as the archives that its index names.
import { compareArchives, parseArchiveName, type Archive, type LogName } from '../policy/names/archive-name.js'
import { anyZone, knownZone, selectFiles, type DatedArchive, type Selection, type Window } from '../policy/lines/line-window.js'
import type { Settings } from '../options/settings.js'
import { membersOf, type BundleFile } from './bundle-reading.js'
import { HeldFile } from './held-file.js'
import type { ListedArchive } from './log-snapshot.js'

/** The log whose files are read. */
export interface ReadLog {
  readonly settings: Settings
  /** Whether the settings are the application's own, not just defaults. */
  readonly isConfigured: boolean
}

export interface FileSelection {
  readonly bundles: readonly Selection[]
  /** One for each archive, and one for the active file. */
  readonly files: readonly Selection[]
}

/** Selects what to read of bundles and archives, which come in the order of names. */
export async function selectForWindow (log: LogName, bundles: readonly BundleFile[], archives: readonly ListedArchive[], window: Window, target: ReadLog): Promise<FileSelection> {
  if (window.sinceMs === -Infinity && window.untilMs === Infinity) return { bundles: bundles.map(() => 'whole'), files: [...archives, null].map(() => 'whole') }
  const bundled = await Promise.all(bundles.map(async (bundle) => await archivesIn(log, bundle)))
  const dated = [...bundled.flat(), ...archives.map(({ value, changedMs }): DatedArchive => ({ archive: value, changedMs }))]
    .sort((a, b) => compareArchives(a.archive, b.archive))
  const selections = selectFiles(dated, window, target.settings.timezone, target.isConfigured ? knownZone : anyZone)
  const selectionOf = new Map(dated.map(({ archive }, index) => [archive, selections[index] ?? 'edge']))
  return {
    bundles: bundled.map((members) => common(members.map(({ archive }) => selectionOf.get(archive) ?? 'edge'))),
    files: [...archives.map(({ value }) => selectionOf.get(value) ?? 'edge'), selections.at(-1) ?? 'edge']
  }
}

function common (selections: readonly Selection[]): Selection {
  const [first] = selections
  return first !== undefined && selections.every((selection) => selection === first) ? first : 'edge'
}

// None where something in it does not say whose it is, or where it cannot be read: then each line must be looked at.
async function archivesIn (log: LogName, { path }: BundleFile): Promise<DatedArchive[]> {
  const held = await HeldFile.open(path).catch(() => null)
  if (held === null) return []
  try {
    const archives = (await membersOf(held)).map(({ entry }): Archive | null => entry === null ? null : parseArchiveName(entry.name, log))
    return archives.includes(null) ? [] : archives.flatMap((archive) => archive === null ? [] : [{ archive, changedMs: Infinity }])
  } catch {
    // What is wrong with it is said when it is read.
    return []
  } finally {
    await held.close()
  }
}
