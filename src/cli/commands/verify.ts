// `pino-rotor verify`: reads every archive to its end, including those in bundles, and lists the damaged ones.
import { join } from 'node:path'
import { systemClock } from '../../clock.js'
import type { CompressError } from '../../disk/compress/compress-error.js'
import { errnoOf } from '../../disk/errno.js'
import { lockHolder } from '../../disk/lock/lock-holder.js'
import { bundleDirectory } from '../../reading/bundle-folder.js'
import { pathBelow } from '../../policy/names/path-below.js'
import { compareArchives, formatArchiveName, logOf, parseArchiveName, type Archive, type LogName } from '../../policy/names/archive-name.js'
import { hiddenName } from '../../policy/names/hidden-name.js'
import { LineTally } from '../../policy/lines/line-tally.js'
import { nameGaps } from '../../policy/names/name-gaps.js'
import { findLogs } from '../call/active-target.js'
import { commonOptions, type Call, type Command, type ExitStatus } from '../call/command.js'
import { describeFailure } from '../call/failure.js'
import { isOfFolder, type LogTarget } from '../call/log-target.js'
import { holdArchive, isSameArchive, readArchive } from '../../reading/archive-reading.js'
import { bundleHolding, findBundles, membersOf, type BundleFile, type BundleMember } from '../../reading/bundle-reading.js'
import { HeldFile } from '../../reading/held-file.js'
import { takeSnapshot, type ListedArchive } from '../../reading/log-snapshot.js'
import { lookAlikes, notRead, packedUnknown } from '../../reading/look-alikes.js'
import { rotatedByOthers } from '../../reading/foreign-files.js'
import { rotatedElsewhere } from '../screen/folder-screen.js'
import { Progress } from '../screen/progress.js'
import { showBytes, showCount } from '../screen/units.js'
import { showJson, showLines } from '../screen/visible.js'
import { isError } from '../../errors.js'

export type FaultKind = 'truncated' | 'corrupt' | 'empty' | 'torn' | 'doubled' | 'gap' | 'unreadable'

interface Fault {
  readonly name: string
  readonly kind: FaultKind
  readonly message: string
}

type FaultFound = Omit<Fault, 'name'>

interface VerifyReport {
  readonly file: string
  readonly checkedAt: string
  /** How many were read: archives beside the active file, and bundles. */
  readonly archives: number
  readonly bundles: number
  readonly lines: number
  readonly bytes: number
  readonly faults: Fault[]
  /** Names that look like this log's archives but are none. They are never touched. */
  readonly lookAlikes: string[]
}

export const verify: Command = {
  name: 'verify',
  description: 'Reads every archive and bundle to its end. Lists those that are truncated, corrupt, torn, empty, doubled or missing in between, and ' +
    'names that look like archives of this log but are none. FILE may also be a folder: then it reads those of every log in it. Exit status 1 if anything is wrong.',
  options: commonOptions,
  example: 'pino-rotor verify logs/app.log',
  run
}

/** What was read from archives and bundles so far. */
interface Read {
  readonly faults: Fault[]
  lines: number
  bytes: number
  /** Every archive, in bundles or beside them. */
  readonly ids: Archive[]
}

async function run (call: Call): Promise<ExitStatus> {
  const targets = await findLogs(call)
  const verified = []
  for (const target of targets) verified.push({ target, report: await verifyOne(target, call) })
  const reports = verified.map(({ report }) => report)
  const lines = isOfFolder(call) && reports.every(isNothingOurs)
    ? [`${call.file ?? ''}: nothing in it is ours: no archive, no bundle`]
    : verified.flatMap(({ report, target }) => sentences(report, target))
  await call.face.out.write(call.flags.has('json') ? showJson(isOfFolder(call) ? reports : reports[0]) : showLines(lines, call.face.lineColumns))
  return reports.some(({ faults }) => faults.length > 0) ? 1 : 0
}

async function verifyOne ({ settings, isConfigured }: LogTarget, call: Call): Promise<VerifyReport> {
  const log = logOf(settings)
  const { active, archives } = await takeSnapshot(log)
  await active?.close()
  if (!isConfigured) for (const name of packedUnknown(settings)) call.face.say(notRead(name))
  const { bundles, refusal } = findBundles(log, settings)
  const { faults, lines, bytes, ids } = await readAll(log, bundles, archives, call)
  return {
    file: settings.file,
    checkedAt: new Date(systemClock.now()).toISOString(),
    archives: archives.length,
    bundles: bundles.length,
    lines,
    bytes,
    faults: [
      ...refusal === null ? [] : [{ name: pathBelow(log, bundleDirectory(settings, log)), kind: 'unreadable' as const, message: describeFailure(refusal).line }],
      ...faults,
      ...await doubled(log, bundles, archives),
      ...gaps(log, ids)
    ],
    lookAlikes: lookAlikes(settings)
  }
}

function isNothingOurs ({ archives, bundles, faults }: VerifyReport): boolean {
  return archives === 0 && bundles === 0 && faults.length === 0
}

async function readAll (log: LogName, bundles: readonly BundleFile[], archives: readonly ListedArchive[], { face }: Call): Promise<Read> {
  const progress = new Progress(face, [...bundles, ...archives].reduce((sum, { bytes }) => sum + bytes, 0))
  const read: Read = { faults: [], lines: 0, bytes: 0, ids: archives.map(({ value }) => value) }
  for (const bundle of bundles) {
    await readBundle(log, bundle, read)
    progress.add(bundle.bytes)
  }
  for (const archive of archives) {
    const fault = await check(log, archive, read)
    if (fault !== null) read.faults.push({ name: archive.name, ...fault })
    progress.add(archive.bytes)
  }
  progress.end()
  return read
}

