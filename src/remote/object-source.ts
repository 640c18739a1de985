// A finished file as the body of an object: its length, checksums and bytes. All come from one open file, so they belong
// together even if another file gets its name. One buffer holds all chunks in turn, so memory stays flat.
import { createHash } from 'node:crypto'
import { chunkBytes, type OpenFile } from '../disk/open-file.js'
import type { ObjectFacts } from './store.js'
import { StoreError } from './store-error.js'

/** A line that carries 1 KB a second takes such a chunk in about a minute, which is less than the limit of silence. */
const sentChunkBytes = 64 * 1024

/** Reads the file to its end for its length and checksums. */
export async function factsOf (file: OpenFile, signal: AbortSignal): Promise<ObjectFacts> {
  const sha256 = createHash('sha256')
  const md5 = createHash('md5')
  let sizeBytes = 0
  for await (const chunk of file.refills(Buffer.allocUnsafeSlow(chunkBytes))) {
    signal.throwIfAborted()
    sha256.update(chunk)
    md5.update(chunk)
    sizeBytes += chunk.length
  }
  return { sizeBytes, sha256: sha256.digest('hex'), md5: md5.digest('base64') }
}

/** The file's first bytes. Throws ERR_ROTOR_UPLOAD_CHANGED if the file has fewer by then. */
export async function * bodyOf (file: OpenFile, sizeBytes: number, onRead: (bytes: number) => void = () => {}): AsyncGenerator<Buffer, void> {
  let readBytes = 0
  for await (const chunk of file.refills(Buffer.allocUnsafeSlow(Math.min(sentChunkBytes, sizeBytes)), 0, sizeBytes)) {
    readBytes += chunk.length
    onRead(chunk.length)
    yield chunk
  }
  if (readBytes < sizeBytes) throw new StoreError('ERR_ROTOR_UPLOAD_CHANGED', `${file.path} was cut from ${sizeBytes} to ${readBytes} bytes during its upload`)
}
