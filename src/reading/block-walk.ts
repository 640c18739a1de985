// Goes through a gzip archive block by block, so that a block that need not be read is passed over by its header alone, and
// damage costs one block. A block is passed over if it ends before a position, or if the choice rules it out.
import type { Stretch } from '../disk/compress/codec.js'
import type { CompressError } from '../disk/compress/compress-error.js'
import { unpackWhatCanBe } from '../disk/compress/salvage.js'
import type { BlockChoice } from '../policy/blocks/block-choice.js'
import type { HeldFile } from './held-file.js'
import { GzipHops, type GzipPlace } from './lines/gzip-hops.js'

/** Takes the lines of a file. */
export interface LineTaker {
  readonly add: (piece: Buffer) => Promise<void>
  /** Passes over bytes of lines. What waits for the end of its line is left out. `begin` reads the file's first bytes. */
  readonly pass: (linesBytes: number, begin: (bytes: number) => Promise<Buffer>) => Promise<void>
}

const newline = 0x0a

export class BlockWalk {
  readonly #held: HeldFile
  readonly #choice: BlockChoice | null
  readonly #taker: LineTaker
  readonly #begin: (bytes: number) => Promise<Buffer>
  /** A line goes on in the next block only if a header lies. */
  #isBetweenLines = true
  #damage: CompressError | null = null

  /** Walks through the held file, or through a stretch of it. */
  constructor (held: HeldFile, stretch: Stretch, choice: BlockChoice | null, taker: LineTaker) {
    this.#held = held
    this.#choice = choice
    this.#taker = taker
    this.#begin = async (bytes) => await beginOf(held, stretch, bytes)
  }

  /** Hands over the lines. Blocks that end before `passedTo`, in bytes of lines, are passed over. Resolves to the first damage. */
  async run ({ from, to }: Stretch, passedTo: number): Promise<CompressError | null> {
    const place = { descriptor: this.#held.descriptor, from, to: Math.min(to, await this.#held.sizeBytes()) }
    const hops = new GzipHops(place)
    let at = 0
    let position = from
    do {
      const block = hops.blockAt(position)
      if (block === null) position = await this.#readStrange(hops, place, position)
      else {
        const { header, header: { linesBytes, memberBytes } } = block
        const isRuledOut = this.#choice?.of(header).unpack === false
        at += linesBytes
        if (this.#isBetweenLines && (isRuledOut || at <= passedTo)) await this.#taker.pass(linesBytes, this.#begin)
        else await this.#read({ from: position, to: position + memberBytes }, linesBytes, position + memberBytes < place.to)
        position += memberBytes
      }
    } while (position < place.to)
    return this.#damage
  }

  // Reads what has no sound block header, and returns where it ends. A search for the next header reads the file, so it is done
  // only where ours are damaged. The archives of other tools are read to their end.
  async #readStrange (hops: GzipHops, place: GzipPlace, position: number): Promise<number> {
    const isOther = position === place.from && hops.headerAt(position) === null
    const end = isOther ? place.to : hops.find(position + 1)
    const bytes = await this.#read({ from: position, to: end }, 0, end < place.to)
    return isOther && bytes === 0 && this.#damage !== null ? hops.find(position + 1) : end
  }

  // Passes over as many bytes of lines as a damaged block should have had, so that later lines keep their positions.
  async #read (stretch: Stretch, linesBytes: number, goesOn: boolean): Promise<number> {
    let bytes = 0
    const error = await unpackWhatCanBe(this.#held.file, 'gzip', async (piece) => {
      bytes += piece.length
      this.#isBetweenLines = piece.at(-1) === newline
      await this.#taker.add(piece)
    }, stretch)
    this.#damage ??= error
    if (error !== null && goesOn) {
      await this.#taker.pass(Math.max(0, linesBytes - bytes), this.#begin)
      this.#isBetweenLines = true
    }
    return bytes
  }
}

const enough = new Error('enough was read')

/** Reads the first bytes of the lines of a gzip archive; fewer if there are fewer, or if they are damaged. */
export async function beginOf (held: HeldFile, stretch: Stretch, bytes: number): Promise<Buffer> {
  const pieces: Buffer[] = []
  let found = 0
  try {
    await unpackWhatCanBe(held.file, 'gzip', async (piece) => {
      pieces.push(piece)
      found += piece.length
      await (found >= bytes ? Promise.reject(enough) : Promise.resolve())
    }, stretch)
  } catch (error) {
    if (error !== enough) throw error
  }
  return Buffer.concat(pieces).subarray(0, bytes)
}
