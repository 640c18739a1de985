// The names of all temporary files beside the log: `.{base}.rotor.{part}`. They must fit wherever an archive's name fits. So
// a part has a fixed length, and a long base is replaced by its beginning and a digest.
import { createHash } from 'node:crypto'
import type { Archive, ArchiveId, LogName } from './archive-name.js'

/**
 * A longer base is shortened to this many bytes. The hidden names then fit on a file system that takes names of 143 bytes.
 */
const baseBytesMax = 100
const digestLength = 16
const failurePrefix = 'failed.'
const successorPrefix = 'next'
const passagePrefix = 'pass'

/** The hidden name of a part: a lock, an unfinished file or a record. */
export function hiddenName (log: LogName, part: string): string {
  return `${prefixOf(shortened(log.base))}${part}`
}

/** The part for the successors of one writer. The end of its identifier tells them from those of every other writer. */
export function successorPart (identifier: string): string {
  return `${successorPrefix}.${identifier.slice(-8)}`
}

/** Whether the hidden name is that of a successor. Versions before 0.2 had one name for all writers. */
export function isSuccessorName (name: string, log: LogName): boolean {
  return name.startsWith(hiddenName(log, successorPrefix))
}

/** The hidden folder through which the active file passes to its archive name. It belongs to the writer of the successor. */
export function passageName (successor: string, log: LogName): string {
  return hiddenName(log, `${passagePrefix}${successor.slice(hiddenName(log, successorPrefix).length)}`)
}

/** The part for writing an archive's compressed copy. It is different for each archive of a log. */
export function packPart ({ name }: Pick<Archive, 'name'>): string {
  return `pack.${digest(name).slice(0, 12)}`
}

/** The part for setting a plain archive aside before its removal. The archive's name can be derived from it. */
export function asidePart ({ stamp, n }: ArchiveId): string {
  return `gone.${stamp}.${n}`
}

/** The part for the record of what fails in a process. `holder` tells it from every other record of the log. */
export function failurePart (holder: string): string {
  return `${failurePrefix}${digest(holder).slice(0, 10)}`
}

/** Whether the hidden name is that of a record of what fails. */
export function isFailureName (name: string, log: LogName): boolean {
  return name.startsWith(hiddenName(log, failurePrefix))
}

/** Returns which archive has that hidden name; null for any other name. */
export function parseAsideName (name: string, log: LogName): ArchiveId | null {
  const parts = /\.rotor\.gone\.([0-9_]+)\.(\d+)$/.exec(name)
  if (parts === null) return null
  const id = { stamp: parts[1] ?? '', n: Number(parts[2]) }
  return name === hiddenName(log, asidePart(id)) ? id : null
}

/**
 * Whether a name is one of this log's hidden ones. Versions before 0.2 did not shorten the base, and their names count too.
 */
export function isHiddenName (name: string, { base }: LogName): boolean {
  return [shortened(base), base].map(prefixOf).some((prefix) => name.length > prefix.length && name.startsWith(prefix))
}

/** Parts that stay, or belong to a process with its own lock: records, their next versions, and the locks themselves. */
const lastingParts = ['stored', 'stored.new', 'upload', 'download', 'download.part', 'sent', 'sent.new', 'rejected', 'forward']

/** Whether no sweep may take the hidden file for a leftover. */
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

// Cut between two characters, because a file system may refuse half a character.
function beginning (text: string, bytesMax: number): string {
  let bytes = 0
  const characters = Array.from(text)
  const end = characters.findIndex((character) => (bytes += Buffer.byteLength(character)) > bytesMax)
  return characters.slice(0, end).join('')
}

function digest (text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
