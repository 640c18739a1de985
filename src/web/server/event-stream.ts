// Server-sent events: an answer that goes on. A comment now and then shows proxies, and the client, that the server lives.
import type { ServerResponse } from 'node:http'
import { ClientGoneError, writePart } from './answers.js'

const heartbeatMs = 15_000

export interface ServerEvent {
  readonly event: string
  readonly data: unknown
  /** Where a client goes on that connects again. */
  readonly id?: string
}

export class EventStream {
  readonly #response: ServerResponse
  readonly #heartbeat: NodeJS.Timeout
  #isWriting = false

  constructor (response: ServerResponse) {
    if (response.destroyed) throw new ClientGoneError()
    this.#response = response
    response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8', 'X-Accel-Buffering': 'no' })
    response.flushHeaders()
    this.#heartbeat = setInterval(() => { if (!this.#isWriting) response.write(': alive\n\n') }, heartbeatMs)
    response.once('close', () => { clearInterval(this.#heartbeat) })
  }

  /** Sends an event, and resolves when the client has room for more. */
  async send ({ event, data, id }: ServerEvent): Promise<void> {
    this.#isWriting = true
    try {
      await writePart(this.#response, `event: ${event}\n${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`)
    } finally {
      this.#isWriting = false
    }
  }

  /** Ends the answer. */
  end (): void {
    clearInterval(this.#heartbeat)
    this.#response.end()
  }
}

/** Whether the client asks for events. */
export function asksForEvents (accept: string | undefined): boolean {
  return (accept ?? '').split(',').some((type) => type.trim().startsWith('text/event-stream'))
}
