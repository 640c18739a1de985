// A request as the routes see it: parsed, checked, and with a signal that ends its work when the client leaves.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { WebLog, WebSource } from '../logs/web-log.js'
import { RequestError } from './request-error.js'
import type { WorkGate } from './work-gate.js'

export interface WebRequest {
  readonly source: WebSource
  readonly query: URLSearchParams
  readonly headers: IncomingMessage['headers']
  readonly response: ServerResponse
  /** Aborted when the client closes the connection, or the server stops. */
  readonly signal: AbortSignal
  /** Work that reads many files runs through it. */
  readonly gate: WorkGate
  /** Looks at the state of files run through it. They cannot be ended with a request. */
  readonly looks: WorkGate
  /** Downloads run through it. They last as long as a slow client takes. */
  readonly downloads: WorkGate
  /** Live tails run through it. They read little, but last long. */
  readonly follows: WorkGate
}

export interface LogRequest extends WebRequest {
  readonly log: WebLog
}

export type Route = (request: WebRequest) => Promise<void>
export type LogRoute = (request: LogRequest) => Promise<void>

/** The address of a request, split. */
export interface Target {
  readonly path: string
  readonly query: URLSearchParams
}

const urlCharactersMax = 8 * 1024
const parametersMax = 64

/** Splits a request's target. It takes only the usual form, `/path?query`. */
export function targetOf (url: string): Target {
  if (url.length > urlCharactersMax) throw new RequestError(414, 'address', 'the address is too long')
  if (!url.startsWith('/')) throw new RequestError(400, 'address', 'the address must begin with a slash')
  const [path = '', ...rest] = url.split('?')
  const query = new URLSearchParams(rest.join('?'))
  if (query.size > parametersMax) throw new RequestError(400, 'address', `the address has more than ${parametersMax} parameters`)
  return { path, query }
}
