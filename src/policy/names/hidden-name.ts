// The names of everything beside the log that is needed for a while only: `.{base}.rotor.{part}`. They have to fit wherever
// an archive's name does. So a part has a fixed length, and of a long base only the beginning and a digest are used.
import { createHash } from 'node:crypto'
import type { Archive, ArchiveId, LogName } from './archive-name.js'

/** A longer base is shortened to so many bytes. A file system that takes names of 143 bytes then takes the hidden ones as well. */
const baseBytesMax = 100
const digestLength = 16

/** The hidden name of a part: a lock, an unfinished file or a record. */
export function hiddenName (log: LogName, part: string): string {
  return `${prefixOf(shortened(log.base))}${part}`
}

/** The part in which an archive's compressed copy is written. It tells the archives of one log apart. */
export function packPart ({ name }: Pick<Archive, 'name'>): string {
  return `pack.${digest(name).slice(0, 12)}`
}

/** The part under which a plain archive is taken aside before it is removed. The archive's name can be told from it. */
export function asidePart ({ stamp, n }: ArchiveId): string {
  return `gone.${stamp}.${n}`
}

/** Which archive was taken aside under that hidden name; null for any other name. */
export function parseAsideName (name: string, log: LogName): ArchiveId | null {
  const parts = /\.rotor\.gone\.([0-9_]+)\.(\d+)$/.exec(name)
  if (parts === null) return null
  const id = { stamp: parts[1] ?? '', n: Number(parts[2]) }
  return name === hiddenName(log, asidePart(id)) ? id : null
}

/** Whether a name is one of this log's hidden ones, also where a version before 0.2 gave it and did not shorten the base. */
export function isHiddenName (name: string, { base }: LogName): boolean {
  return [shortened(base), base].map(prefixOf).some((prefix) => name.length > prefix.length && name.startsWith(prefix))
}

/** Parts that stay, or belong to a process that has a lock of its own: records, their next version, and the locks themselves. */
const lastingParts = ['stored', 'stored.new', 'upload', 'download', 'download.part', 'sent', 'sent.new', 'rejected', 'forward']

/** Whether a hidden file is one that no sweep may take for left behind. */
export function isLasting (name: string, log: LogName): boolean {
  return lastingParts.some((part) => name === hiddenName(log, part))
}

function prefixOf (base: string): string {
  return `.${base}.rotor.`
}

function shortened (base: string): string {
  if (Buffer.byteLength(base) <= baseBytesMax) return base
  return `${beginning(base, baseBytesMax - digestLength - 1)}~${digest(base).slice(0, digestLength)}`
}

// Cut between two characters: a file system may refuse half a one.
function beginning (text: string, bytesMax: number): string {
  let bytes = 0
  const characters = Array.from(text)
  const end = characters.findIndex((character) => (bytes += Buffer.byteLength(character)) > bytesMax)
  return characters.slice(0, end).join('')
}

function digest (text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
