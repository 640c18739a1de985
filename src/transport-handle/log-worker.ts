// Starts the worker. Turbopack takes `new Worker` with a computed path for an import of every file beside this one,
// including type declarations, and fails at those. It ignores a subclass.
import { Worker } from 'node:worker_threads'
import { createTurnMemory, joinTurns, leaveTurns } from '../platform/process-turn.js'
import type { Settings } from '../options/settings.js'
import { threadOptions } from '../platform/thread-options.js'
import type { LogThreadData } from '../worker/channel.js'
import type { SharedMemory } from '../worker/shared-memory.js'
import { hasOwnKey } from '../platform/own-key.js'

const turns = createTurnMemory()
let workers = 0

export class LogWorker extends Worker {
  constructor (file: string, settings: Settings, memory: SharedMemory) {
    const turn = { state: turns, id: ++workers }
    super(file, {
      ...threadOptions(modulesOf(settings)),
      name: `pino-rotor ${settings.file}`,
      // The log closes its own files.
      trackUnmanagedFds: false,
      workerData: { rotorLog: { settings, memory, turn } } satisfies LogThreadData
    })
    joinTurns(turn)
    this.once('exit', () => { leaveTurns(turn) })
  }
}

/** The user's modules that the worker loads. */
function modulesOf (settings: Settings): string[] {
  return [settings, ...settings.routes.map((route) => route.settings)].flatMap(({ rotateWhen, compression }) => [
    ...rotateWhen !== null && hasOwnKey(rotateWhen, 'module') ? [rotateWhen.module] : [],
    ...compression !== null && typeof compression.algorithm !== 'string' ? [compression.algorithm.module] : []
  ])
}
