// Sends batches to a receiver of OTLP over HTTP, as JSON compressed with gzip.
import { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { rejectedRecords, verdictOf } from '../policy/forwarding/answer.js'
import { otlpRequest, type ForwardedLine } from '../policy/forwarding/otlp-request.js'
import { exchange, readText } from '../remote/http-exchange.js'
import { retryAfter } from '../remote/s3-answer.js'
import type { Sender, SendOutcome } from './sender.js'

export interface OtlpTarget {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly resource: Readonly<Record<string, string>>
  /** How long both sides may be silent. */
  readonly silenceMs: number
}

const pack = promisify(gzip)
const answerBytesMax = 16 * 1024
const answerLengthMax = 200

export class OtlpSender implements Sender {
  readonly target: string
  readonly #url: URL
  readonly #options: OtlpTarget
  readonly #now: () => number

  constructor (options: OtlpTarget, now: () => number) {
    this.#options = options
    this.#url = new URL(options.url)
    this.#now = now
    this.target = `${this.#url.origin}${this.#url.pathname}`
  }

  async send (lines: readonly ForwardedLine[], signal: AbortSignal): Promise<SendOutcome> {
    const { headers, resource, silenceMs } = this.#options
    const body = await pack(JSON.stringify(otlpRequest(lines, resource, this.#now())))
    const response = await exchange({
      url: this.#url,
      method: 'POST',
      headers: { ...headers, 'Content-Type': 'application/json', 'Content-Encoding': 'gzip', 'Content-Length': body.length },
      body: Readable.from([body], { objectMode: false }),
      silenceMs,
      unseenMs: 0,
      signal
    })
    const status = response.statusCode ?? 0
    const text = await readText(response, answerBytesMax)
    const verdict = verdictOf(status)
    return {
      verdict,
      rejected: verdict === 'accepted' ? rejectedRecords(text) : 0,
      answer: `${status} ${text.replace(/[\p{Cc}\p{Cf}]/gu, ' ').slice(0, answerLengthMax)}`.trim(),
      retryAfterMs: retryAfter(response.headers['retry-after'], this.#now())
    }
  }
}
