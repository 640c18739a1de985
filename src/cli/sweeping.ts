// Runs a sweep, or bundling alone, for a command: now, with the worker's code, or as a dry run. The result is shown as JSON
// or in sentences.
import { basename, join } from 'node:path'
import { systemClock } from '../clock.js'
import type { BundledEvent, CompressedEvent, FailedEvent, RemovedEvent } from '../events.js'
import { dryRunBundles, dryRunSweep, type DryRun } from '../lifecycle/survey/dry-run.js'
import { surveyLog, type LogSurvey } from '../lifecycle/survey/log-survey.js'
import { bundleNow, type BundleRequest } from '../lifecycle/sweeping/bundle-now.js'
import { sweepNow } from '../lifecycle/sweeping/sweep-now.js'
import type { SweepRecord } from '../lifecycle/sweeping/sweep-record.js'
import type { Settings } from '../options/settings.js'
import { untilDone } from './call/until-done.js'
import { showBytes, showCount } from './screen/units.js'

/** What was done, or would be done. A dry run does not know the new sizes. */
export interface SweepReport {
  readonly dryRun: boolean
  readonly removed: readonly RemovedEvent[]
  readonly bundled: ReadonlyArray<Omit<BundledEvent, 'bytes'> & { readonly bytes: number | null }>
  readonly compressed: ReadonlyArray<Omit<CompressedEvent, 'to' | 'ms'> & { readonly to: number | null, readonly ms: number | null }>
  /** Paths of a crash's leftovers: unfinished files, and archives whose finished copy or bundle holds everything. */
  readonly leftovers: readonly string[]
  readonly failed: readonly FailedEvent[]
}

/** Tells what a sweep would do, and changes nothing. */
export async function sweepReportOfDryRun (settings: Settings): Promise<SweepReport> {
  const survey = await surveyLog(settings, systemClock.now())
  return reportOfDryRun(await dryRunSweep(survey, settings, systemClock), unfinishedIn(survey))
}

/** Tells what bundling would do, and changes nothing. */
export async function bundleReportOfDryRun ({ settings, bundling, month }: BundleRequest): Promise<SweepReport> {
  const survey = await surveyLog(settings, systemClock.now())
  const unfinished = unfinishedIn(survey).filter((path) => survey.bundles.leftovers.includes(path))
  return reportOfDryRun(await dryRunBundles(survey, settings, bundling, systemClock, month), unfinished)
}

/** Sweeps, and returns what was done. */
export async function sweepReport (settings: Settings): Promise<SweepReport> {
  return reportOf(await untilDone(sweepNow(settings, systemClock)))
}

/** Bundles finished periods, and returns what was done. */
export async function bundleReport (request: BundleRequest): Promise<SweepReport> {
  return reportOf(await untilDone(bundleNow(request, systemClock)))
}

function reportOf ({ removed, bundled, compressed, cleared, failed }: SweepRecord): SweepReport {
  return { dryRun: false, removed, bundled, compressed, leftovers: cleared, failed }
}

function reportOfDryRun ({ removed, bundled, compressed, superseded, failed }: DryRun, unfinished: readonly string[]): SweepReport {
  return {
    dryRun: true,
    removed,
    bundled: bundled.map(({ bundle, members }) => ({ bundle, members, bytes: null })),
    compressed: compressed.map((each) => ({ ...each, to: null, ms: null })),
    leftovers: [...unfinished, ...superseded],
    failed
  }
}

function unfinishedIn ({ log, unfinished }: LogSurvey): string[] {
  return unfinished.filter(({ inWork }) => !inWork).map(({ name }) => join(log.directory, name))
}

/** Says it in one sentence for each file. */
export function sentencesOf ({ dryRun, removed, bundled, compressed, leftovers }: SweepReport): string[] {
  const would = dryRun ? 'would have ' : ''
  return [
    ...removed.map(({ file, bytes, reason }) => `${would}removed ${basename(file)} (${showBytes(bytes)}, ${reason})`),
    ...leftovers.map((path) => `${would}removed ${basename(path)} (left over by a crash)`),
    ...bundled.map(({ bundle, members, bytes }) => `${would}joined ${showCount(members, 'archive')} to ${basename(bundle)}${bytes === null ? '' : ` (${showBytes(bytes)})`}`),
    ...compressed.map(({ archive, from, to }) => `${would}compressed ${basename(archive)} (${showBytes(from)}${to === null ? '' : ` to ${showBytes(to)}`})`)
  ]
}
