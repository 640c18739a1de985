// The package as it was built, with the types of its source: what runs here is what a user installs.
import { join } from 'node:path'
import type { Transport } from '../../src/transport.js'
import { keepInUse } from './events.js'

type Face = typeof import('../../src/index.js')

const dist = join(import.meta.dirname, '../../dist')

/** What `target` names to pino. */
export const target = join(dist, 'index.js')

const { default: open, transport: start } = await import(target) as Face

/** The in-process stream. */
export const rotor: Face['default'] = open

/** The handle on a worker, kept in use until it is closed. */
export function transport (...options: Parameters<Face['transport']>): Transport {
  return keepInUse(start(...options))
}
