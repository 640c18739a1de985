// The inputs of a reading command: logs, by their active file or folder, single archives, and standard input.
import { lstatSync, realpathSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { logName } from '../../policy/names/archive-name.js'
import { isForeignArchiveName } from '../../policy/names/foreign-name.js'
import { fileSource, streamSource, suffixCodec } from '../../reading/lines/file-source.js'
import { sourcesOfLog, type LogSources } from '../../reading/lines/log-sources.js'
import type { LineSource } from '../../reading/lines/line-source.js'
import type { LineQuery } from '../../policy/lines/line-scan.js'
import type { Call } from './command.js'
import { isFolder, rawOptions, shownPath, targetFor, targetIn, type LogTarget } from './log-target.js'
import { logsIn } from './logs-in.js'
import { UsageError } from './usage-error.js'

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
  for (const path of paths) inputs.push(...await inputsAt(path, call))
  return inputs
}

/** Finds the inputs' files for the requested lines. A file that is named twice, as by `app.log*`, is read once. */
export async function openInputs (inputs: readonly Input[], { window, timeKeys }: LineQuery, signal: AbortSignal): Promise<OpenInput[]> {
  const opened: OpenInput[] = []
  for (const input of inputs) opened.push(await openInput(input, window, timeKeys, signal))
  const archived = new Set(opened.flatMap(({ log }) => log?.archived.map(({ name }) => resolve(name)) ?? []))
  const kept: OpenInput[] = []
  const seen = new Set<string>()
  for (const input of opened) {
    const name = resolve(input.target?.settings.file ?? input.sources[0]?.name ?? input.shown)
    if (archived.has(name) || seen.has(name)) await input.close()
    else kept.push(input)
    seen.add(name)
  }
  return kept
}

async function inputsAt (path: string, call: Call): Promise<Input[]> {
  if (path === '-') return [{ kind: 'stdin' }]
  if (isFolder(path)) return await logsOfFolder(path)
  const file = behindLink(path)
  if (suffixCodec(file) !== null && statSync(file, { throwIfNoEntry: false })?.isFile() === true) return [{ kind: 'file', path: file }]
  return [{ kind: 'log', target: await targetFor({ file }, call), timezone: undefined }]
}

async function logsOfFolder (path: string): Promise<Input[]> {
  const directory = resolve(path)
  const bases = await logsIn(directory)
  const own = bases.filter((base) => !bases.some((other) => isForeignArchiveName(base, logName(other))))
  if (own.length === 0) throw new UsageError(`${path} contains no logs`)
  return await Promise.all(own.map(async (base): Promise<Input> => ({ kind: 'log', target: await targetIn(directory, base), timezone: undefined })))
}

// The option `symlink` makes a link to the active file in the same folder.
function behindLink (path: string): string {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() !== true || !statSync(path, { throwIfNoEntry: false })?.isFile()) return path
  const real = realpathSync(path)
  return dirname(real) === realpathSync(dirname(resolve(path))) ? join(dirname(path), real.slice(dirname(real).length + 1)) : path
}

async function openInput (input: Input, window: LineQuery['window'], timeKeys: readonly string[], signal: AbortSignal): Promise<OpenInput> {
  switch (input.kind) {
    case 'log': {
      const log = await sourcesOfLog(input.target, window, timeKeys)
      return { shown: input.target.shown, log, target: input.target, sources: [...log.archived, ...log.active === null ? [] : [log.active.source]], close: log.close }
    }
    case 'file': return single(shownPath(resolve(input.path)), fileSource(input.path))
    case 'stdin': return single('standard input', streamSource('standard input', () => process.stdin, signal))
  }
}

function single (shown: string, source: LineSource): OpenInput {
  return { shown, log: null, target: null, sources: [source], close: async () => { await Promise.resolve() } }
}
