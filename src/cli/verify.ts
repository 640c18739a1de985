// `pino-rotor verify`: reads every archive to its end and names what is damaged.
import { join } from 'node:path'
import { systemClock } from '../clock.js'
import type { CompressError } from '../disk/compress-error.js'
import { errnoOf } from '../disk/errno.js'
import { lockHolder } from '../disk/lock-holder.js'
import { compareArchives, formatArchiveName, hiddenName, logOf, type LogName } from '../policy/archive-name.js'
import { LineTally } from '../policy/line-tally.js'
import { nameGaps } from '../policy/name-gaps.js'
import { commonOptions, type Call, type Command, type ExitStatus } from './call/command.js'
import { findLog } from './call/log-target.js'
import { holdArchive, isSameArchive, readArchive } from './lines/archive-reading.js'
import { takeSnapshot, type ListedArchive } from './lines/log-snapshot.js'
import { lookAlikes, notRead, packedUnknown } from './lines/look-alikes.js'
import { Progress } from './screen/progress.js'
import { showBytes, showCount } from './screen/units.js'
import { isError } from '../errors.js'

export type FaultKind = 'truncated' | 'corrupt' | 'empty' | 'torn' | 'doubled' | 'gap' | 'unreadable'

interface Fault {
  readonly name: string
  readonly kind: FaultKind
  readonly message: string
}

interface VerifyReport {
  readonly file: string
  readonly checkedAt: string
  /** What was read. */
  readonly archives: number
  readonly lines: number
  readonly bytes: number
  readonly faults: Fault[]
  /** Names that look like this log's and are not: they are never touched. */
  readonly lookAlikes: string[]
}

export const verify: Command = {
  name: 'verify',
  description: 'Reads every archive to its end and names what is truncated, corrupt, torn, empty, doubled or missing in between, and ' +
    'names that look like archives of this log and are not. Exit status 1 if anything is wrong.',
  options: commonOptions,
  example: 'pino-rotor verify logs/app.log',
  run
}

async function run (call: Call): Promise<ExitStatus> {
  const { settings, shown, isConfigured } = await findLog(call)
  const log = logOf(settings)
  const { active, archives } = await takeSnapshot(log)
  await active?.close()
  if (!isConfigured) for (const name of packedUnknown(log)) call.face.say(notRead(name))
  const { faults, ...read } = await readAll(log, archives, call)
  const report: VerifyReport = {
    file: settings.file,
    checkedAt: new Date(systemClock.now()).toISOString(),
    ...read,
    faults: [...faults, ...doubled(log, archives), ...gaps(log, archives)],
    lookAlikes: lookAlikes(log)
  }
  await call.face.out.write(call.flags.has('json') ? `${JSON.stringify(report, null, 2)}\n` : sentences(report, shown))
  return report.faults.length > 0 ? 1 : 0
}

async function readAll (log: LogName, archives: readonly ListedArchive[], { face }: Call) {
  const progress = new Progress(face, archives.reduce((sum, { bytes }) => sum + bytes, 0))
  const faults: Fault[] = []
  let lines = 0
  let bytes = 0
  for (const archive of archives) {
    const tally = new LineTally()
    const fault = await check(log, archive, tally)
    if (fault !== null) faults.push({ name: archive.name, ...fault })
    lines += tally.lines
    bytes += tally.bytes
    progress.add(archive.bytes)
  }
  progress.end()
  return { archives: archives.length, lines, bytes, faults }
}

async function check (log: LogName, { value }: ListedArchive, tally: LineTally): Promise<Omit<Fault, 'name'> | null> {
  try {
    const held = await holdArchive(log, value)
    if (held === null) return null // removed by retention a moment ago
    try {
      const damage = await readArchive(log, held, async (piece) => { await Promise.resolve(); tally.add(piece) })
      return damage === null ? faultOfLines(tally) : faultOfDamage(damage, tally)
    } finally {
      await held.held.close()
    }
  } catch (error) {
    return { kind: 'unreadable', message: isError(error) ? error.message : String(error) }
  }
}

function faultOfDamage (damage: CompressError, { lines, bytes }: LineTally): Omit<Fault, 'name'> {
  const saved = bytes === 0 ? 'nothing of it can be read' : `${showCount(lines, 'line')} before that can be read`
  if (damage.message.endsWith('not even an archive of nothing is')) return { kind: 'empty', message: 'has no bytes' }
  return errnoOf(damage.cause) === 'Z_BUF_ERROR'
    ? { kind: 'truncated', message: `breaks off: ${saved}` }
    : { kind: 'corrupt', message: `is damaged: ${saved}` }
}

function faultOfLines ({ lines, bytes, endsTorn, tornLines }: LineTally): Omit<Fault, 'name'> | null {
  if (bytes === 0) return { kind: 'empty', message: 'has no lines' }
  if (endsTorn) return { kind: 'torn', message: `its last line is cut off, after ${showCount(lines, 'line')}` }
  return tornLines === 0 ? null : { kind: 'torn', message: `${showCount(tornLines, 'line')} of ${lines} begin as JSON and do not end so` }
}

// While a sweep is at it, an archive is there twice for a moment.
function doubled (log: LogName, archives: readonly ListedArchive[]): Fault[] {
  const sweep = lockHolder(join(log.directory, hiddenName(log, 'sweep')))
  if (sweep !== null && sweep.liveness !== 'gone') return []
  return archives.flatMap(({ name, value }, index) => {
    const previous = archives[index - 1]
    if (previous === undefined || !isSameArchive(previous.value, value)) return []
    return [{ name, kind: 'doubled' as const, message: `is there as ${previous.name} too: the next sweep puts that right` }]
  })
}

function gaps (log: LogName, archives: readonly ListedArchive[]): Fault[] {
  return nameGaps(archives.map(({ value }) => value).sort(compareArchives)).map(({ before, ...missing }) => ({
    name: formatArchiveName(log, missing, ''),
    kind: 'gap',
    message: `is missing before ${formatArchiveName(log, before, '')}`
  }))
}

function sentences ({ archives, lines, bytes, faults, lookAlikes }: VerifyReport, shown: string): string {
  return [
    ...faults.map(({ name, kind, message }) => `${kind.padEnd(10)}  ${name} ${message}`),
    ...lookAlikes.map((name) => `not ours    ${name} looks like an archive of this log, and is not touched`),
    `${shown}: ${showCount(archives, 'archive')}, ${showCount(lines, 'line')}, ${showBytes(bytes)} read; ${faults.length === 0 ? 'all whole' : showCount(faults.length, 'fault')}`,
    ''
  ].join('\n')
}
