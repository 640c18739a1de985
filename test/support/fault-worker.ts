// The worker behind the fault application's transport: like the package's own, with time that runs faster.
import { answerRequests, forwardEvents, threadStreamPort } from '../../src/worker/channel.js'
import type { Settings } from '../../src/options/settings.js'
import { LogStream } from '../../src/stream.js'
import { quickClock, quickenTimers } from './quick-clock.js'

const pace = 20
const standsAt = process.env['ROTOR_STANDS_AT_MS']

/** Opens the log in a thread-stream worker. */
export default function openInQuickWorker ({ settings }: { settings: Settings }): LogStream {
  const port = threadStreamPort()
  if (port === null) throw new Error('not in a worker')
  quickenTimers(pace)
  const stream = new LogStream(settings, quickClock(standsAt === undefined ? { pace } : { pace, standsAtMs: Number(standsAt) }))
  forwardEvents(stream, port)
  answerRequests(stream, port)
  return stream
}
