// Finds the log of a command that works on an active file. It refuses a path that cannot be an active file. Otherwise a
// wrong completion in the shell would rotate an archive.
import { existsSync, openSync, readdirSync, readSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { closeQuietly } from '../../disk/close.js'
import { ignoreMissing, ignoreUnreachable, uninterrupted, unless } from '../../disk/errno.js'
import { retryWhileHeldSync } from '../../disk/held-files.js'
import { logName } from '../../policy/names/archive-name.js'
import { isForeignArchiveName } from '../../policy/names/foreign-name.js'
import type { Call } from '../call/command.js'
import { readConfig } from '../call/config.js'
import { behindLink } from './linked-file.js'
import { findLog, isLostName, isOfFolder, targetsInFolder, type LogTarget } from './log-target.js'
import { baseOfArchive, baseOfBundle } from './logs-in.js'
import { UsageError } from '../call/usage-error.js'

const hiddenName = /^\..+\.rotor\../
const compressedName = /\.(?:gz|br|zst|bz2|xz|lz4|zip)$/
/** How editors and people name a copy that they keep beside a file. */
const copyName = /^(.+?)(?:\.(?:bak|backup|old|orig|save|swp|tmp)|~)$/i
/** The first bytes of gzip, zstd, xz, bzip2 and zip files. No log line begins like them. */
const compressedBeginnings = ['1f8b', '28b52ffd', 'fd377a58', '425a68', '504b0304']

/** Finds the log of a call. Throws a UsageError if its path cannot be an active file. */
export async function findActiveLog (call: Call): Promise<LogTarget> {
  await requireActivePath(call)
  return await findLog(call)
}

/** Finds every log of the folder that a call names, or else its one log. */
export async function findLogs (call: Call): Promise<LogTarget[]> {
  if (!isOfFolder(call)) return [await findActiveLog(call)]
  const targets = await targetsInFolder(call.file ?? '')
  const lost = targets.filter(({ settings }) => isLostName(settings.file))
  for (const { shown } of lost) call.face.say(`${shown} is left out: its name is not UTF-8`)
  return targets.filter((target) => !lost.includes(target))
}

/** Throws a UsageError if the call's path cannot be an active file. */
export async function requireActivePath ({ file, values }: Call): Promise<void> {
  const config = values.get('config')
  if (file !== null && !(config !== undefined && isNamedIn(await readConfig(config), file))) expectActive(behindLink(file))
}

/** Throws a UsageError unless the call says which options decide what is removed or joined. */
export function requireOptions ({ flags, values }: Call, command: string): void {
  if (values.has('config') && flags.has('defaults')) throw new UsageError('--config and --defaults exclude each other: give only one of them')
  if (values.has('config') || flags.has('defaults')) return
  throw new UsageError(`${command} needs the options of the application: give --config PATH, or --defaults if the application uses the default options. Nothing was changed`)
}

/** The flag that makes a command use the default options. */
export const defaultsOption = { defaults: { type: 'boolean', help: 'uses the default options, if the application does too' } } as const

// A path in the application's own options is right, even if it looks like an archive.
function isNamedIn ({ file, routes }: Record<string, unknown>, path: string): boolean {
  const files = [file, ...Array.isArray(routes) ? routes.map((route: { file?: unknown } | null) => route?.file) : []]
  return files.some((named) => typeof named === 'string' && resolve(named) === resolve(path))
}

function expectActive (file: string): void {
  const reason = reasonAgainst(file)
  if (reason !== null) throw new UsageError(`${file} is no active file: ${reason}`)
}

function reasonAgainst (file: string): string | null {
  const name = basename(file)
  const beside = (base: string): string => `give ${join(dirname(file), base)}`
  if (hiddenName.test(name)) return 'it is a lock or an unfinished file of a log'
  const archived = baseOfArchive(name)
  if (archived !== null) return `it is an archive of ${archived}: ${beside(archived)}`
  const bundled = baseOfBundle(name)
  if (bundled !== null) return `it is a bundle of ${bundled}: give the path of ${bundled}`
  const rotated = baseOfForeign(file)
  if (rotated !== undefined) return `it is a rotated file of ${rotated}: ${beside(rotated)}`
  const copied = copyName.exec(name)?.[1]
  if (copied !== undefined && existsSync(join(dirname(file), copied))) return `it is a copy of ${copied}: ${beside(copied)}`
  if (compressedName.test(name)) return 'its name is that of a compressed file'
  return holdsCompressedData(file) ? 'it holds compressed data' : null
}

// Other tools number and date their files in ways that a log's own name may have too. A log beside it decides.
function baseOfForeign (file: string): string | undefined {
  // A folder that may not be listed does not tell.
  const names = unless(['ENOENT', 'EACCES', 'EPERM'], () => readdirSync(dirname(file))) ?? []
  return names.find((base) => isForeignArchiveName(basename(file), logName(base)))
}

// Only a regular file is read. A pipe would block, and a folder is refused together with its logs.
function holdsCompressedData (file: string): boolean {
  if (ignoreUnreachable(() => statSync(file))?.isFile() !== true) return false
  const descriptor = ignoreMissing(() => retryWhileHeldSync(() => openSync(file, 'r')))
  if (descriptor === null) return false
  try {
    const bytes = Buffer.alloc(4)
    uninterrupted(() => readSync(descriptor, bytes, 0, bytes.length, 0))
    return compressedBeginnings.some((beginning) => bytes.toString('hex').startsWith(beginning))
  } finally {
    closeQuietly(descriptor)
  }
}
