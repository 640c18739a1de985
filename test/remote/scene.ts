// What tests of object stores share: a server, a bucket in it, and a client.
import { request } from 'node:http'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import aws4 from 'aws4'
import { afterAll, beforeAll } from 'vitest'
import type { BucketPlace } from '../../src/options/settings.js'
import { S3Store } from '../../src/remote/s3-store.js'
import type { ObjectFacts } from '../../src/remote/store.js'
import { cephIsMissing, startCeph } from './ceph.js'
import type { StoreServer } from './store-server.js'
import { startSwift, swiftIsMissing } from './swift.js'

export const kindsOfServer = [
  { kind: 'Ceph', missing: cephIsMissing(), start: startCeph },
  { kind: 'Swift', missing: swiftIsMissing(), start: startSwift }
] as const

for (const { kind, missing } of kindsOfServer) {
  if (missing !== null) console.log(`skipped: ${kind} ${missing}`)
}

/** A server that the tests of one block share, with a bucket and a folder. */
export interface SharedServer { folder: string, server: StoreServer, place: BucketPlace, client: (options?: ClientOptions) => S3Store }

interface ClientOptions { readonly now?: () => number, readonly silenceMs?: number }

/** Starts the server before the tests of the calling block, and stops it after them. Its fields are set by then. */
export function shareServer (start: (folder: string) => Promise<StoreServer>): Readonly<SharedServer> {
  const shared = { client: (options) => client(shared.place, shared.server.credentials, options) } as SharedServer

  beforeAll(async () => {
    shared.folder = mkdtempSync(join(tmpdir(), 'rotor-store-'))
    shared.server = await start(shared.folder)
    shared.place = await makeBucket(shared.server)
  })

  afterAll(async () => {
    await shared.server.stop()
    rmSync(shared.folder, { recursive: true, force: true })
  })

  return shared
}

let buckets = 0

/** Makes a new bucket on the server. */
export async function makeBucket ({ endpoint, credentials }: StoreServer): Promise<BucketPlace> {
  const bucket = `bucket-${process.pid}-${++buckets}`
  const { host, hostname, port } = new URL(endpoint)
  const signed = aws4.sign({ service: 's3', region: 'us-east-1', method: 'PUT', host, path: `/${bucket}` }, credentials)
  const status = await new Promise((resolve, reject) => {
    request({ hostname, port, method: 'PUT', path: `/${bucket}`, headers: signed.headers as Record<string, string> }, (response) => { response.resume(); resolve(response.statusCode) }).on('error', reject).end()
  })
  if (status !== 200) throw new Error(`the bucket was not made: ${String(status)}`)
  return { kind: 'bucket', bucket, endpoint, isPathStyle: true, region: 'us-east-1', credentialsModule: null, putHeaders: {}, objectLock: null }
}

/** A bucket of a server on loopback that looks at no signature. */
export function bucketAt (endpoint: string): BucketPlace {
  return { kind: 'bucket', bucket: 'b', endpoint, isPathStyle: true, region: 'r', credentialsModule: null, putHeaders: {}, objectLock: null }
}

/** Puts an object as another program might, with any metadata. */
export async function putObject ({ endpoint, credentials }: StoreServer, bucket: string, key: string, content: string, headers: Record<string, string>): Promise<void> {
  const { host, hostname, port } = new URL(endpoint)
  const { path, headers: signed } = aws4.sign({ service: 's3', region: 'us-east-1', method: 'PUT', host, path: `/${bucket}/${key}`, body: content, headers }, credentials)
  const status = await new Promise((resolve, reject) => {
    request({ hostname, port, method: 'PUT', path, headers: signed as Record<string, string> }, (response) => { response.resume(); resolve(response.statusCode) }).on('error', reject).end(content)
  })
  if (status !== 200) throw new Error(`the object was not put: ${String(status)}`)
}

export function client (place: BucketPlace, credentials: StoreServer['credentials'], { now = Date.now, silenceMs = 20_000 }: ClientOptions = {}): S3Store {
  return new S3Store({ place, credentials: async () => credentials, now, silenceMs })
}

export function factsOf (content: Buffer): ObjectFacts {
  return { sizeBytes: content.length, sha256: createHash('sha256').update(content).digest('hex'), md5: createHash('md5').update(content).digest('base64') }
}

export function body (content: Buffer): () => Readable {
  return () => Readable.from(content.length === 0 ? [] : [content], { objectMode: false })
}

export async function contentOf (stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
