// One HTTP request and its answer. It fails if neither side moves for a while. Redirects are not followed. An answer before
// the end of the body ends the sending, and is an error if it claims success. On request the body is sent only after the other side
// has agreed to take it. Nothing here keeps a process alive. The waiting caller does that.
import { request as requestHttp, type ClientRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http'
import { request as requestHttps } from 'node:https'
import { BodySender } from './body-sender.js'
import { lookupUntil } from './lookup.js'
import type { Body } from './store.js'
import { queuedBytes } from './send-queue.js'
import { SilenceLimit } from './silence-limit.js'
import { StoreError } from './store-error.js'
import { readBeforeWriteFails } from './unread-answer.js'

export interface Exchange {
  readonly url: URL
  readonly method: string
  readonly headers: OutgoingHttpHeaders
  readonly body: Body | null
  /** Whether the body waits until the other side has agreed to take it (`Expect: 100-continue`). */
  readonly asksFirst: boolean
  /** How long both sides may be silent. */
  readonly silenceMs: number
  /** How much longer the answer to a whole body may take: the kernel has taken bytes that are still on their way. */
  readonly unseenMs: number
  readonly signal: AbortSignal
}

/** A store without `Expect: 100-continue` gets the body after this time. */
const continueMs = 2_000

/** Sends the request and resolves to the answer. The caller reads its body. Rejects with a StoreError or a system error. */
export async function exchange (options: Exchange): Promise<IncomingMessage> {
  return await new Promise((resolve, reject) => {
    const { url, method, headers, body, asksFirst, silenceMs, unseenMs, signal } = options
    const send = url.protocol === 'https:' ? requestHttps : requestHttp
    const over = new AbortController()
    const request = send(url, { method, headers: { ...headers, ...body !== null && asksFirst && { Expect: '100-continue' } }, signal, agent: false, lookup: lookupUntil(over.signal) })
    const sender = body === null ? null : new BodySender(request, body)
    request.once('close', () => {
      over.abort()
      sender?.stop()
      silence.end()
      // Node tells no error where the other side changes the protocol.
      reject(new StoreError('ECONNRESET', `${url.host} closed the connection, or changed its protocol, in place of an answer`))
    })
    let stream: ClientRequest | IncomingMessage = request
    const expire = (): void => { stream.destroy(new StoreError('ERR_ROTOR_STORE_SILENT', `${url.host} did not answer for ${silenceMs / 1000} s`)) }
    const silence = new SilenceLimit(silenceMs, async () => request.socket === null ? null : await queuedBytes(request.socket), expire)
    request.once('socket', (socket) => {
      socket.unref()
      readBeforeWriteFails(socket)
    })
    request.once('response', (response) => {
      stream = response
      watch(response, silence)
      // A store may answer at once if the body has no byte.
      const isWhole = sender === null || sender.isWhole || Number(headers['Content-Length']) === 0
      const isCut = !isWhole && isSuccess(response)
      sender?.stop()
      if (!isCut) return resolve(response)
      response.destroy()
      reject(new StoreError('ERR_ROTOR_STORE_EARLY', `${url.host} answered with ${response.statusCode ?? 0} before it had the whole body`))
    })
    // Once there is an answer, its stream reports the end of the connection.
    request.on('error', (error) => {
      silence.end()
      reject(error)
    })
    if (sender === null) request.end()
    else sendBody(request, sender, silence, unseenMs, asksFirst)
  })
}

/**
 * Reads at most that many bytes of an answer as text, and skips the rest. Rejects if a success is cut, or has no end within the
 * time; a refusal needs no end.
 */
export async function readText (response: IncomingMessage, bytesMax: number, withinMs: number | null): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  const expire = (): void => { response.destroy(new StoreError('ERR_ROTOR_STORE_SILENT', `the answer had no end for ${(withinMs ?? 0) / 1000} s`)) }
  const timer = withinMs === null ? undefined : setTimeout(expire, withinMs).unref()
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk)
      bytes += chunk.length
      if (bytes >= bytesMax) break
    }
  } catch (error) {
    if (isSuccess(response)) throw error
  } finally {
    clearTimeout(timer)
  }
  response.destroy()
  return Buffer.concat(chunks).subarray(0, bytesMax).toString('utf8')
}

function sendBody (request: ClientRequest, sender: BodySender, silence: SilenceLimit, unseenMs: number, asksFirst: boolean): void {
  const send = async (isAlive: boolean): Promise<void> => {
    try {
      await sender.send(() => { silence.touch() })
      if (isAlive && sender.isWhole) silence.extend(unseenMs)
    } catch (error) {
      request.destroy(error as Error)
    }
  }
  if (!asksFirst) {
    void send(true)
    return
  }
  const timer = setTimeout(() => { void send(false) }, continueMs).unref()
  request.once('continue', () => {
    clearTimeout(timer)
    void send(true)
  })
  request.once('close', () => { clearTimeout(timer) })
  request.flushHeaders()
}

// Continues until the answer is read, abandoned, or silent for too long.
function watch (response: IncomingMessage, silence: SilenceLimit): void {
  silence.restrict()
  response.on('data', () => { silence.touch() })
  response.pause()
  response.once('close', () => { silence.end() })
}

function isSuccess ({ statusCode = 0 }: IncomingMessage): boolean {
  return statusCode >= 200 && statusCode < 300
}
