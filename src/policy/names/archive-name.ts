// The names of archives: one formatter and one anchored parser, its exact inverse. The parser alone decides what is
// ours: what it does not read is never renamed, compressed, counted or removed. Their order is the order of the lines
// in them and never depends on a file's times.
import { basename, dirname, parse } from 'node:path'
import type { Codec, Compression, UserCompressor, Settings } from '../../options/settings.js'
import { isRealStamp } from './stamp.js'

/** The active file's path, taken apart: `{directory}/{stem}{extension}`, the last two together being the base. */
export interface LogName {
  readonly directory: string
  /** For example `app.log`. */
  readonly base: string
  /** For example `app`. */
  readonly stem: string
  /** For example `.log`; empty where the base has none. */
  readonly extension: string
  /** The compressor of the user's own that some of its archives may be from. */
  readonly own: UserCompressor | null
}

/** What sets the archives of one log apart. */
export interface ArchiveId {
  readonly stamp: string
  /** 0 for the first archive of a stamp, whose name has no number. */
  readonly n: number
}

/** How an archive is compressed, as its name says it: one of ours or that of a module; empty for a plain one. */
export type Suffix = '' | `.${string}`

/** The suffixes of the compressions that Node knows. */
export const builtInSuffixes = ['.gz', '.br', '.zst'] as const

export interface Archive extends ArchiveId {
  /** The name in the log's directory. */
  readonly name: string
  readonly suffix: Suffix
}

const patterns = new WeakMap<LogName, RegExp>()

/** Takes an active file's path apart. */
export function logName (file: string, own: UserCompressor | null = null): LogName {
  const { name: stem, ext: extension } = parse(file)
  return { directory: dirname(file), base: basename(file), stem, extension, own }
}

/** The same with the compressor that the settings name. Throws where that was not loaded. */
export function logOf ({ file, compression }: Pick<Settings, 'file' | 'compression'>): LogName {
  const codec = compression === null ? null : chosenCodec(compression)
  return logName(file, typeof codec === 'object' ? codec : null)
}

/** What the settings have archives packed with. Throws where it is a module that was not loaded. */
export function chosenCodec ({ algorithm }: Compression): Codec {
  if (typeof algorithm === 'string' || 'create' in algorithm) return algorithm
  throw new Error(`${algorithm.module} was not loaded`)
}

/** Writes the name `{stem}.{stamp}[.{n}]{extension}[suffix]`. */
export function formatArchiveName (log: LogName, id: ArchiveId, suffix: Suffix): string {
  const count = id.n === 0 ? '' : `.${id.n}`
  return `${log.stem}.${id.stamp}${count}${log.extension}${suffix}`
}

/** Reads a name that the formatter could have written for this log, with either kind of stamp; else gives null. */
export function parseArchiveName (name: string, log: LogName): Archive | null {
  const match = patternOf(log).exec(name)
  if (match === null) return null
  const [, stamp = '', count = '0', suffix = ''] = match
  const n = Number(count)
  if (!Number.isSafeInteger(n) || !isRealStamp(stamp)) return null
  return { name, stamp, n, suffix: suffix as Suffix }
}

/** Orders archives of one log by stamp, number and suffix: by age, a plain one before its compressed copy. */
export function compareArchives (a: Archive, b: Archive): number {
  // The order of the characters is right: a date is the beginning of that day's datetimes and so sorts before them.
  if (a.stamp !== b.stamp) return a.stamp < b.stamp ? -1 : 1
  if (a.n !== b.n) return a.n - b.n
  if (a.suffix !== b.suffix) return a.suffix < b.suffix ? -1 : 1
  return 0
}

/** The id of the archive that follows the last one, which sorts after it even where the clock went backwards. */
export function followingId (last: ArchiveId | null, stamp: string): ArchiveId {
  if (last === null || stamp > last.stamp) return { stamp, n: 0 }
  return { stamp: last.stamp, n: last.n + 1 }
}

/** The suffix of what a codec wrote. */
export function suffixOf (codec: Codec): Exclude<Suffix, ''> {
  switch (codec) {
    case 'gzip': return '.gz'
    case 'brotli': return '.br'
    case 'zstd': return '.zst'
    default: return codec.suffix
  }
}

/** What wrote an archive of the log; null for a plain one. */
export function codecOf ({ suffix }: Pick<Archive, 'suffix'>, { own }: LogName): Codec | null {
  switch (suffix) {
    case '': return null
    case '.gz': return 'gzip'
    case '.br': return 'brotli'
    case '.zst': return 'zstd'
    default: return own
  }
}

function patternOf (log: LogName): RegExp {
  const known = patterns.get(log)
  if (known !== undefined) return known
  // The formatter writes the years 1000 to 9999.
  const stamp = '([1-9]\\d{7}(?:_\\d{6})?)'
  const count = '(?:\\.([1-9]\\d*))?'
  const suffixes = [...builtInSuffixes, ...log.own === null ? [] : [log.own.suffix]].map(literal)
  const pattern = new RegExp(`^${literal(log.stem)}\\.${stamp}${count}${literal(log.extension)}(${suffixes.join('|')})?$`)
  patterns.set(log, pattern)
  return pattern
}

function literal (text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}
