// Loads the modules that the options name, before the log is opened. If a module is missing or wrong, the log is not
// opened. If a module does not finish loading in time, the log is opened without it and reports that.
import { ModuleLoadingError } from '../../errors.js'
import type { Step } from '../../events.js'
import type { Settings } from '../../options/settings.js'
import { withCompressor } from './user-compressor.js'
import { loadPredicate, type LinePredicate, type UserModules } from './user-modules.js'
import { hasOwnKey } from '../../platform/own-key.js'

/** The loaded modules, and the settings that follow from them. */
export interface Loaded { readonly settings: Settings, readonly modules: UserModules }

/** Loads every module that the settings of a log and its routes name. Rejects with a RotorOptionsError if one is missing or wrong. */
export async function loadModules (settings: Settings): Promise<Loaded> {
  const linePredicates = new Map<string, LinePredicate>()
  const failures: Array<UserModules['failures'][number]> = []
  const files = [settings.file, ...settings.routes.map((route) => route.settings.file)]
  const load = async (one: Settings, option: string): Promise<Settings> => {
    const note = (step: Step) => (error: unknown): null => {
      if (!(error instanceof ModuleLoadingError)) throw error
      failures.push({ file: one.file, step, error, path: error.path })
      return null
    }
    const [compressed, predicate] = await Promise.all([withCompressor(one, files, option).catch(note('compress')), loadPredicate(one).catch(note('rotate'))])
    const { rotateWhen } = one
    if (rotateWhen === null || !hasOwnKey(rotateWhen, 'module')) return compressed ?? { ...one, compression: null }
    if (predicate !== null) linePredicates.set(rotateWhen.module, predicate)
    return { ...compressed ?? { ...one, compression: null }, rotateWhen: predicate === null ? null : rotateWhen }
  }
  const [main = settings, ...routes] = await Promise.all([settings, ...settings.routes.map((route) => route.settings)].map((one, index) => load(one, index === 0 ? 'compress.module' : `routes.${index - 1}.compress.module`)))
  return {
    settings: { ...main, routes: settings.routes.map((route, index) => ({ ...route, settings: routes[index] ?? route.settings })) },
    modules: { linePredicates, failures }
  }
}

/** The modules that run in the log's worker, each with the step that it belongs to. */
export function modulesIn (settings: Settings): Array<{ readonly step: Step, readonly path: string, readonly file: string }> {
  return [settings, ...settings.routes.map((route) => route.settings)].flatMap(({ file, rotateWhen, compression, upload, forward }) => [
    ...rotateWhen !== null && hasOwnKey(rotateWhen, 'module') ? [{ step: 'rotate' as const, path: rotateWhen.module, file }] : [],
    ...compression !== null && typeof compression.algorithm !== 'string' ? [{ step: 'compress' as const, path: compression.algorithm.module, file }] : [],
    ...upload !== null && upload.place.kind === 'module' ? [{ step: 'upload' as const, path: upload.place.module, file }] : [],
    ...upload !== null && upload.place.kind === 'bucket' && upload.place.credentialsModule !== null ? [{ step: 'upload' as const, path: upload.place.credentialsModule, file }] : [],
    ...forward !== null && forward.place.kind === 'module' ? [{ step: 'forward' as const, path: forward.place.module, file }] : []
  ])
}
