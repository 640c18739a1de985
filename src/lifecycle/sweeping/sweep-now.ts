// Sweeps once for a caller that has no log open, such as the command line. It is the application's sweep, requested once.
import type { Clock } from '../../clock.js'
import type { Settings } from '../../options/settings.js'
import { swapLockOf } from '../swap-lock.js'
import { StepHealth } from '../step-health.js'
import type { Stoppable } from '../stoppable.js'
import type { SweepRecord } from './sweep-record.js'
import { Sweeper } from './sweeper.js'

/** Sweeps the log once and returns what was done. */
export function sweepNow (settings: Settings, clock: Clock): Stoppable<SweepRecord> {
  const emit = (): void => {}
  const sweeper = new Sweeper({ settings, clock, emit, health: new StepHealth(emit, clock.monotonic), swapLock: swapLockOf(settings, clock) })
  return { done: sweeper.sweep().finally(() => sweeper.close()), stop: () => sweeper.close() }
}
