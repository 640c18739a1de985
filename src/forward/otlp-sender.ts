// Sends batches to a receiver of OTLP over HTTP, as JSON compressed with gzip.
import { Readable } from 'node:stream'
import { errnoOf } from '../disk/errno.js'
import { rejectedRecords, verdictOf } from '../policy/forwarding/answer.js'
import type { ForwardedLines } from '../policy/forwarding/forwarded-lines.js'
import { OtlpRequest } from '../policy/forwarding/otlp-request.js'
import { exchange, readText } from '../remote/http-exchange.js'
import { retryAfter } from '../remote/s3-answer.js'
import { packInPieces } from './paced-gzip.js'
import type { Rest, Sender, SendOutcome } from './sender.js'

export interface OtlpTarget {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly resource: Readonly<Record<string, string>>
  /** Values of the headers that are never repeated, even if the receiver's answer repeats them. */
  readonly secrets: readonly string[]
  /** How long both sides may be silent. */
  readonly silenceMs: number
}

const answerBytesMax = 16 * 1024
const answerLengthMax = 200
/** Between two rests. They take less than a millisecond. */
const linesAtOnce = 100

export class OtlpSender implements Sender {
  readonly target: string
  readonly #url: URL
  readonly #options: OtlpTarget
  readonly #now: () => number
  readonly #rest: Rest
  /**
   * Whether the receiver is asked before it gets a body. That costs 2 s with a receiver that does not know the question, so it is done only
   * after a connection broke. A receiver may refuse a large body by its length, and its answer is lost if it closes the connection too early.
   */
  #asksFirst = false
  /** The bodies of lines that are prepared, or sent again. */
  readonly #bodies = new WeakMap<ForwardedLines, Buffer>()

  constructor (options: OtlpTarget, now: () => number, rest: Rest) {
    this.#options = options
    this.#url = new URL(options.url)
    this.#now = now
    this.#rest = rest
    this.target = `${this.#url.origin}${this.#url.pathname}`
  }

  async prepare (lines: ForwardedLines, signal: AbortSignal): Promise<void> {
    await this.#bodyOf(lines, signal)
  }

  async send (lines: ForwardedLines, signal: AbortSignal): Promise<SendOutcome> {
    const body = await this.#bodyOf(lines, signal)
    try {
      const outcome = await this.#post(body, signal)
      if (outcome.verdict === 'accepted') this.#asksFirst = false
      return outcome
    } catch (error) {
      this.#asksFirst ||= ['EPIPE', 'ECONNRESET'].includes(errnoOf(error))
      throw error
    }
  }

  async #bodyOf (lines: ForwardedLines, signal: AbortSignal): Promise<Buffer> {
    const known = this.#bodies.get(lines)
    if (known !== undefined) return known
    const request = new OtlpRequest(this.#options.resource, this.#now())
    for (let start = 0; start < lines.length; start += linesAtOnce) {
      await this.#rest()
      signal.throwIfAborted()
      request.add(lines.slice(start, start + linesAtOnce))
    }
    const parts = request.body()
    await this.#rest()
    const body = await packInPieces(parts, this.#rest)
    await this.#rest()
    this.#bodies.set(lines, body)
    return body
  }

  async #post (body: Buffer, signal: AbortSignal): Promise<SendOutcome> {
    const { headers, silenceMs } = this.#options
    const response = await exchange({
      url: this.#url,
      method: 'POST',
      headers: { ...headers, 'Content-Type': 'application/json', 'Content-Encoding': 'gzip', 'Content-Length': body.length },
      body: Readable.from([body], { objectMode: false }),
      asksFirst: this.#asksFirst,
      silenceMs,
      unseenMs: 0,
      signal
    })
    const status = response.statusCode ?? 0
    const text = await readText(response, answerBytesMax, silenceMs)
    const verdict = verdictOf(status, response.headers['content-type'])
    const answeredMs = Date.parse(response.headers.date ?? '')
    return {
      verdict,
      rejected: verdict === 'accepted' ? rejectedRecords(text) : 0,
      answer: `${status} ${this.#withoutSecrets(text).replace(/[\p{Cc}\p{Cf}]/gu, ' ').slice(0, answerLengthMax)}`.trim(),
      retryAfterMs: retryAfter(response.headers['retry-after'], Number.isNaN(answeredMs) ? this.#now() : answeredMs)
    }
  }

  #withoutSecrets (text: string): string {
    return this.#options.secrets.reduce((rest, secret) => rest.replaceAll(secret, '…'), text)
  }
}
