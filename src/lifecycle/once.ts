// One sweep, for a caller that has no log open: the same sweeper as in an application, opened for this alone.
import type { Clock } from '../clock.js'
import type { Emit } from '../events.js'
import type { Settings } from '../options/settings.js'
import { StepHealth } from './step-health.js'
import { swapLockOf } from './swap-lock.js'
import { Sweeper, type SweepScope } from './sweeping/sweeper.js'

/** A sweep that can be stopped; its own timers keep no process alive. */
export interface OneSweep {
  readonly done: Promise<void>
  readonly stop: () => Promise<void>
}

/** Begins a sweep that sees to everything in its scope that there is now, and tells its events. */
export function sweepOnce (settings: Settings, clock: Clock, emit: Emit, scope: SweepScope = 'everything'): OneSweep {
  const health = new StepHealth(emit, clock.monotonic)
  const sweeper = new Sweeper({ settings, clock, emit, health, swapLock: swapLockOf(settings, clock), scope })
  return { done: sweeper.sweep().finally(() => sweeper.close()), stop: () => sweeper.close() }
}
