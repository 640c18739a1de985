// Lists the folder of the bundles: those of this log, and unfinished ones that a crash left.
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
  /** The names of unfinished bundles. */
  readonly leftovers: string[]
}

/** The folder of the log's bundles. If no options name it, it is the default folder. */
export function bundleDirectory ({ bundle }: Pick<Settings, 'bundle'>, log: LogName): string {
  return bundle?.directory ?? join(log.directory, defaultBundle.directory)
}

/** The name of a bundle until it is finished. */
export function hiddenBundleName (log: LogName, stamp: string): string {
  return hiddenName(log, `bundle.${stamp}`)
}

/** Throws if the folder is a symbolic link, because its target does not belong to the log. */
export function expectOwnFolder (directory: string, log: LogName): void {
  const link = linkBelow(log.directory, directory)
  if (link !== null) throw new RotorFileTypeError(link, 'a folder, but a symbolic link')
}

/** Lists every bundle of the log; none if there is no such folder. Throws if the folder is a symbolic link. */
export function readBundleFolder (directory: string, log: LogName): BundleFolderContents {
  expectOwnFolder(directory, log)
  const listed = ignoreMissing(() => listFolderSync(directory, (name) => recognise(name, log), log.stem)) ?? []
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
