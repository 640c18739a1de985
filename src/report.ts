// Writes events to stderr, one JSON line each, for operators who read a container's output instead of listening to events.
import { writeSync } from 'node:fs'
import type { RotorEvents } from './events.js'

/** Which events are written. */
export type Report = 'all' | 'failures' | 'nothing'

const stderr = 2
const troubles: ReadonlySet<keyof RotorEvents> = new Set(['failed', 'dropped', 'recovered'])

/** Writes the event to stderr if the settings ask for it. */
export function reportEvent (report: Report, nowMs: number, event: keyof RotorEvents, details: object): void {
  switch (report) {
    case 'nothing': return
    case 'failures': if (troubles.has(event)) writeLine({ time: nowMs, name: 'pino-rotor', event, ...details }); return
    case 'all': writeLine({ time: nowMs, name: 'pino-rotor', event, ...details })
  }
}

// A worker's process.stderr goes through the application's thread, and its lines are lost when that ends. The descriptor has
// no such detour.
function writeLine (line: object): void {
  try {
    writeSync(stderr, `${JSON.stringify(line)}\n`)
  } catch {
    // A closed pipe is no reason to stop logging.
  }
}
