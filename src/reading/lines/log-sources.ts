// Lists what to read of a log, oldest first: bundles, archives, files that other tools rotated, and the active file.
import { join } from 'node:path'
import { describe, listFolder } from '../../disk/archive-folder.js'
import { listBundle } from '../../disk/bundle/bundle.js'
import { wholeFile, type Stretch } from '../../disk/compress/codec.js'
import { codecOf, compareArchives, logOf, parseArchiveName, type Archive, type LogName } from '../../policy/names/archive-name.js'
import { isForeignArchiveName } from '../../policy/names/foreign-name.js'
import { activePlace, archivePlace, foreignPlace } from '../../policy/lines/line-cursor.js'
import { stampInstant } from '../../policy/names/stamp.js'
import { anyZone, knownZone, selectFiles, type DatedArchive, type Selection, type Window } from '../../policy/filters/line-window.js'
import type { Settings } from '../../options/settings.js'
import { holdArchive, openArchive, withoutCopies } from '../archive-reading.js'
import { findBundles, withoutBundled, type BundleFile } from '../bundle-reading.js'
import { closingOnFailure, HeldFile } from '../held-file.js'
import { takeSnapshot, type ListedArchive } from '../log-snapshot.js'
import { firstTime, suffixCodec } from './file-source.js'
import { openHeld, type LineSource } from './line-source.js'

/** The log to read. */
export interface ReadLog {
  readonly settings: Settings
  /** Whether the settings come from the application, and are not just the defaults. */
  readonly isConfigured: boolean
}

/** An archive that is read up to its position. */
export interface ReadFile {
  readonly held: HeldFile
  readonly archive: Archive
}

export interface LogSources {
  readonly log: LogName
  /** Archives and bundles, without the active file. */
  readonly archived: readonly LineSource[]
  readonly active: { readonly source: LineSource, readonly held: HeldFile } | null
  /** The newest plain archives, open, with their positions where their sources end. */
  readonly recent: readonly ReadFile[]
  readonly newest: Archive | null
  /** Why the bundles cannot be read; null if they can. */
  readonly refusal: unknown
  /** Closes the open files. */
  readonly close: () => Promise<void>
}

interface BundleMembers {
  readonly bundle: BundleFile
  /** Null if it is gone or cannot be read. The error is reported when its turn comes. */
  readonly held: HeldFile | null
  readonly members: ReadonlyArray<{ readonly archive: Archive | null, readonly stretch: Stretch }>
}

/** How many archives are held open from the beginning. */
const recentMax = 2
/** The longest time between a line's own time and the last change of its file. */
const marginMs = 3_600_000
/** The start of each file of another tool is unpacked, which takes memory. So only a few are open at the same time. */
const openedAtOnce = 8

/** Finds what to read of a log for a time window. Its files are opened, so none is missed that is renamed meanwhile. */
export async function sourcesOfLog (target: ReadLog, window: Window | null, timeKeys: readonly string[]): Promise<LogSources> {
  return await closingOnFailure(async (opened) => await openSources(target, window, timeKeys, opened))
}

async function openSources (target: ReadLog, window: Window | null, timeKeys: readonly string[], opened: HeldFile[]): Promise<LogSources> {
  const log = logOf(target.settings)
  const { active, archives: listed } = await takeSnapshot(log)
  if (active !== null) opened.push(active)
  // Listed after the archives. An archive that is bundled meanwhile is then found in at least one place.
  const { bundles, refusal } = findBundles(log, target.settings)
  const archives = await withoutBundled(log, bundles, await withoutCopies(log, listed))
  const bundled = await Promise.all(bundles.map(async (bundle) => await membersOf(log, bundle)))
  for (const { held } of bundled) if (held !== null) opened.push(held)
  const recent = await openRecent(log, archives, opened)
  const selectionOf = select(bundled, archives, window, target)
  const archived = [
    ...bundled.flatMap((each) => bundleSources(each, selectionOf)),
    ...await withForeign(log, archives.map((each) => archiveSource(log, each, selectionOf(each.value), recent)), archives, target, window, timeKeys)
  ]
  return {
    log,
    archived,
    active: active === null ? null : { held: active, source: { name: active.path, selection: selectionOf(null), place: activePlace(listed.at(-1)?.value ?? null), open: async () => await openHeld(active, null, wholeFile, nothingToClose) } },
    recent,
    newest: listed.at(-1)?.value ?? null,
    refusal,
    close: async () => {
      await active?.close()
      for (const { held } of [...bundled, ...recent]) await held?.close()
    }
  }
}

async function nothingToClose (): Promise<void> {
  await Promise.resolve() // closed with the log's other files
}

async function membersOf (log: LogName, bundle: BundleFile): Promise<BundleMembers> {
  const held = await HeldFile.open(bundle.path).catch(() => null)
  if (held === null) return { bundle, held, members: [] }
  try {
    const { entries, endPosition, sizeBytes } = await listBundle(held.file)
    const members = entries.map(({ name, position, packedBytes }) => ({ archive: parseArchiveName(name, log), stretch: { from: position, to: position + packedBytes } }))
    return { bundle, held, members: endPosition === sizeBytes && sizeBytes > 0 ? members : [...members, { archive: null, stretch: { from: endPosition, to: Infinity } }] }
  } catch {
    await held.close()
    return { bundle, held: null, members: [] }
  }
}

