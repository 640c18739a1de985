// Finds the log of a command: the settings from FILE and `--config`, after checking that the log exists.
import { statSync } from 'node:fs'
import { basename, join, relative, resolve } from 'node:path'
import { ignoreMissing, ignoreUnreachable } from '../../disk/errno.js'
import { listFolder } from '../../disk/archive-folder.js'
import { RotorOptionsError } from '../../errors.js'
import { withCompressors } from '../../lifecycle/log/user-compressor.js'
import { nearest } from '../../options/faults/nearest.js'
import { placeOf } from '../../options/faults/same-place.js'
import { parseOptions } from '../../options/parse-options.js'
import type { Settings } from '../../options/settings.js'
import { logOf, parseArchiveName } from '../../policy/names/archive-name.js'
import type { Call } from '../call/command.js'
import { readConfig } from '../call/config.js'
import { faultsInOneLine } from '../call/failure.js'
import { behindLink } from './linked-file.js'
import { logsIn } from './logs-in.js'
import { isStanding, settingsOfStanding } from './standing-log.js'
import { UsageError } from '../call/usage-error.js'

export interface LogTarget {
  readonly settings: Settings
  /** The path as shown to the user: from the working directory. */
  readonly shown: string
  /** Whether the settings come from the application, and are not the defaults. */
  readonly isConfigured: boolean
}

/** Finds the log of a call, or throws a UsageError. */
export async function findLog (call: Call): Promise<LogTarget> {
  return await targetFor(await rawOptions(call), call)
}

/** The options of a call as written, unchecked. */
export async function rawOptions ({ file, values }: Pick<Call, 'file' | 'values'>): Promise<Record<string, unknown>> {
  const config = values.get('config')
  if (config !== undefined) return optionsFor(file, await readConfig(config))
  if (file === null) throw new UsageError('which log? Give the path of the active file, such as logs/app.log, or --config PATH')
  return { file: behindLink(file) }
}

// A route's file gets the route's options. Options that the route does not name are taken from beside `routes`.
function optionsFor (file: string | null, config: Record<string, unknown>): Record<string, unknown> {
  if (file === null) return config
  const { file: mainFile, routes, symlink: _mainLink, ...common } = config
  if (isSamePath(mainFile, file)) return { ...config, file }
  const linked = behindLink(file)
  if (linked !== file) return optionsFor(linked, config)
  if (!Array.isArray(routes)) return { ...config, file }
  const route = routes.find((each: { file?: unknown } | null) => isSamePath(each?.file, file)) as Record<string, unknown> | undefined
  if (route === undefined) return { ...config, file }
  const { match: _match, ...own } = route
  return { ...common, ...own, file }
}

function isSamePath (path: unknown, other: string): boolean {
  return typeof path === 'string' && (resolve(path) === resolve(other) || placeOf(resolve(path)) === placeOf(resolve(other)))
}

/** Checks the options of a call, and that the log exists. */
export async function targetFor (raw: Record<string, unknown>, call: Pick<Call, 'values'>): Promise<LogTarget> {
  const target = await targetToBe(raw, call)
  await requireFiles(target.settings, target.shown)
  return target
}

/** Checks the options of a call. The log need not exist yet. */
export async function targetToBe (raw: Record<string, unknown>, { values }: Pick<Call, 'values'>): Promise<LogTarget> {
  const { file } = raw
  if (typeof file === 'string' && isFolder(file)) throw await folderInstead(file)
  const config = values.get('config')
  const isAlone = typeof file === 'string' && Object.keys(raw).length === 1
  const settings = isAlone && isStanding(file) ? settingsOfStanding(file) : await parse(raw, config === undefined ? '' : `${config}: `)
  return { settings, shown: shownPath(settings.file), isConfigured: config !== undefined }
}

/** Every log in the folder, with default options. Throws a UsageError if there is none. */
export async function targetsInFolder (path: string): Promise<LogTarget[]> {
  const directory = resolve(path)
  const bases = await logsIn(directory)
  if (bases.length === 0) throw new UsageError(`${path} contains no logs: nothing in it is ours`)
  return bases.map((base) => {
    const settings = settingsOfStanding(join(directory, base))
    return { settings, shown: shownPath(settings.file), isConfigured: false }
  })
}

/** Whether the name of a file had bytes that are not UTF-8, which are lost. */
export function isLostName (path: string): boolean {
  return basename(path).includes('\ufffd') && !isStanding(path)
}

/** A file cannot be opened, because its name is not UTF-8. */
export class LostNameError extends UsageError {
  constructor (shown: string) {
    super(`${shown} cannot be opened: its name is not UTF-8. Rename it, or give it as standard input, as in "pino-rotor cat - < FILE"`)
  }
}

/** Whether a call names a folder, and so every log in it. */
export function isOfFolder ({ file, values }: Pick<Call, 'file' | 'values'>): boolean {
  return file !== null && !values.has('config') && isFolder(file)
}

/** Whether the path leads to a folder. */
export function isFolder (path: string): boolean {
  return ignoreUnreachable(() => statSync(path))?.isDirectory() ?? false
}

async function parse (raw: Record<string, unknown>, subject: string): Promise<Settings> {
  try {
    return await withCompressors(parseOptions(raw))
  } catch (error) {
    if (!(error instanceof RotorOptionsError)) throw error
    throw new UsageError(`${subject}${faultsInOneLine(error)}`)
  }
}

// If the active file was moved away, its archives can still be read.
async function requireFiles (settings: Settings, shown: string): Promise<void> {
  if (ignoreMissing(() => statSync(settings.file)) !== null) return
  const log = logOf(settings)
  if (!isFolder(log.directory)) throw new UsageError(`${shown} does not exist, nor does the folder ${shownPath(log.directory)}`)
  const archives = await listFolder(log.directory, (name) => parseArchiveName(name, log), log.stem)
  if (archives.length > 0) return
  if (isLostName(settings.file)) throw new LostNameError(shown)
  const bases = await logsIn(log.directory)
  const meant = nearest(log.base, bases)
  const hint = meant === null ? namesOf(bases) : `, nearest: ${shownPath(join(log.directory, meant))}`
  throw new UsageError(`${shown} does not exist${hint}`)
}

async function folderInstead (path: string): Promise<UsageError> {
  return new UsageError(`${path} is a folder, not a log${namesOf(await logsIn(resolve(path)))}`)
}

function namesOf (bases: readonly string[]): string {
  if (bases.length === 0) return ' (no logs are there)'
  const shown = bases.slice(0, 5).join(', ')
  return ` (logs there: ${shown}${bases.length > 5 ? ', …' : ''})`
}

/** The path as shown to the user: from the working directory. */
export function shownPath (path: string): string {
  const short = relative('', path)
  return short === '' || short.startsWith('..') ? path : short
}
