// Reads one archive, even if it was compressed after it was listed, or has two copies after a crash.
import { join } from 'node:path'
import { holdsContentOf } from '../disk/compress/compress.js'
import type { CompressError } from '../disk/compress/compress-error.js'
import { errnoOf } from '../disk/errno.js'
import { unpackWhatCanBe } from '../disk/compress/salvage.js'
import { builtInSuffixes } from '../archive-pattern.js'
import { codecOf, compareArchives, formatArchiveName, type Archive, type LogName } from '../policy/names/archive-name.js'
import { closingOnFailure, HeldFile } from './held-file.js'
import { findInPassage } from './swap-instant.js'

export interface HeldArchive {
  readonly archive: Archive
  readonly held: HeldFile
}

/** Opens the archive by its name, or by its compressed name if it was compressed meanwhile; null if it is gone. */
export async function holdArchive (log: LogName, archive: Archive): Promise<HeldArchive | null> {
  for (const named of namesOf(log, archive)) {
    const held = await openArchive(log, named)
    if (held !== null) return { archive: named, held }
  }
  return null
}

/** Opens the archive by this name; null if it is gone. An empty file reserves the name of one that is still in its writer's passage, or came from there a moment ago. */
export async function openArchive (log: LogName, { name, suffix }: Archive): Promise<HeldFile | null> {
  return await closingOnFailure(async (opened) => {
    const held = await HeldFile.open(join(log.directory, name))
    if (held === null || suffix !== '') return held
    opened.push(held)
    if (await held.sizeBytes() > 0) return held
    const filled = await HeldFile.open(findInPassage(log, name) ?? join(log.directory, name))
    if (filled === null) return held
    await held.close()
    return filled
  })
}

/** The archive under each name that it can have, its own first. It may be compressed before it is opened. */
export function namesOf (log: LogName, archive: Archive): Archive[] {
  const suffixes = ['', ...builtInSuffixes, ...log.own === null ? [] : [log.own.suffix]] as const
  return [archive.suffix, ...suffixes.filter((other) => other !== archive.suffix)]
    .map((suffix) => ({ ...archive, name: formatArchiveName(log, archive, suffix), suffix }))
}

/** Hands over the lines of an archive. Resolves to the damage if it breaks off. */
export async function readArchive (log: LogName, { archive, held }: HeldArchive, take: (piece: Buffer) => Promise<void>): Promise<CompressError | null> {
  const codec = codecOf(archive, log)
  if (codec !== null) return await unpackWhatCanBe(held.file, codec, take)
  await held.readOn(take)
  return null
}

/** Hands over the lines of an archive from that position of its content on. False if the archive is gone. */
export async function readCopyFrom (log: LogName, archive: Archive, position: number, take: (piece: Buffer) => Promise<void>): Promise<boolean> {
  const copy = await holdArchive(log, archive)
  if (copy === null) return false
  let skippedBytes = 0
  try {
    await readArchive(log, copy, async (piece) => {
      const rest = piece.subarray(Math.max(0, position - skippedBytes))
      skippedBytes += piece.length
      if (rest.length > 0) await take(Buffer.from(rest))
    })
  } finally {
    await copy.held.close()
  }
  return true
}

/** Leaves out the compressed copy of an archive whose plain file has the same lines, or more. */
export async function withoutCopies<Found extends { readonly value: Archive }> (log: LogName, found: readonly Found[]): Promise<Found[]> {
  const kept: Found[] = []
  // In the order of names the plain one comes first.
  let plain: Archive | null = null
  for (const each of found) {
    const isCopy = plain !== null && each.value.suffix !== '' && isSameArchive(plain, each.value)
    if (each.value.suffix === '') plain = each.value
    if (plain === null || !isCopy || await isOfOtherLines(log, each.value, plain)) kept.push(each)
  }
  return kept
}

async function isOfOtherLines (log: LogName, compressed: Archive, plain: Archive): Promise<boolean> {
  const codec = codecOf(compressed, log)
  if (codec === null) return true
  try {
    return await holdsContentOf(join(log.directory, compressed.name), codec, join(log.directory, plain.name), new AbortController().signal) === 'different'
  } catch (error) {
    // A sweep has removed one of them meanwhile.
    if (errnoOf(error) === 'ENOENT') return false
    throw error
  }
}

/** Whether two files belong to one archive. */
export function isSameArchive (a: Archive, b: Archive): boolean {
  return compareArchives({ ...a, suffix: '' }, { ...b, suffix: '' }) === 0
}
