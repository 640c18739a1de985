// Waiting for what a stream or a transport tells.
import { once, type EventEmitter } from 'node:events'

const inUse = new Set<EventEmitter>()

// The worker of a transport that nothing refers to ends. A test that waits for its next event refers to it by that event alone, so the
// garbage collector could take both.
/** Keeps a transport, pino's or ours, in use until it is closed. */
export function keepInUse<Transport extends EventEmitter> (transport: Transport): Transport {
  inUse.add(transport)
  transport.once('close', () => { inUse.delete(transport) })
  return transport
}

/** Collects every event of that name from now on. */
export function collect<Details> (emitter: EventEmitter, name: string): Details[] {
  const seen: Details[] = []
  emitter.on(name, (details: Details) => { seen.push(details) })
  return seen
}

/** Resolves to the first event of that name that satisfies the condition. */
export async function eventWhere<Details> (emitter: EventEmitter, name: string, condition: (details: Details) => boolean): Promise<Details> {
  return await new Promise((resolve) => {
    const listen = (details: Details): void => {
      if (!condition(details)) return
      emitter.off(name, listen)
      resolve(details)
    }
    emitter.on(name, listen)
  })
}

/** Ends the stream or transport and waits until it is closed. */
export async function closed (destination: EventEmitter & { end: () => void }): Promise<void> {
  const isClosed = once(destination, 'close')
  destination.end()
  await isClosed
}
