// An object store in memory that speaks as much of S3 as an upload needs. Like a real one, it stores an object whole or not at
// all, checks its SHA-256 and MD5, and never overwrites. A test can look at the objects, and at which bodies arrived.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface StoredBytes {
  readonly bytes: Buffer
  readonly sha256: string
}

export interface ObjectServer {
  readonly endpoint: string
  /** By bucket and key: `bucket/a/b.gz`. */
  readonly objects: Map<string, StoredBytes>
  /** The objects whose bodies arrived whole, in order. One that is sent twice is here twice. */
  readonly bodies: string[]
  readonly close: () => Promise<void>
}

/** Answers a request in place of the store; false where the store answers. */
export type Interposed = (request: IncomingMessage, response: ServerResponse) => boolean

/** Starts the store on loopback. */
export async function startObjectServer (interposed: Interposed = () => false): Promise<ObjectServer> {
  const objects = new Map<string, StoredBytes>()
  const bodies: string[] = []
  const answer = (response: ServerResponse, status: number, headers: Record<string, string | number> = { 'Content-Length': 0 }): void => {
    response.writeHead(status, headers)
    response.end()
  }
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (interposed(request, response)) return
    const key = decodeURIComponent(new URL(request.url ?? '/', 'http://x').pathname.slice(1))
    const stored = objects.get(key)
    if (request.method === 'HEAD') {
      if (stored === undefined) return answer(response, 404)
      return answer(response, 200, { 'Content-Length': stored.bytes.length, 'x-amz-meta-sha256': stored.sha256, ETag: '"e"' })
    }
    if (request.method !== 'PUT') return answer(response, 405)
    if (stored !== undefined && request.headers['if-none-match'] === '*') return answer(response, 412)
    if (request.headers.expect === '100-continue') response.writeContinue()
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const bytes = Buffer.concat(chunks)
    if (bytes.length !== Number(request.headers['content-length'])) return
    bodies.push(key)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const isSound = sha256 === request.headers['x-amz-content-sha256'] && createHash('md5').update(bytes).digest('base64') === request.headers['content-md5']
    if (!isSound) return answer(response, 400)
    // Another upload may have come first.
    if (objects.has(key)) return answer(response, 412)
    objects.set(key, { bytes, sha256: String(request.headers['x-amz-meta-sha256']) })
    answer(response, 200, { 'Content-Length': 0, ETag: '"e"' })
  }
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => { void serve(request, response).catch(() => { response.destroy() }) }
  const server = createServer(onRequest).on('checkContinue', onRequest).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    objects,
    bodies,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    }
  }
}
