// Forwards logs for a process that does not write them: the command, beside an application or as its sidecar.
import type { Clock } from '../../clock.js'
import type { RotorEvents } from '../../events.js'
import type { Forwarding, Settings } from '../../options/settings.js'
import { logOf } from '../../policy/names/archive-name.js'
import { StepHealth } from '../step-health.js'
import { Forwarder } from './forwarder.js'
import { presentCursor } from './present-cursor.js'

/** A log that is forwarded. */
export interface ForwardedLog {
  readonly settings: Settings
  readonly forwarding: Forwarding
}

/** Is told what happens to a log. */
export type TellNews = <Name extends keyof RotorEvents>(file: string, event: Name, details: RotorEvents[Name][0]) => void

export interface ForwardWork {
  /** Resolves once everything that is in the files is acknowledged, or after `stop`. Without `untilSent`, only after `stop`. */
  readonly done: Promise<void>
  /** Stops at once. The next start sends the rest. */
  readonly stop: () => Promise<void>
}

/** Keeps the process alive between looks at the files, whose pauses do not. */
const stayMs = 60_000

/** Forwards the logs, each under its own lock. It waits while another process forwards one of them. */
export function forwardNow (logs: readonly ForwardedLog[], { clock, untilSent, tell }: { readonly clock: Clock, readonly untilSent: boolean, readonly tell: TellNews }): ForwardWork {
  const forwarders = logs.map(({ settings, forwarding }) => {
    const emit = <Name extends keyof RotorEvents>(event: Name, ...[details]: RotorEvents[Name]): void => { tell(settings.file, event, details) }
    const log = logOf(settings)
    return new Forwarder({ settings, forwarding, log, clock, emit, health: new StepHealth(emit, clock.monotonic), present: presentCursor(settings, log) })
  })
  const stay = setInterval(() => {}, stayMs)
  const stop = async (): Promise<void> => { await Promise.all(forwarders.map((forwarder) => forwarder.close())) }
  const run = async (): Promise<void> => {
    try {
      await Promise.all(forwarders.map((forwarder) => untilSent ? forwarder.drain() : forwarder.run()))
      await stop()
    } finally {
      clearInterval(stay)
    }
  }
  return { done: run(), stop }
}
