// An S3-compatible store over HTTP, with requests signed by aws4. An object is stored whole or not at all. The SHA-256 of
// the body is signed, its length and MD5 are sent along, and `If-None-Match: *` protects an existing object.
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http'
import { Readable } from 'node:stream'
import aws4 from 'aws4'
import type { BucketPlace } from '../options/settings.js'
import type { CredentialSource } from './credentials.js'
import { exchange } from './http-exchange.js'
import { foreignAnswer, readListing, storeErrorOf } from './s3-answer.js'
import type { Body, ListedObject, ObjectFacts, OpenBody, PutOutcome, ReadableStore, StoredObject } from './store.js'
import { StoreError } from './store-error.js'

export interface S3Context {
  readonly place: BucketPlace
  readonly credentials: CredentialSource
  readonly now: () => number
  /** How long both sides may be silent. */
  readonly silenceMs: number
}

interface S3Request {
  readonly method: 'GET' | 'HEAD' | 'PUT'
  readonly key: string
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: OutgoingHttpHeaders
  readonly sha256?: string
  readonly body?: () => Body
}

/** The limit of S3 for a single PUT. */
export const objectBytesMax = 5 * 1024 ** 3
/** What the kernels of both sides may hold of a body, and how slow the line may be that carries it: 1 KB a second. */
const kernelBytesMax = 1024 ** 2
const slowBytesPerMs = 1
const emptySha256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
const emptyMd5 = '1B2M2Y8AsgTpgAmY7PhCfg=='
/** What stores answer to a body that does not have its checksums. */
const damageCodes = ['BadDigest', 'InvalidDigest', 'XAmzContentSHA256Mismatch']
const dayMs = 86_400_000
/** The most pages of a listing, which hold ten million objects. */
const pagesMax = 10_000

export class S3Store implements ReadableStore {
  readonly #context: S3Context
  /** The store's clock minus this machine's, by the latest answer. */
  #clockSkewMs = 0
  /** The clock difference that requests are signed with, after a store refused a signature for it. */
  #signedSkewMs = 0
  /** Whether the store supports `If-None-Match` at PUT. Otherwise only the caller's HEAD protects an existing object. */
  #isConditional = true

  /** Secrets of the latest request. They must not be shown. */
  #secrets: readonly string[] = []

  constructor (context: S3Context) {
    this.#context = context
  }

  /** How far the store's clock is ahead, by its latest answer; 0 if that does not say. */
  get clockSkewMs (): number {
    return this.#clockSkewMs
  }

  urlOf (key: string): string {
    return `s3://${this.#context.place.bucket}/${key}`
  }

  async head (key: string, signal: AbortSignal): Promise<StoredObject | null | 'unknown'> {
    const response = await this.#send({ method: 'HEAD', key }, signal)
    response.destroy()
    switch (response.statusCode ?? 0) {
      case 200: return this.#lookedAt(response, key)
      case 404: return null
      // S3 answers 403 for a missing object if the credentials may not list the bucket. 400 does not say what is wrong, such as
      // an expired token, because an answer to HEAD has no body. The answer to the next request says it.
      case 400:
      case 403: return 'unknown'
      default: throw await this.#errorOf(response, `HEAD ${this.urlOf(key)}`)
    }
  }

  async put (key: string, facts: ObjectFacts, open: OpenBody, signal: AbortSignal): Promise<PutOutcome> {
    if (facts.sizeBytes > objectBytesMax) throw new StoreError('EntityTooLarge', `${this.urlOf(key)} would have ${facts.sizeBytes} bytes, and a single PUT takes at most 5 GiB`)
    if (!this.#isConditional && await this.#isTaken(key, signal)) return 'exists'
    const response = await this.#send({ method: 'PUT', key, headers: this.#putHeaders(facts), sha256: facts.sha256, body: open }, signal)
    switch (response.statusCode ?? 0) {
      case 200:
        response.resume()
        return response.headers.etag === undefined ? 'unproven' : 'stored'
      case 412:
        response.destroy()
        return 'exists'
      case 501:
        response.destroy()
        if (!this.#isConditional) throw new StoreError('NotImplemented', `PUT ${this.urlOf(key)} is not implemented by the store`, { status: 501 })
        this.#isConditional = false
        return await this.put(key, facts, open, signal)
      default: throw await this.#errorOf(response, `PUT ${this.urlOf(key)}`)
    }
  }

  /**
   * Proves that these credentials may store objects, and stores none: it sends a byte that does not have the promised checksums.
   * Throws the refusal of the credentials, and ERR_ROTOR_STORE_UNPROVEN if the store takes the byte.
   */
  async tryPut (key: string, signal: AbortSignal): Promise<void> {
    const facts = { sizeBytes: 1, sha256: emptySha256, md5: emptyMd5 }
    const outcome = await this.put(key, facts, () => Readable.from([Buffer.alloc(1)]), signal).catch((error: unknown) => {
      if (error instanceof StoreError && damageCodes.includes(error.code)) return 'refused'
      throw error
    })
    if (outcome === 'stored' || outcome === 'unproven') throw new StoreError('ERR_ROTOR_STORE_UNPROVEN', `the store took ${this.urlOf(key)} although its bytes do not have their checksums`)
  }

  async get (key: string, signal: AbortSignal): Promise<{ stored: StoredObject, body: Readable }> {
    const response = await this.#send({ method: 'GET', key }, signal)
    if (response.statusCode !== 200) throw await this.#errorOf(response, `GET ${this.urlOf(key)}`)
    return { stored: storedObject(response), body: response }
  }

  async * list (prefix: string, signal: AbortSignal): AsyncGenerator<ListedObject, void> {
    let continuation: string | null = null
    for (let page = 0; page < pagesMax; page++) {
      const query: Record<string, string> = { 'list-type': '2', 'encoding-type': 'url', prefix, ...continuation !== null && { 'continuation-token': continuation } }
      const response = await this.#send({ method: 'GET', key: '', query }, signal)
      if (response.statusCode !== 200) throw await this.#errorOf(response, `listing ${this.urlOf(prefix)}`)
      const listing = await readListing(response, `listing ${this.urlOf(prefix)}`)
      yield * listing.objects
      if (listing.continuation === null) return
      if (listing.continuation === continuation) break
      continuation = listing.continuation
    }
    throw foreignAnswer(`listing ${this.urlOf(prefix)}`, 'its pages have no end')
  }

  // Throws if that cannot be known. GET needs the same right as HEAD, and its answer says why it is refused.
  async #isTaken (key: string, signal: AbortSignal): Promise<boolean> {
    const found = await this.head(key, signal)
    if (found === 'unknown') throw await this.#errorOf(await this.#send({ method: 'GET', key }, signal), `GET ${this.urlOf(key)}`)
    return found !== null
  }

  // Each store gives its objects an ETag. A page that a proxy shows in place of the store has neither that nor our metadata.
  #lookedAt (response: IncomingMessage, key: string): StoredObject {
    const stored = storedObject(response)
    if (stored.sha256 === null && response.headers.etag === undefined) throw foreignAnswer(`HEAD ${this.urlOf(key)}`)
    return stored
  }

