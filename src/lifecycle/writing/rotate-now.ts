// Rotates once for a process that writes no log, such as the command line. It uses the application's writer, opened for this
// rotation and closed afterwards.
import type { Clock } from '../../clock.js'
import type { RotatedEvent } from '../../events.js'
import type { Settings } from '../../options/settings.js'
import { StepHealth } from '../step-health.js'
import { swapLockOf } from '../swap-lock.js'
import { LogWriter } from './log-writer.js'

/** Rotates now. Null: the file is empty, or another process rotated it first. Throws if it cannot. */
export function rotateNow (settings: Settings, clock: Clock): RotatedEvent | null {
  const rotations: RotatedEvent[] = []
  const onRotated = (event: RotatedEvent): void => { rotations.push(event) }
  const emit = (): void => {}
  const health = new StepHealth(emit, clock.monotonic)
  const writer = new LogWriter({ settings, clock, emit, health, swapLock: swapLockOf(settings, clock), onRotated, onDiskFull: () => {} })
  try {
    writer.rotate('request')
  } finally {
    writer.close()
  }
  // A missed boundary has already rotated the file when it was opened.
  return rotations[0] ?? null
}
