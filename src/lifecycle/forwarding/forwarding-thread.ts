// The thread that forwards one log, at a low priority.
import { stat } from 'node:fs/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { systemClock } from '../../clock.js'
import { lowerOwnPriority } from '../../disk/compress/idle-priority.js'
import type { RotorEvents, Step } from '../../events.js'
import { useGate, type Gated } from '../../platform/ending-gate.js'
import { logOf } from '../../policy/names/archive-name.js'
import { StepHealth } from '../step-health.js'
import { Forwarder } from './forwarder.js'
import type { ForwardingNews, ForwardingTask } from './threaded-forwarder.js'

const { settings, present, gate } = workerData as Gated<ForwardingTask>
useGate(gate)

/** Tells once that forwarding works, so that the log knows it of a thread that was started anew. */
class TellingHealth extends StepHealth {
  #hasTold = false

  override succeeded (step: Step): void {
    super.succeeded(step)
    if (!this.#hasTold) parentPort?.postMessage('works' satisfies ForwardingNews)
    this.#hasTold = true
  }
}

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
    health: new TellingHealth(emit, systemClock.monotonic),
    present,
    rest
  })
  forwarder.start()
  parentPort?.once('message', () => { void forwarder.close().finally(() => process.exit()) })
}

function emit<Name extends keyof RotorEvents> (name: Name, ...details: RotorEvents[Name]): void {
  parentPort?.postMessage([name, ...details])
}
