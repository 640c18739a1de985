// The names of archives: one formatter, and one anchored parser that is its exact inverse. The parser alone decides which
// files belong to the log. A name that it cannot parse is never renamed, compressed, counted or removed. The order of names
// is the order of the lines, and never depends on a file's times.
import { basename, dirname, parse } from 'node:path'
import type { Codec, Compression, UserCompressor, Settings } from '../../options/settings.js'
import { archivePattern } from '../../archive-pattern.js'
import { isRealStamp } from './stamp.js'

/** The parts of the active file's path, `{directory}/{stem}{extension}`. Stem and extension together are the base. */
export interface LogName {
  readonly directory: string
  /** For example `app.log`. */
  readonly base: string
  /** For example `app`. */
  readonly stem: string
  /** For example `.log`; empty if the base has none. */
  readonly extension: string
  /** The user's own compressor, which may have written some archives; null for none. */
  readonly own: UserCompressor | null
}

/** Identifies an archive within its log. */
export interface ArchiveId {
  readonly stamp: string
  /** 0 for the first archive of a stamp. Its name has no number. */
  readonly n: number
}

/** The end of an archive's name, which tells its compression, Node's or a module's; empty for a plain archive. */
export type Suffix = '' | `.${string}`

export interface Archive extends ArchiveId {
  /** The name in the log's directory. */
  readonly name: string
  readonly suffix: Suffix
}

const patterns = new WeakMap<LogName, RegExp>()

/** Splits the path of an active file into its parts. */
export function logName (file: string, own: UserCompressor | null = null): LogName {
  const { name: stem, ext: extension } = parse(file)
  return { directory: dirname(file), base: basename(file), stem, extension, own }
}

/** The same with the compressor that the settings name. Throws if that was not loaded. */
export function logOf ({ file, compression }: Pick<Settings, 'file' | 'compression'>): LogName {
  const codec = compression === null ? null : chosenCodec(compression)
  return logName(file, typeof codec === 'object' ? codec : null)
}

/** The codec that the settings name. Throws if it is a module that was not loaded. */
export function chosenCodec ({ algorithm }: Compression): Codec {
  if (typeof algorithm === 'string' || 'create' in algorithm) return algorithm
  throw new Error(`${algorithm.module} was not loaded`)
}

/** Formats the name `{stem}.{stamp}[.{n}]{extension}[suffix]`. */
export function formatArchiveName (log: LogName, id: ArchiveId, suffix: Suffix): string {
  const count = id.n === 0 ? '' : `.${id.n}`
  return `${log.stem}.${id.stamp}${count}${log.extension}${suffix}`
}

/** Parses a name that the formatter could have made for this log, with either kind of stamp; null for any other name. */
export function parseArchiveName (name: string, log: LogName): Archive | null {
  const match = patternOf(log).exec(name)
  if (match === null) return null
  const [, stamp = '', count = '0', suffix = ''] = match
  const n = Number(count)
  if (!Number.isSafeInteger(n) || !isRealStamp(stamp)) return null
  return { name, stamp, n, suffix: suffix as Suffix }
}

/** Orders archives of one log by stamp, number and suffix. That is by age, with a plain one before its compressed copy. */
export function compareArchives (a: Archive, b: Archive): number {
  // A date is a prefix of that day's datetimes, so comparing characters puts it before them.
  if (a.stamp !== b.stamp) return a.stamp < b.stamp ? -1 : 1
  if (a.n !== b.n) return a.n - b.n
  if (a.suffix !== b.suffix) return a.suffix < b.suffix ? -1 : 1
  return 0
}

/** The id of the archive after the last one. It sorts after it even if the clock went backwards. */
export function followingId (last: ArchiveId | null, stamp: string): ArchiveId {
  if (last === null || stamp > last.stamp) return { stamp, n: 0 }
  return { stamp: last.stamp, n: last.n + 1 }
}

/** The suffix for a codec's archives. */
export function suffixOf (codec: Codec): Exclude<Suffix, ''> {
  switch (codec) {
    case 'gzip': return '.gz'
    case 'brotli': return '.br'
    case 'zstd': return '.zst'
    default: return codec.suffix
  }
}

/** The codec that wrote an archive of the log; null for a plain one. */
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
  const pattern = archivePattern(log, log.own === null ? [] : [log.own.suffix])
  patterns.set(log, pattern)
  return pattern
}
