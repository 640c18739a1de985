// A receiver of OTLP over HTTP that a test tells how to answer. It keeps the body of every record that it has taken.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { onTestFinished } from 'vitest'

export interface TakenRecord {
  readonly body: string
  readonly uid: string
}

export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly text?: string
  /** Take the records, and end the connection without an answer. */
  readonly isLost?: boolean
  /** Never answer. */
  readonly isSilent?: boolean
  /** Acknowledge the records, and forget them. */
  readonly isForgotten?: boolean
  /** Answer once it is resolved. */
  readonly after?: Promise<unknown>
}

/** How to answer a request with these records, the first request being number 1. */
export type Answering = (records: readonly TakenRecord[], request: number) => Answer

export const taken: Answer = { status: 200, text: '{"partialSuccess":{}}' }

export class Receiver {
  readonly records: TakenRecord[] = []
  readonly requests: Array<{ readonly headers: IncomingMessage['headers'], readonly path: string, readonly json: unknown }> = []
  answering: Answering = () => taken
  readonly #certificate: { readonly key: string, readonly cert: string } | null
  /** How many requests are open now, and were open at most. */
  open = 0
  openMax = 0
  #server: Server | null = null
  #port = 0
  #waiting: Array<{ readonly isMet: () => boolean, readonly resolve: () => void }> = []

  /** Takes requests over TLS if it has a certificate. */
  constructor (certificate: { readonly key: string, readonly cert: string } | null = null) {
    this.#certificate = certificate
  }

  get url (): string {
    return `${this.#certificate === null ? 'http' : 'https'}://127.0.0.1:${this.#port}/v1/logs`
  }

  /** Listens, at the same port as before if it was stopped. */
  async start (): Promise<void> {
    const take = (request: IncomingMessage, response: ServerResponse): void => { void this.#take(request, response) }
    this.#server = this.#certificate === null ? createServer(take) : createSecureServer(this.#certificate, take)
    this.#server.listen(this.#port, '127.0.0.1')
    await once(this.#server, 'listening')
    this.#port = (this.#server.address() as AddressInfo).port
  }

  /** Ends at once, whatever is under way. */
  async stop (): Promise<void> {
    const server = this.#server
    this.#server = null
    if (server === null) return
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }

  get bodies (): string[] {
    return this.records.map(({ body }) => body)
  }

  async until (isMet: () => boolean): Promise<void> {
    if (isMet()) return
    await new Promise<void>((resolve) => { this.#waiting.push({ isMet, resolve }) })
  }

  async #take (request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    this.openMax = Math.max(this.openMax, ++this.open)
    response.once('close', () => { this.open-- })
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer)
    } catch {
      return
    }
    const body = Buffer.concat(chunks)
    // As a real receiver does, it unpacks only what says that it is packed.
    const json = JSON.parse((request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString()) as OtlpJson
    this.requests.push({ headers: request.headers, path: request.url ?? '', json })
    const records = recordsOf(json)
    const answer = this.answering(records, this.requests.length)
    if ((answer.status < 300 || answer.isLost === true) && answer.isForgotten !== true) this.records.push(...records)
    this.#tell()
    await answer.after
    if (answer.isSilent === true) return
    if (answer.isLost === true) response.destroy()
    else response.writeHead(answer.status, answer.headers).end(answer.text ?? '')
  }

  #tell (): void {
    for (const waiting of this.#waiting.filter(({ isMet }) => isMet())) {
      this.#waiting.splice(this.#waiting.indexOf(waiting), 1)
      waiting.resolve()
    }
  }
}

interface OtlpJson {
  readonly resourceLogs: ReadonlyArray<{ readonly scopeLogs: ReadonlyArray<{ readonly logRecords: ReadonlyArray<{ readonly body?: { readonly stringValue: string }, readonly attributes: ReadonlyArray<{ readonly key: string, readonly value: { readonly stringValue: string } }> }> }> }>
}

function recordsOf ({ resourceLogs }: OtlpJson): TakenRecord[] {
  return resourceLogs.flatMap(({ scopeLogs }) => scopeLogs).flatMap(({ logRecords }) => logRecords).map(({ body, attributes }) => ({
    body: body?.stringValue ?? '',
    uid: attributes.find(({ key }) => key === 'log.record.uid')?.value.stringValue ?? ''
  }))
}

/** Starts a receiver that stops at the end of the test. */
export async function startReceiver (): Promise<Receiver> {
  const receiver = new Receiver()
  await receiver.start()
  onTestFinished(async () => { await receiver.stop() })
  return receiver
}
