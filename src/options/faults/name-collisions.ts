// Finds names that collide: a file, link or folder whose name this package would give to an archive, a bundle or a hidden
// file. A log compresses and removes what it takes for its archives.
import { basename, dirname, join, parse, relative, sep } from 'node:path'
import { archivePattern, builtInSuffixes } from '../../archive-pattern.js'
import type { Settings } from '../settings.js'
import type { Fault } from '../values/match.js'
import { folderOf, placeOf, readingOf } from './same-place.js'

const hiddenName = /^\..+\.rotor\../
const bundleStamp = /^\d{4}(?:\d{2}|\d{4}|W\d{2})$/i
/** Stamps and numbers, one archive for each form of its name. */
const sampleStamps = ['20251001', '20251001_121111']
const sampleCounts = ['', '.1', '.20251001']

/** The names of a log, as its folder compares them. */
interface Names {
  readonly settings: Settings
  readonly folder: string
  /** Makes names equal that mean the same file in the folder. */
  readonly read: (name: string) => string
  readonly base: string
  readonly stem: string
  readonly extension: string
  readonly archives: RegExp
  /** The paths of the bundles' folder and of the folders on the way to it. */
  readonly bundles: readonly string[]
}

const known = new WeakMap<Settings, Names>()

/** What is wrong with the names of one log. */
export function faultsOfNames (settings: Settings): Fault[] {
  const { file, link, bundle } = settings
  if (hiddenName.test(basename(file))) return [{ keys: ['file'], expected: 'another name: those like .….rotor.… are for hidden files of a log' }]
  if (link === null && bundle === null) return []
  const { read, archives } = namesOf(settings)
  const taken = (name: string): string | null => hiddenName.test(name) ? 'a name of hidden files (.….rotor.…)' : archives.test(read(name)) ? 'a name of its archives' : null
  const ofLink = link === null ? null : taken(link)
  const ofFolder = bundle === null ? null : relative(dirname(file), bundle.directory).split(sep).map((name) => name === link ? 'the name of the link' : taken(name)).find((each) => each !== null) ?? null
  return [
    ...ofLink === null ? [] : [{ keys: ['symlink'], expected: `another name for the link, not ${ofLink}` }],
    ...ofFolder === null ? [] : [{ keys: ['bundle', 'directory'], expected: `another name for the folder, not ${ofFolder}` }]
  ]
}

/** Why two logs with different paths collide; null if they do not. */
export function collisionOf (settings: Settings, otherSettings: Settings): Fault | null {
  const [own, other] = [namesOf(settings), namesOf(otherSettings)]
  const isBeside = own.folder === other.folder
  if (isBeside && own.base === other.base) return { keys: ['file'], expected: `a name that differs by more than case from ${otherSettings.file}, which is the same file on this disk` }
  return (isBeside ? collisionOfFiles(own, other) ?? collisionOfLinks(own, other) : null) ?? collisionOfFolders(own, other)
}

function collisionOfFiles (own: Names, other: Names): Fault | null {
  const { file } = other.settings
  if (other.archives.test(own.base) || own.archives.test(other.base)) return { keys: ['file'], expected: `no name that is one of an archive of the other (${file})` }
  // Archives can have equal names only if one stem begins with the other.
  const mayBeAlike = own.stem.startsWith(other.stem) || other.stem.startsWith(own.stem)
  const isAlike = mayBeAlike && (sampleArchives(own).some((name) => other.archives.test(name)) || sampleArchives(other).some((name) => own.archives.test(name)))
  return isAlike ? { keys: ['file'], expected: `a name whose archives cannot be mistaken for those of ${file}` } : null
}

function collisionOfLinks (own: Names, other: Names): Fault | null {
  const { file } = other.settings
  const [link, otherLink] = [own, other].map(({ settings, read }) => settings.link === null ? null : read(settings.link))
  if (typeof link === 'string' && ([other.base, otherLink].includes(link) || other.archives.test(link))) {
    return { keys: ['symlink'], expected: `no name that the file, the link or an archive of another has (${file})` }
  }
  if (typeof otherLink === 'string' && (otherLink === own.base || own.archives.test(otherLink))) {
    return { keys: ['symlink'], expected: `no name that the file or the link of another has (${file})` }
  }
  return null
}

function collisionOfFolders (own: Names, other: Names): Fault | null {
  for (const [log, beside] of [[own, other], [other, own]] as const) {
    const { file, link } = beside.settings
    const places = log.bundles.length === 0 ? [] : [file, ...link === null ? [] : [join(dirname(file), link)]].map(placeOf)
    const isInTheWay = log.bundles.some((place) => places.includes(place) || isArchivePlace(place, beside))
    if (isInTheWay) return { keys: ['bundle', 'directory'], expected: `a folder name that ${file}, its link and its archives do not use` }
    const directory = log.settings.bundle?.directory
    if (directory !== undefined && folderOf(directory) === beside.folder && isBundleName(log, beside.base)) return { keys: ['file'], expected: `no name that is one of a bundle of ${log.settings.file}` }
  }
  return sharesBundles(own, other) ? { keys: ['bundle', 'directory'], expected: `another folder than that of ${other.settings.file}, because both logs' bundles would have the same names` } : null
}

function namesOf (settings: Settings): Names {
  const found = known.get(settings)
  if (found !== undefined) return found
  const directory = dirname(settings.file)
  const read = readingOf(directory)
  const base = read(basename(settings.file))
  const { name: stem, ext: extension } = parse(base)
  const bundles = settings.bundle === null ? [] : foldersBetween(directory, settings.bundle.directory).map(placeOf)
  const names = { settings, folder: folderOf(directory), read, base, stem, extension, archives: archivePattern({ stem, extension }), bundles }
  known.set(settings, names)
  return names
}

function foldersBetween (parent: string, folder: string): string[] {
  return folder === parent || dirname(folder) === folder ? [] : [...foldersBetween(parent, dirname(folder)), folder]
}

function isArchivePlace (place: string, { folder, archives }: Names): boolean {
  return place.startsWith(`${folder}/`) && archives.test(place.slice(folder.length + 1))
}

function isBundleName ({ stem, extension }: Names, name: string): boolean {
  if (!name.startsWith(`${stem}.`) || !name.endsWith(`${extension}.gz`)) return false
  return bundleStamp.test(name.slice(stem.length + 1, -`${extension}.gz`.length))
}

function sampleArchives ({ stem, extension }: Names): string[] {
  return sampleStamps.flatMap((stamp) => sampleCounts.flatMap((count) => ['', ...builtInSuffixes].map((suffix) => `${stem}.${stamp}${count}${extension}${suffix}`)))
}

function sharesBundles (own: Names, other: Names): boolean {
  if (own.base !== other.base) return false
  const places = [own, other].flatMap(({ settings: { bundle } }) => bundle === null ? [] : [folderOf(bundle.directory)])
  return new Set(places).size < places.length || [own, other].some(({ folder }) => places.includes(folder))
}
