// Bundles finished periods once, for a caller that has no log open. It does no other part of a sweep.
import { setTimeout } from 'node:timers/promises'
import type { Clock } from '../../clock.js'
import { codeAndMessage } from '../../disk/errno.js'
import { retryWhileHeld } from '../../disk/held-files.js'
import type { Lock } from '../../disk/lock/lock.js'
import type { BundledEvent, FailedEvent } from '../../events.js'
import type { Bundling, Settings } from '../../options/settings.js'
import { logOf } from '../../policy/names/archive-name.js'
import { bundleCandidates, type WaitingArchive } from '../../policy/retention/bundle-plan.js'
import { settleMs } from '../../policy/settling.js'
import { swapLockOf } from '../swap-lock.js'
import { Bundler } from './bundler.js'
import { LogFolder } from '../log-folder.js'
import { nothingDone, type SweepRecord } from './sweep-record.js'
import { sweepLockOf } from './sweep-lock.js'
import type { Stoppable } from '../stoppable.js'

export interface BundleRequest {
  readonly settings: Settings
  readonly bundling: Bundling
  /** Bundle only this month, such as `202510`; null for all. */
  readonly month: string | null
}

/** When to try again if another process sweeps. */
const comeBackMs = 1_000
/** How often it waits for archives that may still change. */
const roundsMax = 10

/** Bundles what the request names, regardless of the bundle schedule, and returns what was done. */
export function bundleNow (request: BundleRequest, clock: Clock): Stoppable<SweepRecord> {
  const abort = new AbortController()
  const done = bundle(request, clock, abort.signal)
  return {
    done,
    stop: async () => {
      abort.abort()
      await Promise.allSettled([done])
    }
  }
}

async function bundle ({ settings, bundling, month }: BundleRequest, clock: Clock, signal: AbortSignal): Promise<SweepRecord> {
  const log = logOf(settings)
  const folder = new LogFolder(settings, log, clock)
  const bundler = new Bundler({ settings, clock, swapLock: swapLockOf(settings, clock) }, bundling)
  const done = { bundled: new Array<BundledEvent>(), cleared: new Array<string>(), failed: new Array<FailedEvent>() }
  for (let round = 0; round < roundsMax; round++) {
    if (!await isSettled(folder, settings, clock, month)) await setTimeout(settleMs, undefined, { signal })
    const { wakeInMs } = await underLock(sweepLockOf(log, clock), signal, async () => await bundler.join({
      archives: await candidates(folder, settings, clock, month),
      dueMs: clock.now(),
      signal
    }, {
      isDue: () => true,
      isInterrupted: () => signal.aborted,
      failed: (step, error, path) => { done.failed.push({ step, ...codeAndMessage(error), path, retryMs: 0 }) },
      succeeded: () => {},
      removed: () => {},
      bundled: (event) => { done.bundled.push(event) },
      cleared: (path) => { done.cleared.push(path) },
      narrowed: () => {}
    }))
    if (wakeInMs === null) break
  }
  return { ...nothingDone, ...done }
}

async function candidates (folder: LogFolder, settings: Settings, clock: Clock, month: string | null): Promise<WaitingArchive[]> {
  const nowMs = clock.now()
  const { archives } = await folder.read()
  return bundleCandidates({ archives, settings, nowMs, deferredUntilMs: nowMs }, month)
}

async function isSettled (...given: Parameters<typeof candidates>): Promise<boolean> {
  return (await candidates(...given)).every(({ settled }) => settled)
}

// If the application is sweeping at the moment, this waits for its end.
async function underLock<Result> (lock: Lock, signal: AbortSignal, action: () => Promise<Result>): Promise<Result> {
  while (!await retryWhileHeld(() => lock.tryAcquire())) await setTimeout(comeBackMs, undefined, { signal })
  return await lock.runAcquired(action, { keepsAlive: true })
}
