// The inputs of a reading command: logs, by their active file or folder, single archives, and standard input.
import { statSync } from 'node:fs'
import { parse, resolve } from 'node:path'
import { keepingListings } from '../../disk/archive-folder.js'
import { fileSource, streamSource, suffixCodec } from '../../reading/lines/file-source.js'
import { sourcesOfLog, type LogSources } from '../../reading/lines/log-sources.js'
import type { LineSource } from '../../reading/lines/line-source.js'
import type { LineQuery } from '../../policy/filters/line-scan.js'
import type { Call } from '../call/command.js'
import { ignoreUnreachable } from '../../disk/errno.js'
import { folderOf } from '../../options/faults/same-place.js'
import { behindLink } from './linked-file.js'
import { isFolder, isLostName, LostNameError, rawOptions, shownPath, targetFor, targetsInFolder, type LogTarget } from './log-target.js'
import { UsageError } from '../call/usage-error.js'

/** An input as named on the command line. */
export type Input =
  | { readonly kind: 'log', readonly target: LogTarget, readonly timezone: unknown }
  | { readonly kind: 'file', readonly path: string }
  | { readonly kind: 'stdin' }

/** An input and what to read of it. */
export interface OpenInput {
  readonly shown: string
  /** Null for a single file and for standard input. */
  readonly log: LogSources | null
  readonly target: LogTarget | null
  /** In the order of their lines, the active file last. */
  readonly sources: readonly LineSource[]
  readonly close: () => Promise<void>
}

/** Finds the inputs that a call names, or throws a UsageError. */
export async function inputsOf (call: Call, paths: readonly string[]): Promise<Input[]> {
  if (paths.length === 0 || call.values.has('config')) {
    if (paths.length > 1) throw new UsageError('--config describes one log: name one FILE, or none')
    const raw = await rawOptions({ ...call, file: paths[0] ?? null })
    return [{ kind: 'log', target: await targetFor(raw, call), timezone: raw['timezone'] }]
  }
  const inputs: Input[] = []
  for (const path of paths) {
    for (const input of await inputsAt(path, call)) inputs.push(input)
  }
  return inputs
}

/** Finds the inputs' files for the requested lines. A file that is named twice, as by `app.log*`, is read once. */
export async function openInputs (inputs: readonly Input[], { window, timeKeys }: LineQuery, signal: AbortSignal): Promise<OpenInput[]> {
  const opened: OpenInput[] = []
  const openAll = async (): Promise<void> => { for (const input of inputs) opened.push(await openInput(input, window, timeKeys, signal)) }
  await (inputs.length > 1 ? keepingListings(openAll) : openAll())
  const placeOf = placesOfFiles()
  const archived = new Set(opened.flatMap(({ log }) => log?.archived.map(({ name }) => placeOf(name)) ?? []))
  const kept: OpenInput[] = []
  const seen = new Set<string>()
  for (const input of opened) {
    const name = placeOf(input.target?.settings.file ?? input.sources[0]?.name ?? input.shown)
    if (archived.has(name) || seen.has(name)) await input.close()
    else kept.push(input)
    seen.add(name)
  }
  return kept
}

// A folder may have several paths, such as one through a link. Each is looked at once.
function placesOfFiles (): (path: string) => string {
  const folders = new Map<string, string>()
  return (path) => {
    const { dir, base } = parse(resolve(path))
    const folder = folders.get(dir) ?? folderOf(dir)
    folders.set(dir, folder)
    return `${folder}/${base}`
  }
}

async function inputsAt (path: string, call: Call): Promise<Input[]> {
  if (path === '-') return [{ kind: 'stdin' }]
  if (isFolder(path)) return await logsOfFolder(path)
  requireNoStream(path)
  const file = behindLink(path)
  if (suffixCodec(file) !== null && ignoreUnreachable(() => statSync(file))?.isFile() === true) return [{ kind: 'file', path: file }]
  return [{ kind: 'log', target: await targetFor({ file }, call), timezone: undefined }]
}

// Such a path has no log around it, and a pipe may never open.
function requireNoStream (path: string): void {
  const stats = ignoreUnreachable(() => statSync(path))
  if (stats?.isFIFO() === true || stats?.isCharacterDevice() === true) throw new UsageError(`${path} is no file but a ${stats.isFIFO() ? 'pipe' : 'device'}: give it as standard input, as in "pino-rotor cat - < ${path}"`)
}

async function logsOfFolder (path: string): Promise<Input[]> {
  return (await targetsInFolder(path)).map((target): Input => ({ kind: 'log', target, timezone: undefined }))
}

async function openInput (input: Input, window: LineQuery['window'], timeKeys: readonly string[], signal: AbortSignal): Promise<OpenInput> {
  switch (input.kind) {
    case 'log': {
      const log = await sourcesOfLog(input.target, window, timeKeys)
      if (log.active === null && isLostName(input.target.settings.file)) return { ...single(input.target.shown, nameless(input.target.shown)), close: log.close }
      return { shown: input.target.shown, log, target: input.target, sources: [...log.archived, ...log.active === null ? [] : [log.active.source]], close: log.close }
    }
    case 'file': return single(shownPath(resolve(input.path)), fileSource(input.path))
    case 'stdin': return single('standard input', streamSource('standard input', () => process.stdin, signal))
  }
}

// Node replaces the bytes of a name that are not UTF-8. The file then cannot be opened, and its lines must not be missing without a word.
function nameless (shown: string): LineSource {
  return { name: shown, selection: 'edge', open: async () => await Promise.reject(new LostNameError(shown)) }
}

function single (shown: string, source: LineSource): OpenInput {
  return { shown, log: null, target: null, sources: [source], close: async () => { await Promise.resolve() } }
}
