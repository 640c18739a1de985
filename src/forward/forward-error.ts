// The error of a failed delivery to a receiver.

export class ForwardError extends Error {
  override readonly name = 'ForwardError'
  readonly code: string
  readonly retryAfterMs: number | null

  constructor (code: string, message: string, retryAfterMs: number | null = null) {
    super(message)
    this.code = code
    this.retryAfterMs = retryAfterMs
  }
}
