// What a sweep would do now, or the joining of periods alone: planned as it would be and read as it would be, with nothing
// changed.
import { join } from 'node:path'
import type { Clock } from '../../clock.js'
import { codeAndMessage, errnoOf } from '../../disk/errno.js'
import type { FailedEvent, RemovedEvent, Step } from '../../events.js'
import type { Settings } from '../../options/settings.js'
import type { Archive } from '../../policy/names/archive-name.js'
import { bundleCandidates } from '../../policy/retention/bundle-plan.js'
import { periodStart } from '../../policy/schedule/schedule.js'
import { planSweep, type SweepInput } from '../../policy/retention/sweep-plan.js'
import { ArchiveCompressor } from '../sweeping/archive-compressor.js'
import { Bundler, type ForeseenBundle } from '../sweeping/bundler.js'
import type { LogSurvey } from './log-survey.js'
import { swapLockOf } from '../swap-lock.js'
import type { SweepScope } from '../sweeping/sweeper.js'

export interface Foresight {
  readonly removed: RemovedEvent[]
  readonly bundled: readonly ForeseenBundle[]
  readonly compressed: Array<{ readonly archive: string, readonly from: number }>
  /** Paths of archives that would go because a compressed copy of them, or their bundle, holds all of them already. */
  readonly doubled: string[]
  readonly failed: FailedEvent[]
}

/** Foresees a sweep of everything that was surveyed, once it is settled. */
export async function foreseeSweep (survey: LogSurvey, settings: Settings, clock: Clock): Promise<Foresight> {
  const input = sweepInputOf(survey, settings, clock.now())
  const { removals, compressions } = planSweep(input)
  const removed = removals.map(({ stored: { archive, bytes }, reason }) => ({ file: join(survey.log.directory, archive.name), bytes, reason }))
  const joined = await foreseeBundles(survey, settings, clock, 'everything')
  const gone = new Set([...joined.doubled, ...joined.bundled.flatMap(({ sources }) => sources.map(({ path }) => path))])
  const left = compressions.filter(({ name }) => !gone.has(join(survey.log.directory, name)))
  const packed = await foreseeCompressions(left, survey, settings, clock)
  return {
    removed: [...removed, ...joined.removed],
    bundled: joined.bundled,
    compressed: packed.compressed,
    doubled: [...joined.doubled, ...packed.doubled],
    failed: [...joined.failed, ...packed.failed]
  }
}

/** Foresees the joining alone, in that scope. */
export async function foreseeBundles (survey: LogSurvey, settings: Settings, clock: Clock, scope: SweepScope): Promise<Foresight> {
  const failed: FailedEvent[] = []
  const { bundle } = settings
  if (bundle === null) return { removed: [], bundled: [], compressed: [], doubled: [], failed }
  const nowMs = clock.now()
  const onFailure = (error: unknown, path: string): void => { failed.push(failure('bundle', error, path)) }
  const bundler = new Bundler({ settings, bundling: bundle, log: survey.log, swapLock: swapLockOf(settings, clock), emit: () => {}, onFailure })
  const isWhole = scope === 'everything'
  const bundled = await bundler.foresee({
    archives: bundleCandidates(sweepInputOf(survey, settings, nowMs), isWhole ? null : scope.bundlesOf),
    dueMs: isWhole ? periodStart(nowMs, bundle.schedule) : nowMs,
    signal: new AbortController().signal
  })
  const sources = bundled.flatMap((each) => each.sources)
  return {
    removed: isWhole ? await bundler.foreseeRemovals(bundled, nowMs) : [],
    bundled: bundled.filter(({ members }) => members > 0),
    compressed: [],
    doubled: sources.filter(({ joinedBytes, bytes }) => joinedBytes === bytes).map(({ path }) => path),
    failed
  }
}

async function foreseeCompressions (archives: readonly Archive[], { log, archives: surveyed }: LogSurvey, settings: Settings, clock: Clock): Promise<Pick<Foresight, 'compressed' | 'doubled' | 'failed'>> {
  const foresight: Pick<Foresight, 'compressed' | 'doubled' | 'failed'> = { compressed: [], doubled: [], failed: [] }
  if (settings.compression === null) return foresight
  const compressor = new ArchiveCompressor(log, swapLockOf(settings, clock), settings.compression)
  for (const archive of archives) {
    const path = join(log.directory, archive.name)
    try {
      const { final, isComplete } = await compressor.foresee(archive)
      if (isComplete) foresight.doubled.push(path)
      else foresight.compressed.push({ archive: final, from: surveyed.find((found) => found.archive.name === archive.name)?.bytes ?? 0 })
    } catch (error) {
      // Compressed or removed by somebody meanwhile: there is nothing to foresee.
      if (errnoOf(error) !== 'ENOENT') foresight.failed.push(failure('compress', error, path))
    }
  }
  return foresight
}

/** What a sweep on request would go by, once everything is settled. */
export function sweepInputOf ({ archives, active, freeBytes }: LogSurvey, settings: Settings, nowMs: number): SweepInput {
  return {
    archives: archives.map((found) => ({ ...found, settled: true })),
    activeBytes: active?.bytes ?? 0,
    freeBytes: freeBytes ?? Infinity,
    settings,
    urgent: false,
    nowMs,
    trustedNowMs: nowMs,
    deferredUntilMs: nowMs
  }
}

function failure (step: Step, error: unknown, path: string): FailedEvent {
  return { step, ...codeAndMessage(error), path, retryMs: 0 }
}
