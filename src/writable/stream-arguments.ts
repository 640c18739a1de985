// Parses the arguments of `write` and `end`, like those of a stream.Writable.
import { RotorChunkError } from '../errors.js'

/** What is written: text, or bytes. */
export type Chunk = string | Uint8Array

/** Gets an error if the chunk could not be written. */
export type WriteCallback = (error?: Error | null) => void

/** The arguments of `write(chunk, encoding, callback)`. The last two may be omitted. */
export interface WriteArguments { readonly chunk: Chunk, readonly callback: WriteCallback | undefined }

/** Parses the arguments of `write`. Throws a RotorChunkError for anything but text or bytes. */
export function writeArguments (chunk: unknown, encoding: unknown, callback: unknown): WriteArguments {
  const given = typeof encoding === 'function' ? encoding : callback
  return { chunk: chunkOf(chunk, encoding), callback: typeof given === 'function' ? given as WriteCallback : undefined }
}

/** Parses the arguments of `end`. They are those of `write`, but the chunk may be omitted too. */
export function endArguments (chunk: unknown, encoding: unknown, callback: unknown): { readonly chunk: Chunk | undefined, readonly callback: WriteCallback | undefined } {
  if (typeof chunk === 'function') return { chunk: undefined, callback: chunk as WriteCallback }
  if (chunk === undefined || chunk === null) return { chunk: undefined, callback: writeArguments('', encoding, callback).callback }
  return writeArguments(chunk, encoding, callback)
}

function chunkOf (chunk: unknown, encoding: unknown): Chunk {
  if (typeof chunk === 'string') return typeof encoding === 'string' && !/^utf-?8$/i.test(encoding) ? Buffer.from(chunk, encoding as BufferEncoding) : chunk
  // Bytes may come from another realm, as in test runners.
  if (ArrayBuffer.isView(chunk)) return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
  throw new RotorChunkError(chunk)
}