function select (bundled: readonly BundleMembers[], archives: readonly ListedArchive[], window: Window | null, { settings, isConfigured }: ReadLog): (archive: Archive | null) => Selection {
  if (window === null) return () => 'whole'
  const inBundles = bundled.flatMap(({ members }) => members.flatMap(({ archive }): DatedArchive[] => archive === null ? [] : [{ archive, changedMs: Infinity }]))
  const dated = [...inBundles, ...archives.map(({ value, changedMs }): DatedArchive => ({ archive: value, changedMs }))].sort((a, b) => compareArchives(a.archive, b.archive))
  const selections = selectFiles(dated, window, settings.timezone, isConfigured ? knownZone : anyZone)
  const known = new Map<Archive | null, Selection>(dated.map(({ archive }, index) => [archive, selections[index] ?? 'edge']))
  // Content without a marker, or that could not be listed, may be from any time.
  return (archive) => archive === null ? selections.at(-1) ?? 'edge' : known.get(archive) ?? 'edge'
}

function bundleSources ({ bundle, held, members }: BundleMembers, selectionOf: (archive: Archive | null) => Selection): LineSource[] {
  if (held === null) {
    return [{
      name: bundle.path,
      selection: 'edge',
      open: async () => {
        const again = await HeldFile.open(bundle.path)
        return again === null ? null : await openHeld(again, 'gzip')
      }
    }]
  }
  return members.map(({ archive, stretch }) => ({
    name: bundle.path,
    selection: archive === null ? 'edge' : selectionOf(archive),
    ...archive !== null && { place: archivePlace(archive) },
    isPart: members.length > 1,
    open: async () => await openHeld(held, 'gzip', stretch, nothingToClose)
  }))
}

// A delayed writer may still add a line to one of these. It is read after the others, if the log is followed.
async function openRecent (log: LogName, archives: readonly ListedArchive[], opened: HeldFile[]): Promise<ReadFile[]> {
  const recent: ReadFile[] = []
  for (const { value } of archives.slice(-recentMax).filter((archive) => archive.value.suffix === '')) {
    const held = await openArchive(log, value)
    if (held === null) continue
    opened.push(held)
    held.readFrom(await held.sizeBytes())
    recent.push({ held, archive: value })
  }
  return recent
}

function archiveSource (log: LogName, { value }: ListedArchive, selection: Selection, recent: readonly ReadFile[]): LineSource {
  const open = recent.find(({ archive }) => archive === value)?.held
  return {
    name: join(log.directory, value.name),
    selection,
    place: archivePlace(value),
    open: async () => {
      if (open !== undefined) return await openHeld(open, null, { from: 0, to: open.position }, nothingToClose)
      const found = await holdArchive(log, value)
      return found === null ? null : await openHeld(found.held, codecOf(found.archive, log))
    }
  }
}

// Other tools number their files in either direction. So the time of the first line tells each file's place.
async function withForeign (log: LogName, own: readonly LineSource[], archives: readonly ListedArchive[], { settings }: ReadLog, window: Window | null, timeKeys: readonly string[]): Promise<LineSource[]> {
  const ordered = own.map((source, index) => ({ source, atMs: stampInstant(archives[index]?.value.stamp ?? '', settings.timezone) }))
  const names = await listFolder(log.directory, (name) => isForeignArchiveName(name, log) ? name : null, log.stem)
  const foreign: ForeignSource[] = []
  for (let from = 0; from < names.length; from += openedAtOnce) {
    const opened = await Promise.all(names.slice(from, from + openedAtOnce).map(async ({ name }) => await foreignSource(join(log.directory, name), window, timeKeys)))
    for (const source of opened) foreign.push(source)
  }
  for (const { source, atMs } of foreign.sort((a, b) => a.atMs - b.atMs || (a.source.name < b.source.name ? -1 : 1))) {
    const index = ordered.findIndex((other) => other.atMs > atMs)
    ordered.splice(index === -1 ? ordered.length : index, 0, { source, atMs })
  }
  return ordered.map(({ source }) => source)
}

interface ForeignSource { readonly source: LineSource, readonly atMs: number }

async function foreignSource (path: string, window: Window | null, timeKeys: readonly string[]): Promise<ForeignSource> {
  const source = {
    name: path,
    place: foreignPlace(path),
    open: async () => {
      const held = await HeldFile.open(path)
      return held === null ? null : await openHeld(held, suffixCodec(path))
    }
  }
  const modifiedMs = describe(path)?.modifiedMs ?? Infinity
  if (window !== null && modifiedMs + marginMs < window.sinceMs) return { atMs: modifiedMs, source: { ...source, selection: 'skip' } }
  const atMs = await firstTime(source, timeKeys) ?? modifiedMs
  const isOutside = window !== null && atMs - marginMs > window.untilMs
  return { atMs, source: { ...source, selection: isOutside ? 'skip' : 'edge' } }
}
