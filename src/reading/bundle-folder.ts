// What stands in the folder of the bundles: those of this log, and what a crash left of one that was being made.
import { join } from 'node:path'
import { describe, listFolderSync } from '../disk/archive-folder.js'
import { ignoreMissing } from '../disk/errno.js'
import { RotorFileTypeError } from '../errors.js'
import { defaultBundle } from '../options/defaults.js'
import { linkBelow } from '../options/faults/file-place.js'
import type { Settings } from '../options/settings.js'
import { type LogName } from '../policy/names/archive-name.js'
import { hiddenName } from '../policy/names/hidden-name.js'
import { bundlePeriodOf, parseBundleName } from '../policy/names/bundle-name.js'
import type { StoredBundle } from '../policy/retention/bundle-plan.js'

export interface BundleFolderContents {
  /** Oldest first. */
  readonly bundles: StoredBundle[]
  /** The names of bundles that were never finished. */
  readonly leftovers: string[]
}

/** The folder that the log's bundles are in: where no options name it, the one that they are made in by default. */
export function bundleDirectory ({ bundle }: Pick<Settings, 'bundle'>, log: LogName): string {
  return bundle?.directory ?? join(log.directory, defaultBundle.directory)
}

/** The name that a bundle has until it is finished. */
export function hiddenBundleName (log: LogName, stamp: string): string {
  return hiddenName(log, `bundle.${stamp}`)
}

/** Throws where a symbolic link leads to the folder: what is behind it is not ours. */
export function expectOwnFolder (directory: string, log: LogName): void {
  const link = linkBelow(log.directory, directory)
  if (link !== null) throw new RotorFileTypeError(link, 'a folder, but a symbolic link')
}

/** Finds every bundle of the log; none where there is no such folder. Throws where a symbolic link leads to it. */
export function readBundleFolder (directory: string, log: LogName): BundleFolderContents {
  expectOwnFolder(directory, log)
  const listed = ignoreMissing(() => listFolderSync(directory, (name) => recognise(name, log))) ?? []
  const found = listed.map(({ name, value }) => ({ name, ...value }))
  const finished = found.filter(({ isFinished }) => isFinished).sort((a, b) => a.stamp < b.stamp ? -1 : 1)
  return {
    bundles: finished.flatMap(({ name, stamp }) => {
      const bytes = describe(join(directory, name))?.bytes
      return bytes === undefined ? [] : [{ name, stamp, bytes }]
    }),
    leftovers: found.filter(({ isFinished }) => !isFinished).map(({ name }) => name)
  }
}

function recognise (name: string, log: LogName): { stamp: string, isFinished: boolean } | null {
  const finished = parseBundleName(name, log)
  if (finished !== null) return { stamp: finished, isFinished: true }
  const prefix = hiddenBundleName(log, '')
  const stamp = name.startsWith(prefix) ? name.slice(prefix.length) : ''
  return bundlePeriodOf(stamp) === null ? null : { stamp, isFinished: false }
}
