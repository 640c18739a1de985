// The thread that forwards one log, at a low priority.
import { stat } from 'node:fs/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { systemClock } from '../../clock.js'
import { lowerOwnPriority } from '../../disk/compress/idle-priority.js'
import type { RotorEvents } from '../../events.js'
import { logOf } from '../../policy/names/archive-name.js'
import { StepHealth } from '../step-health.js'
import { Forwarder } from './forwarder.js'
import type { ForwardingTask } from './threaded-forwarder.js'

/**
 * Linux lets a thread of a low priority finish its turn, which can take 4 ms, although another one has to run. A thread that has slept
 * begins a new turn.
 */
const restMs = 0.05

const { settings, present } = workerData as ForwardingTask
const never = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))

if (settings.forward !== null) {
  // The pool's threads begin with the priority of the thread that uses them first, and the application uses them too.
  await stat(settings.file).catch(() => {})
  lowerOwnPriority()
  const forwarder = new Forwarder({
    settings,
    forwarding: settings.forward,
    log: logOf(settings),
    clock: systemClock,
    emit,
    health: new StepHealth(emit, systemClock.monotonic),
    present,
    rest: () => { Atomics.wait(never, 0, 0, restMs) }
  })
  forwarder.start()
  parentPort?.once('message', () => { void forwarder.close().finally(() => process.exit()) })
}

function emit<Name extends keyof RotorEvents> (name: Name, ...details: RotorEvents[Name]): void {
  parentPort?.postMessage([name, ...details])
}
