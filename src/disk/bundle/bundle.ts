// A bundle is one gzip file of concatenated members: the bundle as it was, byte for byte, and then the new archives. A gzip
// archive is copied as it is, and others are packed on the way. The bundle is made under a hidden name. It is proven by
// reading all of it back: each member must unpack to what was read from its source.
import type { BigIntStats } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import type { Codec } from '../../options/settings.js'
import { formatMarker, markerBytesMax, parseMarker, type BundleEntry } from './bundle-marker.js'
import { compressorFor, decompressorFor, unpack } from '../compress/codec.js'
import { CompressError } from '../compress/compress-error.js'
import { crc32 } from '../../platform/crc32.js'
import { errnoOf } from '../errno.js'
import { stateOf, type FileState } from '../file-state.js'
import { createFile, readFrom, type OpenFile } from '../open-file.js'
import type { LostRights } from '../rights/keep-rights.js'

/** An archive that will be in the bundle. */
export interface BundleSource {
  readonly path: string
  /** Its name without its compression. */
  readonly name: string
  /** Null for a plain archive. */
  readonly codec: Codec | null
}

/** A source that was read to its end, and how much of it the bundle already has. */
export interface SurveyedSource extends BundleSource {
  readonly stats: BigIntStats
  readonly state: FileState
  /** How many bytes of its content are already in the bundle. */
  readonly joinedBytes: number
  readonly bytes: number
  /** The checksum of the whole content. */
  readonly checksum: number
  /** The checksum of the content that is not in the bundle yet. */
  readonly restChecksum: number
}

export interface PlacedEntry extends BundleEntry {
  /** Where its packed bytes begin. */
  readonly position: number
}

/** The bundle as it is before the run. */
export interface StandingBundle {
  readonly path: string
  readonly stats: BigIntStats
  readonly state: FileState
  readonly entries: readonly PlacedEntry[]
  /** The gzip data after the entries, if another program wrote it. It has no markers. */
  readonly foreign: BundleEntry | null
}

export interface BundleRequest {
  /** A hidden path in the bundle's folder. It must not exist yet. */
  readonly temporary: string
  readonly standing: StandingBundle | null
  /** The sources, in the order in which their content is added. */
  readonly sources: readonly SurveyedSource[]
  /** The gzip level for sources that are packed on the way. */
  readonly level: number
  readonly signal: AbortSignal
}

/** Where the archives in a bundle are, by their markers alone, and where the last complete one ends. */
export interface BundleListing {
  readonly entries: readonly PlacedEntry[]
  readonly endPosition: number
  readonly sizeBytes: number
}

/** Lists a bundle's content without unpacking it. */
export async function listBundle (file: OpenFile): Promise<BundleListing> {
  const sizeBytes = Number((await file.stats()).size)
  return { ...await readEntries(file, sizeBytes), sizeBytes }
}

/**
 * Reads a bundle's content; null if there is no bundle. Rejects if it is damaged. `plainName` names content without a
 * marker.
 */
export async function surveyBundle (path: string, plainName: string, signal: AbortSignal): Promise<StandingBundle | null> {
  try {
    return await readFrom(path, async (file) => {
      const stats = await file.stats()
      const { entries, endPosition } = await readEntries(file, Number(stats.size))
      const foreign = endPosition < Number(stats.size) ? await surveyForeign(file, endPosition, Number(stats.size), plainName, signal) : null
      return { path, stats, state: stateOf(stats), entries, foreign }
    })
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null
    throw error
  }
}

/** Reads a source to its end and compares it with the bundle. Rejects if it cannot be unpacked. */
export async function surveySource (source: BundleSource, standing: StandingBundle | null, signal: AbortSignal): Promise<SurveyedSource> {
  const known = (standing?.entries ?? []).filter(({ name }) => name === source.name)
  return await readFrom(source.path, async (file) => {
    // Taken before the reading, so that a line that is added meanwhile shows as a change.
    const stats = await file.stats()
    const sums = new Sums(known)
    if (source.codec === null) for await (const chunk of file.chunks(0, Number(stats.size))) sums.add(chunk)
    else await unpack(file, source.codec, (piece) => { sums.add(piece) }, signal)
    return { ...source, stats, state: stateOf(stats), ...sums.result() }
  })
}

