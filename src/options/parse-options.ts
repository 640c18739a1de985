// Turns what a user wrote into Settings that need no further check. No other code reads options.
import * as v from 'valibot'
import { RotorOptionsError, type OptionFault } from '../errors.js'
import { faultsOfNames } from './faults/name-collisions.js'
import { ownProperties } from './faults/section.js'
import { showPath, showReceived } from './faults/received.js'
import { standingPath } from './faults/same-place.js'
import { optionsSchema } from './schema.js'
import type { Fault } from './values/match.js'
import { readRoutes } from './values/routes.js'
import type { Settings } from './settings.js'

/** Turns options into settings, or throws one RotorOptionsError with every fault. It looks at the file's place and changes nothing. */
export function parseOptions (raw: unknown): Settings {
  try {
    const main = readLog(raw)
    const options = ownProperties(typeof raw === 'object' && raw !== null ? raw : {})
    const { routes, faults } = readRoutes(options, main, readLog)
    const all = [...main.faults, ...faults]
    if (all.length > 0 || main.settings === null) throw new RotorOptionsError(all.map((fault) => faultOf(fault, raw)))
    return { ...standing(main.settings), routes: routes.map(({ match, settings }) => ({ match, settings: standing(settings) })) }
  } catch (cause) {
    if (cause instanceof RotorOptionsError) throw cause
    // Only an accessor or a proxy that throws gets here. Neither could be passed to a worker.
    throw new RotorOptionsError([{ path: 'options', expected: 'plain values that can be read', received: showReceived(cause) }])
  }
}

function readLog (raw: unknown): { settings: Settings | null, faults: Fault[] } {
  const outcome = v.safeParse(optionsSchema, raw)
  if (outcome.success) {
    const faults = faultsOfNames(outcome.output)
    return { settings: faults.length === 0 ? outcome.output : null, faults }
  }
  return { settings: null, faults: outcome.issues.map(({ path, message }) => ({ keys: path?.map(({ key }) => String(key)) ?? [], expected: message })) }
}

// On a disk that ignores case, an existing log continues under its present name, however the option spells it.
function standing (settings: Settings): Settings {
  return { ...settings, file: standingPath(settings.file) }
}

function faultOf ({ keys, expected }: Fault, raw: unknown): OptionFault {
  // An issue may hold a value that is already partly parsed, so look up the original.
  const received = keys.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], raw)
  return { path: keys.length === 0 ? 'options' : showPath(keys), expected, received: showReceived(received, keys) }
}
