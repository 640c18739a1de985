// The worker behind `transport()`. It is given settings that were checked in the application's thread, so that it need not
// load what checks them. A compression thread runs the same file, since one is easier to bundle than two.
import { systemClock } from './clock.js'
import { answerRequests, errorFacts, forwardEvents, openFailedEvent, postEvent, threadStreamPort } from './channel.js'
import { isCompressionThread, serveCompressions } from './disk/compression-loop.js'
import type { Settings } from './options/settings.js'
import { withCompressors } from './lifecycle/own-compressor.js'
import { loadOwnModules } from './lifecycle/own-modules.js'
import { RotorStream } from './stream.js'

if (isCompressionThread()) serveCompressions()

/** Opens the log in a thread-stream worker. */
export default async function openInWorker ({ settings }: { settings: Settings }): Promise<RotorStream> {
  const port = threadStreamPort()
  if (port === null) throw new Error('pino-rotor/worker runs in the worker that transport() starts, nowhere else')
  try {
    const stream = new RotorStream(await withCompressors(settings), systemClock, await loadOwnModules(settings))
    forwardEvents(stream, port)
    answerRequests(stream, port)
    return stream
  } catch (error) {
    postEvent(port, openFailedEvent, errorFacts(error))
    throw error
  }
}
