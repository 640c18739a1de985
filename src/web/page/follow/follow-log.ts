// The live tail: new lines as the server pushes them. A connection that breaks is made again, and goes on where it was. A hidden
// tab keeps no connection, because a browser has only six for all tabs of a server. Of the tabs in view some keep one, and the
// others ask now and then.
import { listen, ServerFault, type Parameters } from '../server/api.js'
import { systemClock } from '../../../clock.js'
import type { LogLine, Row } from '../lines/ring.js'
import { followOrPoll } from './connection-places.js'
import { pollLog } from './poll-log.js'

export interface Push {
  readonly rows: readonly Row[]
  readonly lines: number
  readonly skipped: number
}

export interface FollowListener {
  readonly push: (push: Push) => void
  /** With the reason why there is none, if the server gives one. */
  readonly connection: (isConnected: boolean, fault: string | null) => void
}

const retryMsMin = 500
const retryMsMax = 10_000
const noFile = 404
const pollEveryMs = 1_000
/** So that a long search leaves the server idle most of the time. */
const pollShare = 20

/** Follows the log from the cursor until the signal aborts, or the server refuses the question itself. */
export async function followLog (logId: number, parameters: Parameters, cursor: string | null, signal: AbortSignal, listener: FollowListener): Promise<void> {
  let lastEventId = cursor
  let retryMs = retryMsMin
  while (!signal.aborted) {
    if (isHidden()) {
      await shown(signal)
      continue
    }
    let fault: string | null = null
    const polled = { againAfterMs: 0 }
    const connection = new AbortController()
    signal.addEventListener('abort', () => { connection.abort() }, { signal: connection.signal })
    document.addEventListener('visibilitychange', () => { if (isHidden()) connection.abort() }, { signal: connection.signal })
    try {
      await followOrPoll(connection.signal, async () => {
        await listen(`logs/${logId}/follow`, parameters, { signal: connection.signal, lastEventId, opened: () => { listener.connection(true, null) } }, ({ name, id, data }) => {
          lastEventId = id ?? lastEventId
          retryMs = retryMsMin
          if (!signal.aborted) listener.push(pushOf(name, data))
        })
      }, async () => {
        const startedMs = systemClock.monotonic()
        await pollLog(logId, parameters, lastEventId, connection.signal, ({ rows, lines, cursor: next }) => {
          lastEventId = next
          if (!signal.aborted) listener.push({ rows, lines, skipped: 0 })
        })
        retryMs = retryMsMin
        polled.againAfterMs = Math.max(pollEveryMs, (systemClock.monotonic() - startedMs) * pollShare)
      })
    } catch (error) {
      if (error instanceof ServerFault && error.status !== 0) fault = error.message
      // A log without an active file has one again as soon as the application writes.
      if (error instanceof ServerFault && error.status >= 400 && error.status < 500 && error.status !== noFile) {
        listener.connection(false, fault)
        return
      }
    } finally {
      connection.abort()
    }
    listener.connection(polled.againAfterMs > 0, fault)
    if (isHidden()) continue
    if (polled.againAfterMs > 0) {
      await delay(polled.againAfterMs, signal)
      continue
    }
    await delay(retryMs, signal)
    retryMs = Math.min(retryMsMax, retryMs * 2)
  }
}

function pushOf (name: string, data: string): Push {
  if (name === 'gap') return { rows: [{ kind: 'gap', message: (JSON.parse(data) as { message?: string }).message ?? 'Lines may be missing here.' }], lines: 0, skipped: 0 }
  if (name !== 'lines') return { rows: [], lines: 0, skipped: 0 }
  const { lines, skipped = 0 } = JSON.parse(data) as { lines: LogLine[], skipped?: number }
  const rows: Row[] = skipped > 0 ? [{ kind: 'gap', message: skippedText(skipped) }] : []
  for (const line of lines) rows.push({ kind: 'line', line })
  return { rows, lines: lines.length, skipped }
}

function skippedText (skipped: number): string {
  return `${skipped.toLocaleString('en')} ${skipped === 1 ? 'line is' : 'lines are'} not shown here: they came faster than the page takes them`
}

async function delay (delayMs: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, delayMs)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    }, { once: true })
  })
}

function isHidden (): boolean {
  return document.hidden
}

// Resolves when the tab is looked at again.
async function shown (signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const waiting = new AbortController()
    const look = (): void => {
      if (isHidden() && !signal.aborted) return
      waiting.abort()
      resolve()
    }
    document.addEventListener('visibilitychange', look, { signal: waiting.signal })
    signal.addEventListener('abort', look, { signal: waiting.signal })
  })
}
