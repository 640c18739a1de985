// `pino-rotor verify`: reads every archive to its end, including those in bundles, and lists the damaged ones.
import { join } from 'node:path'
import { systemClock } from '../../clock.js'
import { describe } from '../../disk/archive-folder.js'
import { lockHolder } from '../../disk/lock/lock-holder.js'
import { bundleDirectory } from '../../reading/bundle-folder.js'
import { pathBelow } from '../../policy/names/path-below.js'
import { codecOf, compareArchives, formatArchiveName, logOf, parseArchiveName, type Archive, type LogName } from '../../policy/names/archive-name.js'
import { hiddenName } from '../../policy/names/hidden-name.js'
import { nameGaps } from '../../policy/names/name-gaps.js'
import { findLogs } from '../targets/active-target.js'
import { ofEachLog } from '../targets/each-log.js'
import { commonOptions, type Call, type Command, type ExitStatus } from '../call/command.js'
import { describeFailure } from '../call/failure.js'
import { isOfFolder, type LogTarget } from '../targets/log-target.js'
import { holdArchive, isSameArchive } from '../../reading/archive-reading.js'
import { bundleHolding, findBundles, membersOf, type BundleFile, type BundleMember } from '../../reading/bundle-reading.js'
import { HeldFile } from '../../reading/held-file.js'
import { takeSnapshot, type ListedArchive } from '../../reading/log-snapshot.js'
import { lookAlikes, notRead, packedUnknown } from '../../reading/look-alikes.js'
import { rotatedByOthers, type ForeignFile } from '../../reading/foreign-files.js'
import { rotatedElsewhere } from '../screen/folder-screen.js'
import { openHeld, type OpenSource } from '../../reading/lines/line-source.js'
import { showBytes, showCount } from '../screen/units.js'
import { showJson, showLines } from '../terminal/visible.js'
import { isError } from '../../errors.js'
import { checkLines, type FaultFound } from './verify/line-check.js'

interface Fault extends FaultFound {
  readonly name: string
}

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
  const verified = await ofEachLog(await findLogs(call), async (target) => ({ target, report: await verifyOne(target, call), foreign: rotatedByOthers(logOf(target.settings)) }))
  const reports = verified.map(({ report }) => report)
  const lines = isOfFolder(call) && reports.every(isNothingOurs)
    ? [`${call.file ?? ''}: nothing in it is ours: no archive, no bundle`]
    : verified.flatMap(({ report, target, foreign }) => sentences(report, target, foreign))
  await call.face.out.write(call.flags.has('json') ? showJson(isOfFolder(call) ? reports : reports[0]) : showLines(lines, call.face.lineColumns))
  return reports.some(({ faults }) => faults.length > 0) ? 1 : 0
}

async function verifyOne ({ settings, isConfigured }: LogTarget, call: Call): Promise<VerifyReport> {
  const log = logOf(settings)
  const { active, archives: filled, reserved } = await takeSnapshot(log)
  await active?.close()
  const archives = [...filled, ...reserved].sort((a, b) => compareArchives(a.value, b.value))
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
  face.progress.expect([...bundles, ...archives].reduce((sum, { bytes }) => sum + bytes, 0))
  const read: Read = { faults: [], lines: 0, bytes: 0, ids: archives.map(({ value }) => value) }
  for (const bundle of bundles) {
    await readBundle(log, bundle, read)
    face.progress.add(bundle.bytes)
  }
  for (const archive of archives) {
    for (const fault of await check(log, archive, read)) read.faults.push({ name: archive.name, ...fault })
    face.progress.add(archive.bytes)
  }
  return read
}

async function readBundle (log: LogName, { path, shown }: BundleFile, read: Read): Promise<void> {
  const add = (fault: FaultFound, subject: string): void => {
    read.faults.push({ name: shown, kind: fault.kind, message: subject + fault.message })
  }
  try {
    const held = await HeldFile.open(path)
    if (held === null) return // its limits removed it a moment ago
    try {
      const members = await membersOf(held)
      const seen = new Set<string>()
      for (const { entry, stretch } of members) {
        const subject = entry === null ? (members.length > 1 ? `after ${showCount(members.length - 1, 'archive')} ` : '') : `${entry.name} in it `
        for (const fault of await faultsIn(await openHeld(held, 'gzip', stretch), read, entry)) add(fault, subject)
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

async function faultsIn (source: OpenSource, read: Read, entry: BundleMember['entry']): Promise<readonly FaultFound[]> {
  const { faults, lines, bytes } = await checkLines(source, entry === null ? null : entry.to - entry.from)
  read.lines += lines
  read.bytes += bytes
  return faults
}

async function check (log: LogName, { value }: ListedArchive, read: Read): Promise<readonly FaultFound[]> {
  try {
    const held = await holdArchive(log, value)
    if (held === null) return [] // retention removed it a moment ago
    try {
      return await faultsIn(await openHeld(held.held, codecOf(held.archive, log)), read, null)
    } finally {
      await held.held.close()
    }
  } catch (error) {
    return [unreadable(error)]
  }
}

function unreadable (error: unknown): FaultFound {
  return { kind: 'unreadable', message: isError(error) ? error.message : String(error) }
}

// During a sweep, an archive can be in two places for a moment. A sweep that has ended since the folder was listed has removed one of
// the two.
async function doubled (log: LogName, bundles: readonly BundleFile[], archives: readonly ListedArchive[]): Promise<Fault[]> {
  const sweep = lockHolder(join(log.directory, hiddenName(log, 'sweep')))
  if (sweep !== null && sweep.liveness !== 'gone') return []
  const faults: Fault[] = []
  for (const [index, { name, value }] of archives.entries()) {
    if (describe(join(log.directory, name)) === null) continue
    const previous = archives[index - 1]
    if (previous !== undefined && isSameArchive(previous.value, value) && describe(join(log.directory, previous.name)) !== null) faults.push(fault(name, `is there as ${previous.name} too: the next sweep puts that right`))
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

function sentences (report: VerifyReport, { shown }: LogTarget, foreign: readonly ForeignFile[]): string[] {
  const { archives, bundles, lines, bytes, faults, lookAlikes } = report
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
