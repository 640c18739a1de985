// How long an application is kept waiting by a disk that refuses, and how soon lines are written again when it does no more.
import type { Transport } from '../../src/transport.js'

/** Logging goes on so soon after a disk has recovered. */
export const backAgainMs = 5_000
/** An application never waits longer for a disk that refuses. */
export const flushSyncMaxMs = 2_000

/** Waits until lines are written again and returns how long that took. */
export async function untilWritten (log: { flush: (callback: () => void) => void }): Promise<number> {
  const startedMs = performance.now()
  await new Promise<void>((resolve) => { log.flush(resolve) })
  return performance.now() - startedMs
}

/** More lines than a worker takes at once. */
export const burst: readonly string[] = Array.from({ length: 5_000 }, (_, index) => `{"number":${index + 1},"pad":"${'x'.repeat(1_000)}"}\n`)

/** Logs them and returns how long it then takes until the worker has taken all. */
export function flushSyncMs (log: Transport): number {
  for (const line of burst) log.write(line)
  const startedMs = performance.now()
  log.flushSync()
  return performance.now() - startedMs
}
