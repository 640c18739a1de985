// The bundles of a log: what is older than its archives. Between the making of a bundle and the removal of its sources, an
// archive stands in both places; the bundle's own index tells.
import { join } from 'node:path'
import { surveyBundle, surveySource } from '../../disk/bundle.js'
import { errnoOf } from '../../disk/errno.js'
import { readBundleFolder } from '../../lifecycle/bundle-folder.js'
import type { BundlePeriod, Settings } from '../../options/settings.js'
import { codecOf, formatArchiveName, type Archive, type LogName } from '../../policy/archive-name.js'
import { bundlePeriodOf, bundleStampOf, plainBundleName } from '../../policy/bundle-name.js'

export interface BundleFile {
  readonly path: string
  readonly stamp: string
}

/** The folder that bundles are made in where the options do not name another. */
const usualFolder = 'archive'

/** Finds the bundles of the log, oldest first. */
export function findBundles (log: LogName, { bundle }: Pick<Settings, 'bundle'>): BundleFile[] {
  const directory = bundle?.directory ?? join(log.directory, usualFolder)
  return readBundleFolder(directory, log).bundles.map(({ name, stamp }) => ({ path: join(directory, name), stamp }))
}

/** Leaves out the archives whose lines are in one of the bundles already. */
export async function withoutBundled<Found extends { readonly value: Archive }> (log: LogName, bundles: readonly BundleFile[], found: readonly Found[]): Promise<Found[]> {
  const kept: Found[] = []
  for (const each of found) {
    const bundle = bundles.find(({ stamp }) => isOfPeriod(each.value, stamp))
    if (bundle === undefined || !await isIn(log, bundle, each.value)) kept.push(each)
  }
  return kept
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
    // The sweep that was about to remove it has done so.
    if (errnoOf(error) === 'ENOENT') return true
    // What is damaged is read for what can be saved, and said to be damaged there.
    return false
  }
}
