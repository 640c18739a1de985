// One rotation or one sweep, for whoever has no log open: the same rotator and sweeper as in an application, opened for this
// alone and closed after it.
import { join } from 'node:path'
import type { Clock } from '../clock.js'
import { Lock } from '../disk/lock/lock.js'
import type { Emit, RotatedEvent } from '../events.js'
import type { Settings } from '../options/settings.js'
import { hiddenName, logOf } from '../policy/names/archive-name.js'
import { Rotator } from './writing/rotator.js'
import { StepHealth } from './step-health.js'
import { Sweeper, type SweepScope } from './sweeping/sweeper.js'

/** Rotates now; null where the active file is empty. Throws where it cannot be done. */
export function rotateOnce (settings: Settings, clock: Clock): RotatedEvent | null {
  const rotations: RotatedEvent[] = []
  const emit: Emit = (name, ...[details]) => { if (name === 'rotated') rotations.push(details as RotatedEvent) }
  const health = new StepHealth(emit, clock.monotonic)
  const rotator = new Rotator({ settings, clock, emit, health, swapLock: swapLockOf(settings, clock), onDiskFull: () => {} })
  try {
    rotator.rotate('request')
  } finally {
    rotator.close()
  }
  // A boundary that had passed rotated it at the opening already.
  return rotations[0] ?? null
}

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

/** The lock of whoever swaps the active file. */
export function swapLockOf (settings: Settings, clock: Clock): Lock {
  const log = logOf(settings)
  return new Lock(join(log.directory, hiddenName(log, 'lock')), clock.monotonic)
}
