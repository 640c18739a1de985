// Stands in for the thread that compresses: the same packing and the same proof, in the calling thread, so that their calls are
// points of the schedule. Unpacking by streams of zlib goes through the thread pool, so it is done at once here.
import { EventEmitter } from 'node:events'
import { Transform, type TransformCallback } from 'node:stream'
import zlib from 'node:zlib'
import type { PackingReply, PackingRequest } from '../../src/disk/compress/compression-loop.js'

/** How a request is answered: by the code under test, which is loaded later. */
export const packing: { answer: ((request: PackingRequest) => PackingReply) | null } = { answer: null }

export class PackingThread extends EventEmitter {
  constructor () {
    super()
    queueMicrotask(() => this.emit('message', 'ready'))
  }

  postMessage (request: PackingRequest): void {
    queueMicrotask(() => this.emit('message', packing.answer?.(request)))
  }

  ref (): void {}
  unref (): void {}
  async terminate (): Promise<void> {}
}

export class UnpackingNow extends Transform {
  readonly #pieces: Buffer[] = []
  bytesWritten = 0

  override _transform (piece: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#pieces.push(piece)
    this.bytesWritten += piece.length
    done()
  }

  override _flush (done: TransformCallback): void {
    try {
      done(null, zlib.gunzipSync(Buffer.concat(this.#pieces)))
    } catch (error) {
      done(error as Error)
    }
  }
}
