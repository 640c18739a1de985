// The worker behind the fault application's transport: like the package's own, with time that runs faster.
import { LogStream } from '../../src/stream.js'
import { serveLog } from '../../src/worker/serve-log.js'
import { quickClock, quickenTimers } from './quick-clock.js'

const pace = 20
const standsAt = process.env['ROTOR_STANDS_AT_MS']

void serveLog(async (settings) => {
  quickenTimers(pace)
  const clock = quickClock(standsAt === undefined ? { pace } : { pace, standsAtMs: Number(standsAt) })
  return (place) => new LogStream(settings, clock, undefined, place)
})
