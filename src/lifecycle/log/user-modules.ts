// Loads the modules that the user's options name, before the log is opened. If a module is missing or wrong, the log is not
// opened.
import { pathToFileURL } from 'node:url'
import { RotorOptionsError } from '../../errors.js'
import type { Settings } from '../../options/settings.js'

/** Decides whether a new file begins with the line. The line has no newline. */
export type LinePredicate = (line: string) => boolean

export interface UserModules {
  /** The predicates by the paths of their modules. */
  readonly linePredicates: ReadonlyMap<string, LinePredicate>
}

export const noUserModules: UserModules = { linePredicates: new Map() }

/** Loads every predicate that the settings and their routes name. */
export async function loadUserModules (settings: Settings): Promise<UserModules> {
  const linePredicates = new Map<string, LinePredicate>()
  for (const { rotateWhen } of [settings, ...settings.routes.map((route) => route.settings)]) {
    if (rotateWhen === null || !('module' in rotateWhen)) continue
    linePredicates.set(rotateWhen.module, await loadPredicate(rotateWhen.module))
  }
  return { linePredicates }
}

async function loadPredicate (path: string): Promise<LinePredicate> {
  const { default: exported } = await importModule(path, 'rotateWhen')
  if (typeof exported === 'function') return exported as LinePredicate
  throw new RotorOptionsError([{ path: 'rotateWhen', expected: `a module whose default export is a function (line) => boolean (${path})`, received: typeof exported }])
}

/** Imports the module that an option names, or throws a RotorOptionsError with the reason. */
export async function importModule (path: string, option: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    const loaded = await import(pathToFileURL(path).href) as Record<string, unknown>
    // A CommonJS module that was compiled from an ES module has its exports one level deeper.
    const inner = loaded['default']
    return typeof inner === 'object' && inner !== null && 'default' in inner ? { ...inner } : loaded
  } catch (error) {
    throw new RotorOptionsError([{ path: option, expected: `a module that can be loaded (${path})`, received: String(error) }])
  }
}
