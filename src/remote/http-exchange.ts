// One HTTP request and its answer. A time limit holds while neither side moves, redirects are not followed, and an answer that
// arrives before the body was sent ends the sending. A body is sent only once the store has agreed to take it. Nothing here keeps
// a process alive: the caller that waits does.
import { request as requestHttp, type ClientRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http'
import { request as requestHttps } from 'node:https'
import { pipeline, type Readable } from 'node:stream'
import { StoreError } from './store-error.js'

export interface Exchange {
  readonly url: URL
  readonly method: string
  readonly headers: OutgoingHttpHeaders
  readonly body: Readable | null
  /** The longest time in which nothing may move. */
  readonly silenceMs: number
  readonly signal: AbortSignal
}

/** A store that does not know `Expect: 100-continue` gets the body after this time. */
const continueMs = 2_000

/** Sends the request and resolves to the answer, whose body the caller reads. Rejects with a StoreError or a system error. */
export async function exchange (options: Exchange): Promise<IncomingMessage> {
  return await new Promise((resolve, reject) => {
    const { url, method, headers, body, silenceMs, signal } = options
    const send = url.protocol === 'https:' ? requestHttps : requestHttp
    const request = send(url, { method, headers: { ...headers, ...body !== null && { Expect: '100-continue' } }, signal, agent: false })
    let stream: ClientRequest | IncomingMessage = request
    const silence = new SilenceLimit(silenceMs, () => stream.destroy(new StoreError('ERR_ROTOR_STORE_SILENT', `${url.host} did not answer for ${silenceMs / 1000} s`)))
    request.once('socket', (socket) => { socket.unref() })
    request.once('response', (response) => {
      stream = response
      silence.watch(response)
      body?.destroy()
      resolve(response)
    })
    // Once an answer is there, the end of the connection is told by the answer's own stream.
    request.on('error', (error) => {
      silence.end()
      body?.destroy()
      reject(error)
    })
    if (body === null) request.end()
    else sendWhenAgreed(request, body, silence)
  })
}

/** Reads at most so many bytes of an answer as text, and the rest not at all. */
export async function readText (response: IncomingMessage, bytesMax: number): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes >= bytesMax) break
  }
  response.destroy()
  return Buffer.concat(chunks).subarray(0, bytesMax).toString('utf8')
}

function sendWhenAgreed (request: ClientRequest, body: Readable, silence: SilenceLimit): void {
  let isSending = false
  const send = (): void => {
    clearTimeout(timer)
    if (isSending || request.destroyed) return
    isSending = true
    body.on('data', () => { silence.touch() })
    pipeline(body, request, (error) => { if (error) request.destroy(error) })
  }
  const timer = setTimeout(send, continueMs).unref()
  request.once('continue', send)
  request.once('close', () => { clearTimeout(timer) })
  request.flushHeaders()
}

/** Runs out where nothing was touched for so long. */
class SilenceLimit {
  readonly #timer: NodeJS.Timeout

  constructor (silenceMs: number, onSilence: () => void) {
    this.#timer = setTimeout(onSilence, silenceMs).unref()
  }

  touch (): void {
    this.#timer.refresh()
  }

  end (): void {
    clearTimeout(this.#timer)
  }

  /** Goes on until the answer is read, given up, or silent for too long. */
  watch (response: IncomingMessage): void {
    this.touch()
    response.on('data', () => { this.touch() })
    response.pause()
    response.once('close', () => { this.end() })
  }
}
