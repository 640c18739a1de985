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

const { settings, present } = workerData as ForwardingTask

if (settings.forward !== null) {
  // The pool's threads begin with the priority of the thread that uses them first, and the application uses them too.
  await stat(settings.file).catch(() => {})
  const rest = lowerOwnPriority()
  const forwarder = new Forwarder({
    settings,
    forwarding: settings.forward,
    log: logOf(settings),
    clock: systemClock,
    emit,
    health: new StepHealth(emit, systemClock.monotonic),
    present,
    rest
  })
  forwarder.start()
  parentPort?.once('message', () => { void forwarder.close().finally(() => process.exit()) })
}

function emit<Name extends keyof RotorEvents> (name: Name, ...details: RotorEvents[Name]): void {
  parentPort?.postMessage([name, ...details])
}