export interface WrittenBundle {
  readonly bytes: number
  readonly state: FileState
  readonly lostRights: LostRights | null
}

/** Writes the bundle again with the missing archives. It survives a power cut once its folder is synced. */
export async function writeBundle ({ temporary, standing, sources, level, signal }: BundleRequest): Promise<WrittenBundle> {
  return await createFile(temporary, signal, async (copy) => {
    const writing = new Writing(copy, signal)
    if (standing !== null) await readFrom(standing.path, (file) => writing.keep(file, standing))
    for (const source of sources) await readFrom(source.path, (file) => writing.add(file, source, level))
    await prove(copy, writing.entries, writing.bytes, signal)
    const newest = [standing, ...sources].reduce((a, b) => (b?.stats.mtimeNs ?? 0n) > (a?.stats.mtimeNs ?? 0n) ? b : a)
    const lostRights = newest === null ? null : await copy.resemble(standing === null ? sources : [standing, ...sources], newest.stats)
    await copy.sync()
    return { bytes: writing.bytes, state: stateOf(await copy.stats()), lostRights }
  })
}

async function readEntries (file: OpenFile, sizeBytes: number): Promise<{ entries: PlacedEntry[], endPosition: number }> {
  const entries: PlacedEntry[] = []
  for (let endPosition = 0; ;) {
    const marker = parseMarker(await file.read(endPosition, markerBytesMax))
    if (marker === null) return { entries, endPosition }
    const position = endPosition + marker.markerBytes
    if (position + marker.entry.packedBytes > sizeBytes) return { entries, endPosition }
    entries.push({ ...marker.entry, position })
    endPosition = position + marker.entry.packedBytes
  }
}

async function surveyForeign (file: OpenFile, from: number, to: number, name: string, signal: AbortSignal): Promise<BundleEntry> {
  const sums = new Sums([])
  await unpack(file, 'gzip', (piece) => { sums.add(piece) }, signal, { from, to })
  const { bytes, checksum } = sums.result()
  return { name, from: 0, to: bytes, checksumTo: checksum, checksum, packedBytes: to - from }
}

async function prove (copy: OpenFile, expected: readonly BundleEntry[], sizeBytes: number, signal: AbortSignal): Promise<void> {
  const { entries, endPosition } = await readEntries(copy, sizeBytes)
  if (endPosition !== sizeBytes || BigInt(sizeBytes) !== (await copy.stats()).size) throw damaged(copy, `has entries up to ${endPosition} of its ${sizeBytes} bytes`)
  for (const [index, { position, packedBytes, name }] of entries.entries()) {
    const sums = new Sums([])
    await unpack(copy, 'gzip', (piece) => { sums.add(piece) }, signal, { from: position, to: position + packedBytes })
    const { bytes, checksum } = sums.result()
    const source = expected[index]
    if (source?.name === name && bytes === source.to - source.from && checksum === source.checksum) continue
    throw damaged(copy, `unpacks ${name} to ${bytes} bytes (${checksum.toString(16)}) instead of its source's content`)
  }
  if (entries.length !== expected.length) throw damaged(copy, `holds ${entries.length} archives instead of ${expected.length}`)
}

function damaged (copy: OpenFile, what: string): CompressError {
  return new CompressError('ERR_ROTOR_COPY_DAMAGED', copy.path, what)
}

/** Sums content up and notices where it equals the content in a bundle. */
class Sums {
  readonly #known: readonly BundleEntry[]
  readonly #ends: readonly number[]
  #bytes = 0
  #checksum = 0
  #joinedBytes = 0
  #restChecksum = 0

  constructor (known: readonly BundleEntry[]) {
    this.#known = known
    this.#ends = [...new Set(known.map(({ to }) => to))].sort((a, b) => a - b)
  }

