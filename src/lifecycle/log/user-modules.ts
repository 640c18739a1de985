// Loads the modules that the user's options name, before the log is opened. If a module is missing or wrong, the log is not
// opened.
import { pathToFileURL } from 'node:url'
import { ModuleLoadingError, RotorOptionsError } from '../../errors.js'
import type { Step } from '../../events.js'
import type { Settings } from '../../options/settings.js'

/** Decides whether a new file begins with the line. The line has no newline. */
export type LinePredicate = (line: string) => boolean

export interface UserModules {
  /** The predicates by the paths of their modules. */
  readonly linePredicates: ReadonlyMap<string, LinePredicate>
  /** The modules that did not load in time, with the log that does without. */
  readonly failures: ReadonlyArray<{ readonly file: string, readonly step: Step, readonly error: Error, readonly path: string }>
}

export const noUserModules: UserModules = { linePredicates: new Map(), failures: [] }

/** A module that has not loaded by then is left out. Most load within milliseconds. */
const loadingMsMax = 3_000

/** Loads the predicate that the settings name; null if they name none. */
export async function loadPredicate ({ rotateWhen }: Settings): Promise<LinePredicate | null> {
  if (rotateWhen === null || !('module' in rotateWhen)) return null
  const { module } = rotateWhen
  const { default: exported } = await importModule(module, 'rotateWhen')
  if (typeof exported === 'function') return exported as LinePredicate
  throw new RotorOptionsError([{ path: 'rotateWhen', expected: `a module whose default export is a function (line) => boolean (${module})`, received: typeof exported }])
}

/** Imports the module that an option names, or throws a RotorOptionsError with the reason. */
export async function importModule (path: string, option: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    const loaded = await inTime(import(pathToFileURL(path).href) as Promise<Record<string, unknown>>, path)
    // A CommonJS module that was compiled from an ES module has its exports one level deeper.
    const inner = loaded['default']
    return typeof inner === 'object' && inner !== null && 'default' in inner ? { ...inner } : loaded
  } catch (error) {
    if (error instanceof ModuleLoadingError) throw error
    throw new RotorOptionsError([{ path: option, expected: `a module that can be loaded (${path})`, received: String(error) }])
  }
}

// A module may wait for something that never comes, at its top level.
async function inTime<Loaded> (loading: Promise<Loaded>, path: string): Promise<Loaded> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => { timer = setTimeout(() => { reject(new ModuleLoadingError(path, loadingMsMax)) }, loadingMsMax) })
  try {
    return await Promise.race([loading, late])
  } finally {
    clearTimeout(timer)
  }
}
