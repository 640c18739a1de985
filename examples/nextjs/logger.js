import pino from 'pino'
import { transport } from 'pino-rotor'

// A module is evaluated once for each bundle that it is in; the process should have one worker.
export const logger = globalThis.exampleLogger ??= pino(transport({ file: 'logs/app.log', size: process.env.LOG_SIZE ?? '50m' }))
