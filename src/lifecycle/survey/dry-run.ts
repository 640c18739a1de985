// Tells what a sweep, or bundling alone, would do now. It plans and reads like the real one, and changes nothing.
import { join } from 'node:path'
import type { Clock } from '../../clock.js'
import { codeAndMessage, errnoOf } from '../../disk/errno.js'
import type { FailedEvent, RemovedEvent, Step } from '../../events.js'
import type { Bundling, Settings } from '../../options/settings.js'
import type { Archive } from '../../policy/names/archive-name.js'
import { bundleCandidates } from '../../policy/retention/bundle-plan.js'
import { readHolds } from '../read-holds.js'
import { requestedSweep } from '../../policy/retention/requested-sweep.js'
import { planSweep } from '../../policy/retention/sweep-plan.js'
import { periodStart } from '../../policy/schedule/schedule.js'
import { swapLockOf } from '../swap-lock.js'
import { ArchiveCompressor } from '../sweeping/archive-compressor.js'
import { Bundler, type PlannedBundle } from '../sweeping/bundler.js'
import type { LogSurvey } from './log-survey.js'

export interface DryRun {
  readonly removed: readonly RemovedEvent[]
  readonly bundled: readonly PlannedBundle[]
  readonly compressed: ReadonlyArray<{ readonly archive: string, readonly from: number }>
  /** Paths of archives that would go because a compressed copy or a bundle already holds their whole content. */
  readonly superseded: readonly string[]
  readonly failed: readonly FailedEvent[]
}

const nothing: DryRun = { removed: [], bundled: [], compressed: [], superseded: [], failed: [] }

/** Tells what a sweep of the surveyed log would do. */
export async function dryRunSweep (survey: LogSurvey, settings: Settings, clock: Clock): Promise<DryRun> {
  const { directory } = survey.log
  const nowMs = clock.now()
  const { removals, compressions } = planSweep({ ...requestedSweep(survey, settings, nowMs), holds: readHolds(settings, survey.log) })
  const removed = removals.map(({ stored: { archive, bytes }, reason }) => ({ file: join(directory, archive.name), bytes, reason }))
  const joined = settings.bundle === null ? nothing : await dryRunScheduledBundles(survey, settings, settings.bundle, clock)
  const gone = new Set([...joined.superseded, ...joined.bundled.flatMap(({ sources }) => sources.map(({ path }) => path))])
  const left = compressions.filter(({ name }) => !gone.has(join(directory, name)))
  const packed = await dryRunCompressions(left, survey, settings, clock)
  return {
    removed: [...removed, ...joined.removed],
    bundled: joined.bundled,
    compressed: packed.compressed,
    superseded: [...joined.superseded, ...packed.superseded],
    failed: [...joined.failed, ...packed.failed]
  }
}

/** Tells what bundling alone would do, regardless of its schedule: for all finished periods, or for one month. */
export async function dryRunBundles (survey: LogSurvey, settings: Settings, bundling: Bundling, clock: Clock, month: string | null): Promise<DryRun> {
  const { dryRun } = await planBundling(survey, settings, bundling, clock, month, clock.now())
  return dryRun
}

async function dryRunScheduledBundles (survey: LogSurvey, settings: Settings, bundling: Bundling, clock: Clock): Promise<DryRun> {
  const nowMs = clock.now()
  const { bundler, planned, dryRun } = await planBundling(survey, settings, bundling, clock, null, periodStart(nowMs, bundling.schedule))
  return { ...dryRun, removed: await bundler.dryRunLimits(planned, nowMs) }
}

async function planBundling (survey: LogSurvey, settings: Settings, bundling: Bundling, clock: Clock, month: string | null, dueMs: number): Promise<{ bundler: Bundler, planned: PlannedBundle[], dryRun: DryRun }> {
  const failed: FailedEvent[] = []
  const bundler = new Bundler({ settings, clock, swapLock: swapLockOf(settings, clock) }, bundling)
  const planned = await bundler.dryRun({
    archives: bundleCandidates(requestedSweep(survey, settings, clock.now()), month),
    dueMs,
    signal: new AbortController().signal
  }, (error, path) => { failed.push(failure('bundle', error, path)) })
  const superseded = planned.flatMap(({ sources }) => sources).filter(({ joinedBytes, bytes }) => joinedBytes === bytes)
  return { bundler, planned, dryRun: { ...nothing, bundled: planned.filter(({ members }) => members > 0), superseded: superseded.map(({ path }) => path), failed } }
}

async function dryRunCompressions (archives: readonly Archive[], { log, archives: surveyed }: LogSurvey, settings: Settings, clock: Clock): Promise<DryRun> {
  if (settings.compression === null) return nothing
  const compressor = new ArchiveCompressor(log, swapLockOf(settings, clock), settings.compression)
  const compressed: Array<DryRun['compressed'][number]> = []
  const superseded: string[] = []
  const failed: FailedEvent[] = []
  for (const archive of archives) {
    const path = join(log.directory, archive.name)
    try {
      const { final, isComplete } = await compressor.dryRun(archive)
      if (isComplete) superseded.push(path)
      else compressed.push({ archive: final, from: surveyed.find((found) => found.archive.name === archive.name)?.bytes ?? 0 })
    } catch (error) {
      // Another process compressed or removed it meanwhile.
      if (errnoOf(error) !== 'ENOENT') failed.push(failure('compress', error, path))
    }
  }
  return { ...nothing, compressed, superseded, failed }
}

function failure (step: Step, error: unknown, path: string): FailedEvent {
  return { step, ...codeAndMessage(error), path, retryMs: 0 }
}
