// Lists the archives in a log's bundles as one may read them: each with all its stretches, in the order of their names. An archive
// that grew between two runs is there in two stretches, and a run may add an archive that is older than others.
import type { Stretch } from '../disk/compress/codec.js'
import type { Settings } from '../options/settings.js'
import { isAhead, mayHoldUnsent, type Cursor } from '../policy/forwarding/cursor.js'
import { compareArchives, parseArchiveName, type Archive, type LogName } from '../policy/names/archive-name.js'
import { findBundles, membersOf } from './bundle-reading.js'
import { HeldFile } from './held-file.js'

export interface BundledArchive {
  readonly archive: Archive
  readonly bundlePath: string
  readonly stretches: ReadonlyArray<Stretch & { readonly linesBytes: number }>
}

/** Lists the bundled archives that are ahead of the cursor. */
export async function bundledArchives (log: LogName, settings: Pick<Settings, 'bundle'>, cursor: Cursor): Promise<BundledArchive[]> {
  const found: BundledArchive[] = []
  for (const { path } of findBundles(log, settings).bundles.filter(({ stamp }) => mayHoldUnsent(stamp, cursor))) {
    const held = await HeldFile.open(path)
    if (held === null) continue
    try {
      for (const ahead of await listAhead(log, held, cursor)) found.push(ahead)
    } finally {
      await held.close()
    }
  }
  return found.sort((a, b) => compareArchives(a.archive, b.archive))
}

async function listAhead (log: LogName, held: HeldFile, cursor: Cursor): Promise<BundledArchive[]> {
  const byName = new Map<string, BundledArchive>()
  for (const { entry, stretch } of await membersOf(held)) {
    const archive = entry === null ? null : parseArchiveName(entry.name, log)
    if (entry === null || archive === null || !isAhead(archive, cursor)) continue
    const before = byName.get(archive.name)?.stretches ?? []
    byName.set(archive.name, { archive, bundlePath: held.path, stretches: [...before, { ...stretch, linesBytes: entry.to - entry.from }] })
  }
  return [...byName.values()]
}