  async #errorOf (response: IncomingMessage, request: string): Promise<StoreError> {
    return await storeErrorOf(response, request, this.#secrets, this.#context.silenceMs)
  }

  #putHeaders ({ sizeBytes, sha256, md5 }: ObjectFacts): OutgoingHttpHeaders {
    const { putHeaders, objectLock } = this.#context.place
    return {
      ...putHeaders,
      ...objectLock !== null && {
        'x-amz-object-lock-mode': objectLock.mode,
        'x-amz-object-lock-retain-until-date': new Date(this.#now() + objectLock.days * dayMs).toISOString()
      },
      ...this.#isConditional && { 'If-None-Match': '*' },
      'Content-Length': sizeBytes,
      'Content-MD5': md5,
      'Content-Type': 'application/gzip',
      'x-amz-meta-sha256': sha256
    }
  }

  // If the clock is off, the answer shows it. The request is then signed once more by the store's clock.
  async #send (request: S3Request, signal: AbortSignal): Promise<IncomingMessage> {
    const response = await this.#attempt(request, signal)
    if (response.statusCode !== 403 || Math.abs(this.#clockSkewMs - this.#signedSkewMs) < signatureSkewMs) return response
    response.destroy()
    this.#signedSkewMs = this.#clockSkewMs
    return await this.#attempt(request, signal)
  }

  async #attempt ({ method, key, query = {}, headers = {}, sha256 = emptySha256, body }: S3Request, signal: AbortSignal): Promise<IncomingMessage> {
    const { place, silenceMs } = this.#context
    const credentials = await this.#context.credentials()
    this.#secrets = [credentials.secretAccessKey, credentials.sessionToken ?? ''].filter((secret) => secret !== '')
    const { host, path } = address(place, key, query)
    const signed = aws4.sign({
      service: 's3',
      region: place.region,
      method,
      host,
      path,
      headers: { ...headers, 'X-Amz-Content-Sha256': sha256, 'X-Amz-Date': amazonDate(this.#now()) }
    }, credentials as aws4.Credentials)
    const response = await exchange({
      url: new URL(`${new URL(place.endpoint).protocol}//${host}${signed.path ?? path}`),
      method,
      headers: signed.headers as OutgoingHttpHeaders,
      body: body?.() ?? null,
      asksFirst: true,
      silenceMs,
      unseenMs: Math.min(Number(headers['Content-Length'] ?? 0), kernelBytesMax) / slowBytesPerMs,
      signal
    })
    const skewMs = Date.parse(response.headers.date ?? '') - this.#context.now()
    this.#clockSkewMs = Number.isNaN(skewMs) ? 0 : skewMs
    return response
  }

  #now (): number {
    return this.#context.now() + this.#signedSkewMs
  }
}

/** Stores accept signatures that are up to 15 minutes off. A smaller difference is no reason to sign again. */
const signatureSkewMs = 60_000

function address ({ endpoint, bucket, isPathStyle }: BucketPlace, key: string, query: Readonly<Record<string, string>>): { host: string, path: string } {
  const { host } = new URL(endpoint)
  const search = Object.entries(query).map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&')
  const path = `${isPathStyle ? `/${bucket}` : ''}/${key.split('/').map(encode).join('/')}${search === '' ? '' : `?${search}`}`
  return { host: isPathStyle ? host : `${bucket}.${host}`, path }
}

// As in RFC 3986, which the signature requires.
function encode (text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
}

function amazonDate (nowMs: number): string {
  return new Date(nowMs).toISOString().replace(/[:-]|\.\d{3}/g, '')
}

function storedObject ({ headers }: IncomingMessage): StoredObject {
  const sha256 = headers['x-amz-meta-sha256']
  const length = headers['content-length']
  return { sizeBytes: length === undefined ? null : Number(length), sha256: typeof sha256 === 'string' ? sha256 : null }
}
