// The worker behind `transport()`. It is given settings that were checked in the application's thread, so that it need not
// load what checks them. A compression thread runs the same file, since one is easier to bundle than two.
import { systemClock } from '../clock.js'
import { answerRequests, errorFacts, forwardEvents, openFailedEvent, postEvent, threadStreamPort } from './channel.js'
import { isCompressionThread, serveCompressions } from '../disk/compress/compression-loop.js'
import type { Settings } from '../options/settings.js'
import { withCompressors } from '../lifecycle/log/user-compressor.js'
import { loadUserModules } from '../lifecycle/log/user-modules.js'
import { LogStream } from '../stream.js'

if (isCompressionThread()) serveCompressions()

/** Opens the log in a thread-stream worker. */
export default async function openInWorker ({ settings }: { settings: Settings }): Promise<LogStream> {
  const port = threadStreamPort()
  if (port === null) throw new Error('pino-rotor/worker runs in the worker that transport() starts, nowhere else')
  try {
    const stream = new LogStream(await withCompressors(settings), systemClock, await loadUserModules(settings))
    forwardEvents(stream, port)
    answerRequests(stream, port)
    return stream
  } catch (error) {
    postEvent(port, openFailedEvent, errorFacts(error))
    throw error
  }
}
