// A finished file as the body of an object: its length, checksums and bytes. All come from one open file, so they belong
// together even if another file gets its name. Memory stays flat.
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import type { OpenFile } from '../disk/open-file.js'
import type { ObjectFacts } from './store.js'

/** Reads the file to its end for its length and checksums. */
export async function factsOf (file: OpenFile, signal: AbortSignal): Promise<ObjectFacts> {
  const sha256 = createHash('sha256')
  const md5 = createHash('md5')
  let sizeBytes = 0
  for await (const chunk of file.chunks()) {
    signal.throwIfAborted()
    sha256.update(chunk)
    md5.update(chunk)
    sizeBytes += chunk.length
  }
  return { sizeBytes, sha256: sha256.digest('hex'), md5: md5.digest('base64') }
}

/** The file's first bytes as a stream that does not close the file. */
export function bodyOf (file: OpenFile, sizeBytes: number, onRead: (bytes: number) => void = () => {}): Readable {
  return Readable.from(told(file.chunks(0, sizeBytes), onRead), { objectMode: false, highWaterMark: 64 * 1024 })
}

async function * told (chunks: AsyncIterable<Buffer>, onRead: (bytes: number) => void): AsyncGenerator<Buffer, void> {
  for await (const chunk of chunks) {
    onRead(chunk.length)
    yield chunk
  }
}
