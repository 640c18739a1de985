// The page's only way to the server: questions under /api/v1 beside the page itself, as answers or as streams.
import { forEachEvent, type ServerEvent } from './event-stream.js'

export type Parameters = ReadonlyArray<readonly [string, string]>

/** The server refused a request, or is gone (status 0). */
export class ServerFault extends Error {
  override readonly name = 'ServerFault'
  readonly status: number

  constructor (status: number, message: string) {
    super(message)
    this.status = status
  }
}

export interface StreamOptions {
  readonly signal: AbortSignal
  /** Where a stream that broke off goes on. */
  readonly lastEventId?: string | null
  /** Called when the server begins to answer. */
  readonly opened?: () => void
}

/** The address of a question, below the folder of the page. */
export function apiAddress (path: string, parameters: Parameters = []): string {
  const query = new URLSearchParams(parameters.map(([name, value]) => [name, value])).toString()
  return `api/v1/${path}${query === '' ? '' : `?${query}`}`
}

/** Asks one question. Rejects with a ServerFault, or with an AbortError when the signal aborts. */
export async function ask<T> (path: string, parameters: Parameters, signal: AbortSignal): Promise<T> {
  const response = await request(apiAddress(path, parameters), { signal, headers: { Accept: 'application/json' } })
  return await response.json() as T
}

/** Reads an answer in events, until it ends or the signal aborts. */
export async function listen (path: string, parameters: Parameters, { signal, lastEventId = null, opened = () => {} }: StreamOptions, take: (event: ServerEvent) => void): Promise<void> {
  const headers = { Accept: 'text/event-stream', ...lastEventId !== null && { 'Last-Event-ID': lastEventId } }
  const response = await request(apiAddress(path, parameters), { signal, headers })
  opened()
  if (response.body !== null) await forEachEvent(response.body, take)
}

/** What to tell the user about an error; null if the page itself gave up waiting. */
export function faultText (error: unknown): string | null {
  if (error instanceof DOMException && error.name === 'AbortError') return null
  return error instanceof ServerFault ? error.message : String(error)
}

async function request (address: string, init: RequestInit): Promise<Response> {
  const response = await fetch(address, { ...init, credentials: 'same-origin', cache: 'no-store' }).catch((error: unknown) => {
    if (error instanceof DOMException) throw error
    throw new ServerFault(0, 'The server does not answer. Is "pino-rotor web" still running?')
  })
  if (!response.ok) throw new ServerFault(response.status, await faultOf(response))
  return response
}

async function faultOf (response: Response): Promise<string> {
  const text = await response.text()
  try {
    return (JSON.parse(text) as { error: { message: string } }).error.message
  } catch {
    return `The server answered ${response.status}.` // A proxy's own page.
  }
}
