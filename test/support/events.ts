// Waiting for what a stream or a transport tells.
import { once, type EventEmitter } from 'node:events'

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
