// The public API of the package: the target function that pino loads, the typed handle, and every public type.
import { systemClock } from './clock.js'
import { errorFacts } from './disk/errno.js'
import { threadStreamPort } from './worker/channel.js'
import { ModuleGuard } from './worker/module-guard.js'
import { givenLevels, isOnlyTarget, levelsFromPino, passEventsOn, UnopenedTarget } from './worker/plain-target.js'
import { reportEvent } from './report.js'
import type { Settings } from './options/settings.js'
import { loadModules } from './lifecycle/log/load-modules.js'
import type { RotorOptions } from './options/options.js'
import { parseOptions } from './options/parse-options.js'
import { LogStream, type Place } from './stream.js'
import { Transport } from './transport.js'
import { requireNode } from './platform/node-version.js'
import { workerFile } from './disk/worker-file.js'

requireNode()

export type * from './events.js'
export type * from './options/options.js'
export type * from './policy/status/status-shape.js'
export type { Chunk, WriteCallback } from './writable/stream-arguments.js'
export type { LogStream, LogStreamEvents } from './stream.js'
export type { Transport, TransportEvents } from './transport.js'
export {
  RotorBusyError, RotorClosedError, RotorDisabledError, RotorOpenError, RotorOptionsError, RotorStalledError, RotorWorkerError, type OptionFault
} from './errors.js'

/**
 * Opens a log in the calling thread. `pino.transport({ target: 'pino-rotor' })` loads this function in its worker. Call it
 * yourself for the in-process stream, where worker threads are unavailable.
 *
 * @throws {RotorOptionsError} `ERR_ROTOR_OPTIONS`: the options are wrong; lists every fault. No file was touched.
 * @throws {RotorOpenError} with the system's code, for example `EACCES`: the active file could not be opened.
 */
export default async function rotor (options: RotorOptions): Promise<LogStream> {
  const port = threadStreamPort()
  if (port === null) return await openLog(parseOptions(options), {})
  try {
    const settings = parseOptions({ levels: givenLevels(), ...options })
    const levels = levelsFromPino(settings, port)
    const guard = ModuleGuard.of(settings, !isOnlyTarget(options.file))
    const stream = await reportingFailure(settings, openLog(settings, { mayFlushFail: false, lookForLevels: () => { levels?.look() } }))
    levels?.follow((told) => { stream.nameLevels(told) })
    guard?.report(stream)
    passEventsOn(stream, port)
    return stream
  } catch (error) {
    if (!isOnlyTarget(options.file)) throw error
    // Only thread-stream uses this object, and it checks which methods exist.
    return new UnopenedTarget(error) as unknown as LogStream
  }
}

async function openLog (given: Settings, place: Place): Promise<LogStream> {
  const { settings, modules } = await loadModules(given)
  return new LogStream(settings, systemClock, modules, place)
}

// An application that is exiting receives no event.
async function reportingFailure (settings: Settings, opening: Promise<LogStream>): Promise<LogStream> {
  try {
    return await opening
  } catch (error) {
    const { code = 'ERR_ROTOR_OPEN', message } = errorFacts(error)
    reportEvent(settings.report, systemClock.now(), 'failed', { step: 'open', code, message, path: settings.file, retryMs: 0 })
    throw error
  }
}

/**
 * Starts a worker that keeps a log, and returns its handle. It costs less on the application's thread than a target, and has
 * typed events and control. Emits `'error'` only if the log cannot be opened.
 *
 * @throws {RotorOptionsError} `ERR_ROTOR_OPTIONS`: the options are wrong; lists every fault. No file was touched.
 */
export function transport (options: RotorOptions): Transport {
  return new Transport(parseOptions(options), workerFile())
}
