// A sweep, or the joining of periods alone, as a command does it: now and by the worker's own code, or as a dry run; with what
// came of it as JSON and in sentences.
import { basename, join } from 'node:path'
import { systemClock } from '../clock.js'
import type { BundledEvent, CompressedEvent, FailedEvent, RemovedEvent } from '../events.js'
import { foreseeBundles, foreseeSweep } from '../lifecycle/survey/dry-run.js'
import { surveyLog, type LogSurvey } from '../lifecycle/survey/log-survey.js'
import { sweepOnce, type OneSweep } from '../lifecycle/once.js'
import type { SweepScope } from '../lifecycle/sweeping/sweeper.js'
import type { Settings } from '../options/settings.js'
import { bundleStampOf } from '../policy/names/bundle-name.js'
import { showBytes, showCount } from './screen/units.js'

/** As shells have it for a program that SIGINT ended. */
const interruptedStatus = 130

/** What was done, or would be: then the sizes after it are not known yet. */
export interface SweepReport {
  readonly dryRun: boolean
  readonly removed: RemovedEvent[]
  readonly bundled: Array<Omit<BundledEvent, 'bytes'> & { bytes: number | null }>
  readonly compressed: Array<Omit<CompressedEvent, 'to' | 'ms'> & { to: number | null, ms: number | null }>
  /** Paths of what a crash had left behind: unfinished files, and archives that a finished copy or their bundle holds. */
  readonly leftovers: string[]
  readonly failed: FailedEvent[]
}

/** Tells what would be done in the scope, and changes nothing. */
export async function foreseen (settings: Settings, scope: SweepScope): Promise<SweepReport> {
  const survey = await surveyLog(settings, systemClock.now())
  const isWhole = scope === 'everything'
  const { removed, bundled, compressed, doubled, failed } = isWhole
    ? await foreseeSweep(survey, settings, systemClock)
    : await foreseeBundles(survey, settings, systemClock, scope)
  return {
    dryRun: true,
    removed,
    bundled: bundled.map(({ bundle, members }) => ({ bundle, members, bytes: null })),
    compressed: compressed.map((each) => ({ ...each, to: null, ms: null })),
    leftovers: [...unfinishedIn(survey).filter((path) => isWhole || survey.bundles.leftovers.includes(path)), ...doubled],
    failed
  }
}

/** Does what is in the scope, and tells what was done. */
export async function sweptNow (settings: Settings, scope: SweepScope): Promise<SweepReport> {
  const before = await surveyLog(settings, systemClock.now())
  const report: SweepReport = { dryRun: false, removed: [], bundled: [], compressed: [], leftovers: [], failed: [] }
  await untilDone(sweepOnce(settings, systemClock, (name, ...[details]) => {
    if (name === 'removed') report.removed.push(details as RemovedEvent)
    if (name === 'bundled') report.bundled.push(details as BundledEvent)
    if (name === 'compressed') report.compressed.push(details as CompressedEvent)
    if (name === 'failed') report.failed.push(details as FailedEvent)
  }, scope))
  const after = await surveyLog(settings, systemClock.now())
  const left = unfinishedIn(after)
  report.leftovers.push(...unfinishedIn(before).filter((path) => !left.includes(path)), ...goneWithoutWord(before, after, report, settings))
  return report
}

async function untilDone ({ done, stop }: OneSweep): Promise<void> {
  const keptAlive = setInterval(() => {}, 1_000)
  const interrupt = (): void => { void stop().then(() => process.exit(interruptedStatus)) }
  process.once('SIGINT', interrupt)
  try {
    await done
  } finally {
    process.off('SIGINT', interrupt)
    clearInterval(keptAlive)
  }
}

function unfinishedIn ({ log, unfinished }: LogSurvey): string[] {
  return unfinished.filter(({ inWork }) => !inWork).map(({ name }) => join(log.directory, name))
}

// No event tells of an archive that goes because it is elsewhere already.
function goneWithoutWord ({ log, archives }: LogSurvey, after: LogSurvey, { removed, compressed, bundled }: SweepReport, { bundle }: Settings): string[] {
  const left = new Set(after.archives.map(({ archive }) => archive.name))
  const told = new Set([...removed.map(({ file }) => basename(file)), ...compressed.map(({ archive }) => basename(archive).replace(/\.\w+$/, ''))])
  const joined = bundled.map((event) => basename(event.bundle).slice(log.stem.length + 1, -`${log.extension}.gz`.length))
  return archives.map(({ archive }) => archive)
    .filter(({ name, stamp }) => !left.has(name) && !told.has(name) && !(bundle !== null && joined.includes(bundleStampOf(stamp, bundle.period))))
    .map(({ name }) => join(log.directory, name))
}

/** Says it in a line for each file. */
export function sentencesOf ({ dryRun, removed, bundled, compressed, leftovers }: SweepReport): string[] {
  const would = dryRun ? 'would have ' : ''
  return [
    ...removed.map(({ file, bytes, reason }) => `${would}removed ${basename(file)} (${showBytes(bytes)}, ${reason})`),
    ...leftovers.map((path) => `${would}removed ${basename(path)} (left over by a crash)`),
    ...bundled.map(({ bundle, members, bytes }) => `${would}joined ${showCount(members, 'archive')} to ${basename(bundle)}${bytes === null ? '' : ` (${showBytes(bytes)})`}`),
    ...compressed.map(({ archive, from, to }) => `${would}compressed ${basename(archive)} (${showBytes(from)}${to === null ? '' : ` to ${showBytes(to)}`})`)
  ]
}
