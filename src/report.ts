// What is written to stderr, one JSON line an event, for those who read a container's output and listen to no events.
import { writeSync } from 'node:fs'
import type { RotorEvents } from './events.js'
import type { Report } from './options/settings.js'

const stderr = 2
const troubles: ReadonlySet<keyof RotorEvents> = new Set(['failed', 'dropped', 'recovered'])

/** Writes the event to stderr where the settings ask for it. */
export function reportEvent (report: Report, nowMs: number, event: keyof RotorEvents, details: object): void {
  switch (report) {
    case 'nothing': return
    case 'failures': if (troubles.has(event)) writeLine({ time: nowMs, name: 'pino-rotor', event, ...details }); return
    case 'all': writeLine({ time: nowMs, name: 'pino-rotor', event, ...details })
  }
}

// A worker's process.stderr goes through the application's thread and is lost when that ends; the descriptor is not.
function writeLine (line: object): void {
  try {
    writeSync(stderr, `${JSON.stringify(line)}\n`)
  } catch {
    // Nobody reads it: a closed pipe is no reason to stop logging.
  }
}
