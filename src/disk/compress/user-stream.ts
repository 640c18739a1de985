// Guards the streams of a user's own compressor. A module may return something else than a stream, produce no bytes, or
// hang. Its errors are kept apart from errors of the disk.
import { Duplex } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { textOf } from '../../errors.js'
import type { UserCompressor } from '../../options/settings.js'
import { CompressError } from './compress-error.js'

/** A stream that takes and gives nothing for so long counts as hanging, because other work waits for it. */
const stallMs = 5 * 60_000

export interface Passage {
  readonly signal: AbortSignal
  /** Makes the error to report from the stream's own error. */
  readonly failed: (error: unknown) => Error
}

/** Makes the stream that packs. Throws ERR_ROTOR_COMPRESSOR if the module provides none. */
export function packerOf (own: UserCompressor): Duplex {
  return made(own, 'create', own.create)
}

/** Makes the stream that unpacks. Throws ERR_ROTOR_COMPRESSOR if the module provides none. */
export function unpackerOf (own: UserCompressor): Duplex {
  if (own.restore === null) throw new CompressError('ERR_ROTOR_COMPRESSOR', own.module, 'has no restore(), so its archives cannot be read')
  return made(own, 'restore', own.restore)
}

/**
 * Sends pieces through a module's stream and hands its output over piece by piece. Rejects with the error of reading or
 * taking, or with `failed`'s error for a failure of the stream.
 */
export async function passThrough (pieces: AsyncIterable<Buffer>, stream: Duplex, take: (piece: Buffer) => Promise<void> | void, { signal, failed }: Passage): Promise<void> {
  const others = new Noted()
  const stall = setTimeout(() => { stream.destroy(new Error(`has taken and given nothing for ${stallMs / 60_000} minutes`)) }, stallMs).unref()
  const reading = async function * (): AsyncGenerator<Buffer, void> {
    for await (const piece of others.notedEach(pieces)) {
      stall.refresh()
      yield piece
    }
  }
  const taking = async (packed: AsyncIterable<unknown>): Promise<void> => {
    for await (const piece of packed) {
      stall.refresh()
      if (!(piece instanceof Uint8Array)) throw new TypeError(`gave ${typeof piece} instead of bytes`)
      await others.noted(async () => { await take(Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength)) })
    }
  }
  try {
    await pipeline(reading(), stream, taking, { signal })
  } catch (error) {
    signal.throwIfAborted()
    others.throwFirst()
    throw failed(error)
  } finally {
    clearTimeout(stall)
  }
}

/** Remembers the first error that does not come from the module. */
class Noted {
  #first: { readonly error: unknown } | null = null

  async noted (action: () => Promise<void>): Promise<void> {
    try {
      await action()
    } catch (error) {
      this.#first ??= { error }
      throw error
    }
  }

  async * notedEach (pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
    try {
      yield * pieces
    } catch (error) {
      this.#first ??= { error }
      throw error
    }
  }

  throwFirst (): void {
    if (this.#first !== null) throw this.#first.error
  }
}

function made ({ module }: UserCompressor, name: string, make: () => unknown): Duplex {
  let stream: unknown
  try {
    stream = make()
  } catch (error) {
    throw new CompressError('ERR_ROTOR_COMPRESSOR', module, `cannot be used: ${name}() threw ${textOf(error)}`, error)
  }
  if (isDuplex(stream)) return stream
  throw new CompressError('ERR_ROTOR_COMPRESSOR', module, `cannot be used: ${name}() gave ${typeof stream} instead of a stream.Transform`)
}

// Not by its class, because a module may bring its own version of Node's streams.
function isDuplex (stream: unknown): stream is Duplex {
  if (stream instanceof Duplex) return true
  return typeof stream === 'object' && stream !== null && ['pipe', 'write', 'end', 'on', 'destroy'].every((method) => method in stream)
}
