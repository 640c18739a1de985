// Writes answers. Every answer has the headers that keep other sites away from it, and no copy of it stays in a cache.
import type { ServerResponse } from 'node:http'
import type { RequestError } from './request-error.js'

/** No answer but the page may load, run or show anything. */
const barePolicy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** A client that takes nothing for this long is dropped. */
const stallMs = 30_000

/** Sets the headers of every answer. */
export function setCommonHeaders (response: ServerResponse): void {
  response.setHeader('Content-Security-Policy', barePolicy)
  response.setHeader('X-Content-Type-Options', 'nosniff')
  response.setHeader('Referrer-Policy', 'no-referrer')
  response.setHeader('X-Frame-Options', 'DENY')
  response.setHeader('Cross-Origin-Opener-Policy', 'same-origin')
  response.setHeader('Cross-Origin-Resource-Policy', 'same-origin')
  response.setHeader('Cache-Control', 'no-store')
}

export function sendJson (response: ServerResponse, value: unknown, status = 200): void {
  sendText(response, JSON.stringify(value), 'application/json; charset=utf-8', status)
}

export function sendText (response: ServerResponse, text: string | Buffer, type: string, status = 200): void {
  const body = typeof text === 'string' ? Buffer.from(text) : text
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': body.length })
  response.end(body)
}

/** Answers with the error. In a stream of events it is the last event. Any other begun answer breaks off, so that the client sees that it is not whole. */
export function sendError (response: ServerResponse, error: RequestError): void {
  const { code, message } = error
  if (response.headersSent) {
    if (String(response.getHeader('Content-Type')).startsWith('text/event-stream')) response.end(`event: error\ndata: ${JSON.stringify({ code, message })}\n\n`)
    else response.destroy()
    return
  }
  if (error.status === 405) response.setHeader('Allow', 'GET, HEAD')
  if (error.status === 503) response.setHeader('Retry-After', '1')
  sendJson(response, { error: { code, message } }, error.status)
}

/**
 * Writes a part, and resolves when the client has room for more. Rejects when the client is gone, or takes nothing. `sent` is
 * called when the part's memory is used no more.
 */
export async function writePart (response: ServerResponse, part: string | Buffer, sent = (): void => {}): Promise<void> {
  if (response.destroyed) throw new ClientGoneError()
  if (response.write(part, sent)) return
  await new Promise<void>((resolve, reject) => {
    const limit = setTimeout(() => { response.destroy() }, stallMs)
    const settle = (then: () => void): void => {
      clearTimeout(limit)
      response.off('drain', drained)
      response.off('close', closed)
      then()
    }
    const drained = (): void => { settle(resolve) }
    const closed = (): void => { settle(() => { reject(new ClientGoneError()) }) }
    response.once('drain', drained)
    response.once('close', closed)
  })
}

/** The client closed the connection. Nothing is left to do. */
export class ClientGoneError extends Error {
  override readonly name = 'ClientGoneError'
}
