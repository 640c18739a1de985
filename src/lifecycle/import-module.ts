// Imports a module of the user: a compressor, a predicate, a store or a sender.
import { pathToFileURL } from 'node:url'
import { ModuleLoadingError, RotorOptionsError, textOf } from '../errors.js'

/** A module that has not loaded by then is left out. Most load within milliseconds. */
const loadingMsMax = 3_000

/**
 * Imports the module that an option names, or throws a RotorOptionsError with the reason. Rejects with the signal's reason as soon as that is
 * aborted.
 */
export async function importModule (path: string, option: string, signal?: AbortSignal): Promise<Readonly<Record<string, unknown>>> {
  try {
    const loaded = await inTime(import(pathToFileURL(path).href) as Promise<Record<string, unknown>>, path, signal)
    // A CommonJS module that was compiled from an ES module has its exports one level deeper.
    const inner = loaded['default']
    return typeof inner === 'object' && inner !== null && 'default' in inner ? { ...inner } : loaded
  } catch (error) {
    if (error instanceof ModuleLoadingError) throw error
    signal?.throwIfAborted()
    throw new RotorOptionsError([{ path: option, expected: `a module that can be loaded (${path})`, received: textOf(error) }])
  }
}

// A module may wait for something that never comes, at its top level.
async function inTime<Loaded> (loading: Promise<Loaded>, path: string, signal: AbortSignal | undefined): Promise<Loaded> {
  const over = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => { reject(new ModuleLoadingError(path, loadingMsMax)) }, loadingMsMax)
    signal?.addEventListener('abort', () => { reject(signal.reason as Error) }, { once: true, signal: over.signal })
  })
  try {
    return await Promise.race([loading, late])
  } finally {
    clearTimeout(timer)
    over.abort()
  }
}