  add (chunk: Buffer): void {
    let rest = chunk
    for (const end of this.#ends) {
      const bytes = end - this.#bytes
      if (bytes <= 0 || bytes > rest.length) continue
      this.#addPiece(rest.subarray(0, bytes))
      rest = rest.subarray(bytes)
      if (this.#known.some(({ to, checksumTo }) => to === end && checksumTo === this.#checksum)) this.#agree()
    }
    this.#addPiece(rest)
  }

  #addPiece (piece: Buffer): void {
    this.#bytes += piece.length
    this.#checksum = crc32(piece, this.#checksum)
    this.#restChecksum = crc32(piece, this.#restChecksum)
  }

  #agree (): void {
    this.#joinedBytes = this.#bytes
    this.#restChecksum = 0
  }

  result (): Pick<SurveyedSource, 'bytes' | 'checksum' | 'joinedBytes' | 'restChecksum'> {
    return { bytes: this.#bytes, checksum: this.#checksum, joinedBytes: this.#joinedBytes, restChecksum: this.#restChecksum }
  }
}

/** The new bundle while it is written, and the entries that its proof must find. */
class Writing {
  readonly entries: BundleEntry[] = []
  bytes = 0
  readonly #copy: OpenFile
  readonly #signal: AbortSignal

  constructor (copy: OpenFile, signal: AbortSignal) {
    this.#copy = copy
    this.#signal = signal
  }

  async keep (file: OpenFile, { stats, entries, foreign }: StandingBundle): Promise<void> {
    const foreignFrom = Number(stats.size) - (foreign?.packedBytes ?? 0)
    await this.#append(file.chunks(0, foreignFrom))
    for (const entry of entries) this.entries.push(entry)
    if (foreign === null) return
    await this.#append([formatMarker(foreign)])
    await this.#append(file.chunks(foreignFrom, Number(stats.size)))
    this.entries.push(foreign)
  }

  // The marker is written last, because it holds the number of bytes that follow it.
  async add (file: OpenFile, source: SurveyedSource, level: number): Promise<void> {
    const { name, joinedBytes, bytes, checksum, restChecksum, state } = source
    const entry = { name, from: joinedBytes, to: bytes, checksumTo: checksum, checksum: restChecksum, packedBytes: 0 }
    const markerPosition = this.bytes
    this.bytes += formatMarker(entry).length
    const packedFrom = this.bytes
    if (source.codec === 'gzip' && joinedBytes === 0) await this.#append(file.chunks(0, state.sizeBytes))
    else await this.#pack(file, source, level)
    const complete = { ...entry, packedBytes: this.bytes - packedFrom }
    await this.#copy.write(formatMarker(complete), markerPosition)
    this.entries.push(complete)
  }

  async #pack (file: OpenFile, { codec, joinedBytes, bytes }: SurveyedSource, level: number): Promise<void> {
    const gzip = compressorFor('gzip', level)
    const write = async (pieces: AsyncIterable<Buffer>): Promise<void> => { await this.#append(pieces) }
    const options = { signal: this.#signal }
    if (codec === null) await pipeline(file.chunks(joinedBytes, bytes), gzip, write, options)
    else await pipeline(file.chunks(), decompressorFor(codec), (pieces: AsyncIterable<Buffer>) => after(pieces, joinedBytes), gzip, write, options)
  }

  async #append (pieces: AsyncIterable<Buffer> | Iterable<Buffer>): Promise<void> {
    for await (const piece of pieces) {
      this.#signal.throwIfAborted()
      await this.#copy.write(piece, this.bytes)
      this.bytes += piece.length
    }
  }
}

async function * after (pieces: AsyncIterable<Buffer>, skippedBytes: number): AsyncGenerator<Buffer, void> {
  let leftBytes = skippedBytes
  for await (const piece of pieces) {
    if (piece.length > leftBytes) yield piece.subarray(leftBytes)
    leftBytes = Math.max(leftBytes - piece.length, 0)
  }
}
