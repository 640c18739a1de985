// Finds the worker's module: beside this one, or where a bundler put it. Bundlers name it in the global record that pino and
// thread-stream read too, and their plugins for pino write it. The search runs only for the first transport, since a bundle
// without an answer may never need one.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { RotorWorkerError } from '../errors.js'

declare global {
  // Only a `var` declares a property of globalThis.
  var __bundlerPathsOverrides: Readonly<Record<string, string>> | undefined
}

const entry = 'pino-rotor/worker'

/** Finds the worker's file. Throws `ERR_ROTOR_WORKER_FILE` if a bundler has left it out. */
export function workerFile (): string {
  const file = globalThis.__bundlerPathsOverrides?.[entry] ?? besideThisModule(import.meta.url)
  if (file !== null && existsSync(file)) return file
  throw new RotorWorkerError({
    name: 'RotorWorkerError',
    code: 'ERR_ROTOR_WORKER_FILE',
    message: `the worker's file is not ${file === null ? 'known' : `at ${file}`}: bundle ${entry} as an entry of its own and name its path in globalThis.__bundlerPathsOverrides['${entry}']`,
    ...(file !== null && { path: file })
  })
}

// CommonJS bundles leave import.meta empty, although its type says otherwise.
function besideThisModule (url: string | undefined): string | null {
  return url === undefined ? null : fileURLToPath(new URL('./worker.js', url))
}
