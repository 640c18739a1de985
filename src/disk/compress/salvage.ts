// Reads a damaged archive as far as possible. A decompressor returns nothing of the piece with the damage. That piece is
// therefore offered again in smaller pieces, down to single bytes.
import type { Algorithm, Codec } from '../../options/settings.js'
import { decompressorFor, unpack, wholeFile, type Decompressor, type Stretch } from './codec.js'
import { CompressError } from './compress-error.js'
import type { OpenFile } from '../open-file.js'

const stepsBytes = [64 * 1024, 256, 1]
const [largestStepBytes = 1] = stepsBytes

/**
 * Unpacks as much as possible of the file, or of a stretch of it, and hands it over piece by piece. Resolves to the damage
 * unless it is a valid archive to its last byte.
 */
export async function unpackWhatCanBe (file: OpenFile, codec: Codec, take: (piece: Buffer) => Promise<void>, stretch = wholeFile): Promise<CompressError | null> {
  let givenBytes = 0
  let taken = Promise.resolve()
  try {
    if ((await file.stats()).size === 0n) return new CompressError('ERR_ROTOR_COPY_EMPTY', file.path, 'is empty, but even an archive without lines has bytes')
    await unpack(file, codec, async (piece) => {
      // Counted first, because damage can end the reading while a piece is being taken.
      givenBytes += piece.length
      taken = take(piece)
      await taken
    }, new AbortController().signal, stretch)
    return null
  } catch (error) {
    if (!(error instanceof CompressError) || error.code !== 'ERR_ROTOR_COPY_DAMAGED') throw error
    await taken
    // A module's stream may not handle single bytes.
    if (typeof codec === 'string') await takeRest(file, codec, givenBytes, take, stretch)
    return error
  }
}

async function takeRest (file: OpenFile, algorithm: Algorithm, givenBytes: number, take: (piece: Buffer) => Promise<void>, { from, to }: Stretch): Promise<void> {
  let soundTo = from
  for (const stepBytes of stepsBytes) {
    const feeder = new Feeder(file, decompressorFor(algorithm), givenBytes, take)
    await feeder.feed(from, soundTo, largestStepBytes)
    soundTo = await feeder.feed(soundTo, to, stepBytes)
    givenBytes = feeder.givenBytes
    feeder.close()
  }
}

class Feeder {
  givenBytes: number
  readonly #file: OpenFile
  readonly #decompressor: Decompressor
  readonly #take: (piece: Buffer) => Promise<void>
  readonly #pieces: Buffer[] = []
  #unpackedBytes = 0
  #isOver = false

  constructor (file: OpenFile, decompressor: Decompressor, givenBytes: number, take: (piece: Buffer) => Promise<void>) {
    this.#file = file
    this.#decompressor = decompressor
    this.#take = take
    this.givenBytes = givenBytes
    decompressor.on('data', (piece: Buffer) => { this.#pieces.push(piece) })
    // Damage is expected here. How far the decompressor came shows where the sound part ends.
    decompressor.on('error', () => { this.#isOver = true })
    decompressor.on('end', () => { this.#isOver = true })
  }

  /** Offers a stretch of the file in steps. Resolves to the beginning of the first refused step. */
  async feed (from: number, to: number, stepBytes: number): Promise<number> {
    let position = from
    while (position < to && !this.#isOver) {
      const step = await this.#file.read(position, Math.min(stepBytes, to - position))
      if (step.length === 0 || !(await this.#offer(step))) break
      position += step.length
      await this.#hand()
    }
    return position
  }

  close (): void {
    this.#decompressor.destroy()
  }

  async #offer (step: Buffer): Promise<boolean> {
    await new Promise<void>((resolve) => {
      this.#decompressor.once('close', resolve)
      this.#decompressor.write(step, () => {
        this.#decompressor.off('close', resolve)
        resolve()
      })
    })
    return !this.#isOver
  }

  async #hand (): Promise<void> {
    for (const piece of this.#pieces.splice(0)) {
      const known = Math.max(0, this.givenBytes - this.#unpackedBytes)
      this.#unpackedBytes += piece.length
      if (known >= piece.length) continue
      await this.#take(piece.subarray(known))
      this.givenBytes = this.#unpackedBytes
    }
  }
}
