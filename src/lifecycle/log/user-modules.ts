// Loads the modules that the user's options name, before the log is opened. If a module is missing or wrong, the log is not
// opened.
import { RotorOptionsError } from '../../errors.js'
import type { Step } from '../../events.js'
import type { Settings } from '../../options/settings.js'
import { importModule } from '../import-module.js'
import { hasOwnKey } from '../../platform/own-key.js'

/** Decides whether a new file begins with the line. The line has no newline. */
export type LinePredicate = (line: string) => boolean

export interface UserModules {
  /** The predicates by the paths of their modules. */
  readonly linePredicates: ReadonlyMap<string, LinePredicate>
  /** The modules that did not load in time, each with the log that works without it. */
  readonly failures: ReadonlyArray<{ readonly file: string, readonly step: Step, readonly error: Error, readonly path: string }>
}

export const noUserModules: UserModules = { linePredicates: new Map(), failures: [] }

/** Loads the predicate that the settings name; null if they name none. */
export async function loadPredicate ({ rotateWhen }: Settings): Promise<LinePredicate | null> {
  if (rotateWhen === null || !hasOwnKey(rotateWhen, 'module')) return null
  const { module } = rotateWhen
  const { default: exported } = await importModule(module, 'rotateWhen')
  if (typeof exported === 'function') return exported as LinePredicate
  throw new RotorOptionsError([{ path: 'rotateWhen', expected: `a module whose default export is a function (line) => boolean (${module})`, received: typeof exported }])
}
