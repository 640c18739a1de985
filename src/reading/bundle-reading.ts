// Reads the bundles of a log, which are older than its archives. After a bundle is made and before its sources are removed,
// an archive is in both. The bundle's own index shows it.
import { join } from 'node:path'
import { listBundle, surveyBundle, surveySource } from '../disk/bundle/bundle.js'
import type { BundleEntry } from '../disk/bundle/bundle-marker.js'
import type { Stretch } from '../disk/compress/codec.js'
import type { CompressError } from '../disk/compress/compress-error.js'
import { errnoOf } from '../disk/errno.js'
import { unpackWhatCanBe } from '../disk/compress/salvage.js'
import { bundleDirectory, readBundleFolder } from './bundle-folder.js'
import { pathBelow } from '../policy/names/path-below.js'
import type { BundlePeriod, Settings } from '../options/settings.js'
import { codecOf, formatArchiveName, type Archive, type LogName } from '../policy/names/archive-name.js'
import { bundlePeriodOf, bundleStampOf, plainBundleName } from '../policy/names/bundle-name.js'
import type { HeldFile } from './held-file.js'

export interface BundleFile {
  readonly path: string
  /** Its path from the log's folder. */
  readonly shown: string
  readonly stamp: string
  readonly bytes: number
}

export interface FoundBundles {
  /** Oldest first. */
  readonly bundles: readonly BundleFile[]
  /**
   * Why their folder cannot be read; null if it can, or if the options ask for no bundles, since another program may own the
   * folder.
   */
  readonly refusal: unknown
}

/** An archive in a bundle, or content without a marker. */
export interface BundleMember {
  /** Null for content without a marker. */
  readonly entry: BundleEntry | null
  readonly stretch: Stretch
  readonly read: (take: (piece: Buffer) => Promise<void>) => Promise<CompressError | null>
}

/** Finds the bundles of the log. */
export function findBundles (log: LogName, settings: Pick<Settings, 'bundle'>): FoundBundles {
  const directory = bundleDirectory(settings, log)
  try {
    const bundles = readBundleFolder(directory, log).bundles.map(({ name, stamp, bytes }) => ({ path: join(directory, name), shown: pathBelow(log, join(directory, name)), stamp, bytes }))
    return { bundles, refusal: null }
  } catch (error) {
    return { bundles: [], refusal: settings.bundle === null ? null : error }
  }
}

/** Lists the content of a bundle in its order. */
export async function membersOf ({ file }: HeldFile): Promise<BundleMember[]> {
  const { entries, endPosition, sizeBytes } = await listBundle(file)
  const memberOf = (entry: BundleEntry | null, stretch: Stretch): BundleMember => ({ entry, stretch, read: (take) => unpackWhatCanBe(file, 'gzip', take, stretch) })
  const members = entries.map((entry) => memberOf(entry, { from: entry.position, to: entry.position + entry.packedBytes }))
  if (endPosition === sizeBytes && sizeBytes > 0) return members
  return [...members, memberOf(null, { from: endPosition, to: Infinity })]
}

/** Leaves out the archives whose lines are already in a bundle. */
export async function withoutBundled<Found extends { readonly value: Archive }> (log: LogName, bundles: readonly BundleFile[], found: readonly Found[]): Promise<Found[]> {
  const kept: Found[] = []
  for (const each of found) {
    if (await bundleHolding(log, bundles, each.value) === null) kept.push(each)
  }
  return kept
}

/** Returns the bundle with all lines of the archive; null if there is none. */
export async function bundleHolding (log: LogName, bundles: readonly BundleFile[], archive: Archive): Promise<BundleFile | null> {
  const bundle = bundles.find(({ stamp }) => isOfPeriod(archive, stamp))
  return bundle !== undefined && await isIn(log, bundle, archive) ? bundle : null
}

function isOfPeriod ({ stamp }: Archive, bundleStamp: string): boolean {
  const period: BundlePeriod | null = bundlePeriodOf(bundleStamp)
  return period !== null && bundleStampOf(stamp, period) === bundleStamp
}

async function isIn (log: LogName, bundle: BundleFile, archive: Archive): Promise<boolean> {
  const { signal } = new AbortController()
  try {
    const standing = await surveyBundle(bundle.path, plainBundleName(log, bundle.stamp), signal)
    const { joinedBytes, bytes } = await surveySource({ path: join(log.directory, archive.name), name: formatArchiveName(log, archive, ''), codec: codecOf(archive, log) }, standing, signal)
    return joinedBytes === bytes
  } catch (error) {
    // A sweep has removed it meanwhile.
    if (errnoOf(error) === 'ENOENT') return true
    // A damaged archive is read as far as possible, and the damage is reported there.
    return false
  }
}