async function readBundle (log: LogName, { path, shown }: BundleFile, read: Read): Promise<void> {
  const add = (fault: FaultFound | null, subject: string): void => {
    if (fault !== null) read.faults.push({ name: shown, kind: fault.kind, message: subject + fault.message })
  }
  try {
    const held = await HeldFile.open(path)
    if (held === null) return // its limits removed it a moment ago
    try {
      const members = await membersOf(held)
      const seen = new Set<string>()
      for (const { entry, read: readMember } of members) {
        const subject = entry === null ? (members.length > 1 ? `after ${showCount(members.length - 1, 'archive')} ` : '') : `${entry.name} in it `
        const tally = new LineTally()
        add(await faultIn(readMember, tally, read, entry), subject)
        const archive = entry === null ? null : parseArchiveName(entry.name, log)
        if (archive !== null) read.ids.push(archive)
        const key = JSON.stringify(entry === null ? null : [entry.name, entry.from, entry.to, entry.checksumTo])
        if (seen.has(key)) add({ kind: 'doubled', message: 'is there twice' }, subject)
        seen.add(key)
      }
    } finally {
      await held.close()
    }
  } catch (error) {
    add(unreadable(error), '')
  }
}

async function faultIn (readMember: BundleMember['read'], tally: LineTally, read: Read, entry: BundleMember['entry']): Promise<FaultFound | null> {
  const damage = await readMember(async (piece) => { await Promise.resolve(); tally.add(piece) })
  read.lines += tally.lines
  read.bytes += tally.bytes
  if (damage !== null) return faultOfDamage(damage, tally)
  if (entry !== null && tally.bytes !== entry.to - entry.from) return { kind: 'corrupt', message: `has ${showBytes(tally.bytes)} instead of ${showBytes(entry.to - entry.from)}` }
  return faultOfLines(tally)
}

async function check (log: LogName, { value }: ListedArchive, read: Read): Promise<FaultFound | null> {
  try {
    const held = await holdArchive(log, value)
    if (held === null) return null // retention removed it a moment ago
    try {
      return await faultIn((take) => readArchive(log, held, take), new LineTally(), read, null)
    } finally {
      await held.held.close()
    }
  } catch (error) {
    return unreadable(error)
  }
}

function unreadable (error: unknown): FaultFound {
  return { kind: 'unreadable', message: isError(error) ? error.message : String(error) }
}

function faultOfDamage (damage: CompressError, { lines, bytes }: LineTally): FaultFound {
  const saved = bytes === 0 ? 'nothing of it can be read' : `${showCount(lines, 'line')} before that can be read`
  if (damage.code === 'ERR_ROTOR_COPY_EMPTY') return { kind: 'empty', message: 'has no bytes' }
  return errnoOf(damage.cause) === 'Z_BUF_ERROR'
    ? { kind: 'truncated', message: `breaks off: ${saved}` }
    : { kind: 'corrupt', message: `is damaged: ${saved}` }
}

function faultOfLines ({ lines, bytes, endsTorn, tornLines }: LineTally): FaultFound | null {
  if (bytes === 0) return { kind: 'empty', message: 'has no lines' }
  if (endsTorn) return { kind: 'torn', message: `its last line is cut off, after ${showCount(lines, 'line')}` }
  return tornLines === 0 ? null : { kind: 'torn', message: `${showCount(tornLines, 'line')} of ${lines} begin as JSON and do not end so` }
}

// During a sweep, an archive can be in two places for a moment.
async function doubled (log: LogName, bundles: readonly BundleFile[], archives: readonly ListedArchive[]): Promise<Fault[]> {
  const sweep = lockHolder(join(log.directory, hiddenName(log, 'sweep')))
  if (sweep !== null && sweep.liveness !== 'gone') return []
  const faults: Fault[] = []
  for (const [index, { name, value }] of archives.entries()) {
    const previous = archives[index - 1]
    if (previous !== undefined && isSameArchive(previous.value, value)) faults.push(fault(name, `is there as ${previous.name} too: the next sweep puts that right`))
    const bundle = await bundleHolding(log, bundles, value)
    if (bundle !== null) faults.push(fault(name, `is in ${bundle.shown} too: the next bundling puts that right`))
  }
  return faults

  function fault (name: string, message: string): Fault {
    return { name, kind: 'doubled', message }
  }
}

function gaps (log: LogName, ids: readonly Archive[]): Fault[] {
  return nameGaps([...ids].sort(compareArchives)).map(({ before, ...missing }) => ({
    name: formatArchiveName(log, missing, ''),
    kind: 'gap',
    message: `is missing before ${formatArchiveName(log, before, '')}`
  }))
}

function sentences (report: VerifyReport, { settings, shown }: LogTarget): string[] {
  const { archives, bundles, lines, bytes, faults, lookAlikes } = report
  const foreign = rotatedByOthers(logOf(settings))
  const counts = [showCount(archives, 'archive'), ...bundles === 0 ? [] : [showCount(bundles, 'bundle')], showCount(lines, 'line')]
  return [
    ...faults.map(({ name, kind, message }) => `${kind.padEnd(10)}  ${name} ${message}`),
    ...lookAlikes.map((name) => `not ours    ${name} looks like an archive of this log, and is not touched`),
    ...foreign.length === 0 ? [] : [`not ours    ${rotatedElsewhere(foreign)}, not looked at`],
    isNothingOurs(report)
      ? `${shown}: nothing beside it is ours: no archive, no bundle`
      : `${shown}: ${counts.join(', ')}, ${showBytes(bytes)} read; ${faults.length === 0 ? 'all whole' : showCount(faults.length, 'fault')}`
  ]
}
