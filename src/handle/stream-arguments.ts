// The arguments of `write` and `end`, as a stream.Writable takes them.
import { RotorChunkError } from '../errors.js'

/** What is written: text, or bytes. */
export type Chunk = string | Uint8Array

/** Called back with an error where the chunk could not be written. */
export type WriteCallback = (error?: Error | null) => void

/** What `write(chunk, encoding, callback)` was given; both others may be left out. */
export interface WriteArguments { readonly chunk: Chunk, readonly callback: WriteCallback | undefined }

/** Reads the arguments of `write`. Throws a RotorChunkError for what is neither text nor bytes. */
export function writeArguments (chunk: unknown, encoding: unknown, callback: unknown): WriteArguments {
  const given = typeof encoding === 'function' ? encoding : callback
  return { chunk: chunkOf(chunk, encoding), callback: typeof given === 'function' ? given as WriteCallback : undefined }
}

/** Reads the arguments of `end`: as those of `write`, with a chunk that may be left out as well. */
export function endArguments (chunk: unknown, encoding: unknown, callback: unknown): { readonly chunk: Chunk | undefined, readonly callback: WriteCallback | undefined } {
  if (typeof chunk === 'function') return { chunk: undefined, callback: chunk as WriteCallback }
  if (chunk === undefined || chunk === null) return { chunk: undefined, callback: writeArguments('', encoding, callback).callback }
  return writeArguments(chunk, encoding, callback)
}

function chunkOf (chunk: unknown, encoding: unknown): Chunk {
  if (typeof chunk === 'string') return typeof encoding === 'string' && !/^utf-?8$/i.test(encoding) ? Buffer.from(chunk, encoding as BufferEncoding) : chunk
  // Bytes may come from another realm, as under test runners.
  if (ArrayBuffer.isView(chunk)) return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
  throw new RotorChunkError(chunk)
}
