// Tells whether two paths mean the same place on the disk. A folder may have several paths, and on some disks names that
// differ only in case are the same. It changes nothing.
import { lstatSync, opendirSync, readdirSync, statSync, type BigIntStats } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { ignoresCase } from '../../platform/operating-system.js'

/** This many entries of a folder are enough to find one whose name has letters. */
const entriesMax = 64

/** Returns the same text for two paths if the disk treats them as the same place. */
export function placeOf (path: string): string {
  return `${folderOf(dirname(path))}/${readingOf(dirname(path))(basename(path))}`
}

/** Returns the same text for two paths of the same folder. */
export function folderOf (folder: string): string {
  const stats = look(() => statSync(folder, { bigint: true }))
  if (stats !== null) return `${stats.dev}:${stats.ino}`
  return dirname(folder) === folder ? folder : `${folderOf(dirname(folder))}/${readingOf(dirname(folder))(basename(folder))}`
}

/**
 * Returns the path with the file's name as it stands in the folder. The folder may treat another case as the same name, but
 * names of archives are compared exactly.
 */
export function standingPath (path: string): string {
  const [folder, name] = [dirname(path), basename(path)]
  if (!isSame(join(folder, swapped(name)), path)) return path
  const names = look(() => readdirSync(folder)) ?? []
  return names.includes(name) ? path : join(folder, names.find((each) => folded(each) === folded(name)) ?? name)
}

/** Makes a function that returns the same text for two names if the folder treats them as the same. */
export function readingOf (folder: string): (name: string) => string {
  return foldsCase(nearestFolder(folder)) ? folded : (name) => name
}

function folded (name: string): string {
  return name.normalize('NFC').toLowerCase()
}

// An empty folder does not show it. Its own name shows how the folder above treats names, which is mostly the same.
function foldsCase (folder: string): boolean {
  if (ignoresCase()) return true
  const name = namesIn(folder).find((each) => swapped(each) !== each)
  if (name !== undefined) return isSame(join(folder, name), join(folder, swapped(name)))
  const own = basename(folder)
  return swapped(own) !== own && isSame(folder, join(dirname(folder), swapped(own)))
}

function nearestFolder (folder: string): string {
  return folder === dirname(folder) || look(() => statSync(folder, { bigint: true })) !== null ? folder : nearestFolder(dirname(folder))
}

function namesIn (folder: string): string[] {
  const names: string[] = []
  look(() => {
    const entries = opendirSync(folder)
    try {
      for (let entry = entries.readSync(); entry !== null && names.length < entriesMax; entry = entries.readSync()) names.push(entry.name)
    } finally {
      entries.closeSync()
    }
  })
  return names
}

function isSame (path: string, other: string): boolean {
  const found = statsOf(path)
  const beside = found === null ? null : statsOf(other)
  return found !== null && beside !== null && found.ino === beside.ino && found.dev === beside.dev
}

function statsOf (path: string): BigIntStats | null {
  return look(() => lstatSync(path, { bigint: true, throwIfNoEntry: false })) ?? null
}

function swapped (name: string): string {
  return Array.from(name, (character) => character === character.toLowerCase() ? character.toUpperCase() : character.toLowerCase()).join('')
}

// If something cannot be looked at, the first opening reports it with the system's code.
function look<Result> (action: () => Result): Result | null {
  try {
    return action()
  } catch {
    return null
  }
}
