// The error of a request: its status, a code for programs, and a sentence for people.

export class RequestError extends Error {
  override readonly name = 'RequestError'
  readonly status: number
  readonly code: string

  constructor (status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

/** A parameter is not what the route takes. */
export function wrongParameter (name: string, expected: string, received: string): RequestError {
  return new RequestError(400, 'parameter', `${name}: expected ${expected}, received ${JSON.stringify(received.slice(0, 200))}`)
}
