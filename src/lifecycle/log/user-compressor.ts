// Loads the compressors of `compress.module`. They come first, because their extensions are part of archive names.
import { inspect } from 'node:util'
import { extname } from 'node:path'
import type { Duplex } from 'node:stream'
import { RotorOptionsError } from '../../errors.js'
import type { UserCompressor, Settings } from '../../options/settings.js'
import { builtInSuffixes } from '../../archive-pattern.js'
import { importModule } from '../import-module.js'

/** It begins with a letter, so that it cannot be read as the number of an archive. */
const suffixPattern = /^\.[a-z][a-z0-9_-]{0,31}$/i

/** Returns the settings with every named compressor loaded, or throws a RotorOptionsError. */
export async function withCompressors (settings: Settings): Promise<Settings> {
  const files = [settings.file, ...settings.routes.map((route) => route.settings.file)]
  const routes = []
  for (const [index, route] of settings.routes.entries()) {
    routes.push({ ...route, settings: await withCompressor(route.settings, files, `routes.${index}.compress.module`) })
  }
  return { ...await withCompressor(settings, files, 'compress.module'), routes }
}

/**
 * Returns the settings with their compressor loaded. `files` are the active files of all logs. The compressor must not
 * have the extension of any of them.
 */
export async function withCompressor (settings: Settings, files: readonly string[], option: string): Promise<Settings> {
  const { compression, bundle } = settings
  if (compression === null || typeof compression.algorithm === 'string') return settings
  const { module } = compression.algorithm
  const own = await loadCompressor(module, option)
  const taken = [...builtInSuffixes, ...files.map((file) => extname(file))]
  if (taken.includes(own.suffix.toLowerCase())) throw fault(option, `an extension that nothing else has here (${module})`, own.suffix)
  if (bundle !== null && own.restore === null) throw fault(option, `a module with restore(), since "bundle" must read its archives (${module})`, undefined)
  return { ...settings, compression: { ...compression, algorithm: own } }
}

async function loadCompressor (module: string, option: string): Promise<UserCompressor> {
  const loaded = await importModule(module, option)
  const exported = loaded['default'] ?? loaded
  if (typeof exported !== 'object') throw fault(option, `a module that exports { extension, create, restore } by default or by name (${module})`, exported)
  // The stream functions may be methods.
  const { extension, create, restore } = exported as Record<string, unknown>
  if (!isSuffix(extension)) throw fault(option, `a module whose "extension" is a dot, a letter and up to 31 letters, digits, "-" or "_", such as ".lz4" (${module})`, extension)
  if (!isMaker(create)) throw fault(option, `a module whose "create" is a function that returns a stream.Transform (${module})`, create)
  if (restore !== undefined && !isMaker(restore)) throw fault(option, `a module whose "restore" is a function that returns a stream.Transform, or is left out (${module})`, restore)
  return { module, suffix: extension, create: () => create.call(exported), restore: restore === undefined ? null : () => restore.call(exported) }
}

function isSuffix (extension: unknown): extension is UserCompressor['suffix'] {
  return typeof extension === 'string' && suffixPattern.test(extension)
}

// Its result is checked when it is called.
function isMaker (value: unknown): value is (this: unknown) => Duplex {
  return typeof value === 'function'
}

function fault (path: string, expected: string, received: unknown): RotorOptionsError {
  return new RotorOptionsError([{ path, expected, received: inspect(received, { depth: 0 }) }])
}
