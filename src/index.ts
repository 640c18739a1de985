// The face of the package: the target function that pino loads, the typed handle, and every type that a user can name.
import { systemClock } from './clock.js'
import { forwardEvents, threadStreamPort } from './worker/channel.js'
import { withCompressors } from './lifecycle/log/user-compressor.js'
import { loadUserModules } from './lifecycle/log/user-modules.js'
import type { RotorOptions } from './options/options.js'
import { parseOptions } from './options/parse-options.js'
import { LogStream } from './stream.js'
import { Transport } from './transport.js'
import { workerFile } from './disk/worker-file.js'

export type * from './events.js'
export type * from './options/options.js'
export type * from './policy/status/status-shape.js'
export type { LogStream, LogStreamEvents } from './stream.js'
export type { Transport, TransportEvents } from './transport.js'
export {
  RotorBusyError, RotorClosedError, RotorDisabledError, RotorOpenError, RotorOptionsError, RotorStalledError, RotorWorkerError, type OptionFault
} from './errors.js'

/**
 * Opens a log in the calling thread: the target that `pino.transport({ target: 'pino-rotor' })` loads in its worker, and
 * the in-process stream where threads are not to be had.
 *
 * @throws {RotorOptionsError} `ERR_ROTOR_OPTIONS`: the options are wrong; lists every fault. No file was touched.
 * @throws {RotorOpenError} with the system's code, for example `EACCES`: the active file could not be opened.
 */
export default async function rotor (options: RotorOptions): Promise<LogStream> {
  const settings = await withCompressors(parseOptions(options))
  const port = threadStreamPort()
  const stream = new LogStream(settings, systemClock, await loadUserModules(settings), port === null)
  if (port !== null) forwardEvents(stream, (name, details) => { port.postMessage({ code: 'EVENT', name, args: [details] }) })
  return stream
}

/**
 * Starts a worker that looks after a log and gives a handle on it: cheaper on the application's thread than a target, with
 * typed events and control. Emits `'error'` only where the log cannot be opened.
 *
 * @throws {RotorOptionsError} `ERR_ROTOR_OPTIONS`: the options are wrong; lists every fault. No file was touched.
 */
export function transport (options: RotorOptions): Transport {
  return new Transport(parseOptions(options), workerFile())
}
