// `pino-rotor bundle`: bundles the archives of finished periods now, with the worker's code and locks.
import { join } from 'node:path'
import { systemClock } from '../../clock.js'
import { RotorDisabledError } from '../../errors.js'
import { surveyLog } from '../../lifecycle/survey/log-survey.js'
import type { Bundling, Settings } from '../../options/settings.js'
import { bundleEnd, bundlePeriodOf, formatBundleName } from '../../policy/names/bundle-name.js'
import { bundleCandidates, waitingPeriods } from '../../policy/retention/bundle-plan.js'
import { requestedSweep } from '../../policy/retention/requested-sweep.js'
import { defaultsOption, findActiveLog, requireOptions } from '../targets/active-target.js'
import { commonOptions, type Call, type Command, type ExitStatus } from '../call/command.js'
import { rawOptions, shownPath, targetFor } from '../targets/log-target.js'
import { UsageError } from '../call/usage-error.js'
import { showCount, showInstant } from '../screen/units.js'
import { showJson, showLines } from '../terminal/visible.js'
import { bundleReport, bundleReportOfDryRun, sentencesOf, type SweepReport } from '../sweeping.js'

/** A period that is not bundled, or not completely. */
interface WaitingReport {
  readonly period: string
  readonly archives: number
  /** `open`: it is not over. `left plain`: "compress.after" delays one of its archives. `failed`: see `failed`. */
  readonly reason: 'open' | 'left plain' | 'failed'
  /** When the period is over, as ISO 8601. */
  readonly endsAt: string
}

type BundleReport = Pick<SweepReport, 'dryRun' | 'bundled' | 'leftovers' | 'failed'> & { readonly waiting: readonly WaitingReport[] }

export const bundle: Command = {
  name: 'bundle',
  description: 'Merges the archives of each finished period into one gzip file, as the option "bundle" says. Removes archives that are ' +
    'proven to be in it. Without the option "bundle" its defaults apply: months, in the folder "archive". Running it again adds ' +
    'new archives. It waits while the application sweeps. It needs --config or --defaults, because the options decide what is merged.',
  options: {
    ...commonOptions,
    ...defaultsOption,
    month: { type: 'string', placeholder: 'YYYYMM', help: 'only this month, which must be over' },
    'dry-run': { type: 'boolean', help: 'tells what would happen, and changes nothing' }
  },
  example: 'pino-rotor bundle logs/app.log --month 202510 --dry-run',
  run
}

async function run (call: Call): Promise<ExitStatus> {
  requireOptions(call, 'bundle')
  const { settings, bundling, isByDefault } = await findBundled(call)
  if (!settings.enabled) throw new RotorDisabledError(settings.file)
  const month = monthOf(call, bundling, settings.timezone)
  if (isByDefault) call.face.say(`the options have no "bundle": its defaults apply, so months are merged in ${shownPath(bundling.directory)}`)
  const isDry = call.flags.has('dry-run')
  const swept = await (isDry ? bundleReportOfDryRun : bundleReport)({ settings, bundling, month })
  const { dryRun, bundled, leftovers, failed } = swept
  const report: BundleReport = { dryRun, bundled, leftovers, waiting: await waitingOf(settings, bundling, month, swept), failed }
  await call.face.out.write(call.flags.has('json') ? showJson(report) : sentences(swept, report.waiting, call.face.lineColumns))
  for (const { step, message } of failed) call.face.say(`${step} failed: ${message}`)
  return failed.length > 0 ? 1 : 0
}

async function findBundled (call: Call): Promise<{ readonly settings: Settings, readonly bundling: Bundling, readonly isByDefault: boolean }> {
  const { settings } = await findActiveLog(call)
  if (settings.bundle !== null) return { settings, bundling: settings.bundle, isByDefault: false }
  const completed = await targetFor({ ...await rawOptions(call), bundle: {} }, call)
  const { bundle: bundling } = completed.settings
  if (bundling === null) throw new UsageError('"bundle" must be an object here')
  return { settings: completed.settings, bundling, isByDefault: true }
}

function monthOf ({ values }: Call, { period }: Bundling, timezone: string): string | null {
  const month = values.get('month')
  if (month === undefined) return null
  if (bundlePeriodOf(month) !== 'month') throw new UsageError(`--month ${JSON.stringify(month)} is not a month: write October 2025 as 202510`)
  if (period === 'week') throw new UsageError('--month does not work with the weeks of "bundle.frequency", since a week can be in two months: leave it out')
  const endMs = bundleEnd(month, timezone)
  if (endMs > systemClock.now()) throw new UsageError(`--month ${month} is not over yet: it can be merged from ${showInstant(new Date(endMs).toISOString())} on`)
  return month
}

async function waitingOf (settings: Settings, bundling: Bundling, month: string | null, { dryRun, failed }: SweepReport): Promise<WaitingReport[]> {
  const nowMs = systemClock.now()
  const survey = await surveyLog(settings, nowMs)
  const isFailed = (path: string): boolean => failed.some((event) => event.path === path)
  const periods = waitingPeriods({ archives: bundleCandidates(requestedSweep(survey, settings, nowMs), month), bundling, timezone: settings.timezone })
  return periods.flatMap(({ stamp, members, endsMs, leftPlainMs }): WaitingReport[] => {
    const waiting = { period: stamp, archives: members.length, endsAt: new Date(endsMs).toISOString() }
    if (endsMs > nowMs) return [{ ...waiting, reason: 'open' }]
    if (leftPlainMs > 0) return [{ ...waiting, reason: 'left plain' }]
    // A dry run leaves everything that could be bundled.
    const isBundleFailed = isFailed(join(bundling.directory, formatBundleName(survey.log, stamp)))
    const left = isBundleFailed ? members.length : members.filter(({ name }) => !dryRun || isFailed(join(survey.log.directory, name))).length
    return left === 0 || failed.length === 0 ? [] : [{ ...waiting, archives: left, reason: 'failed' }]
  })
}

function sentences (swept: SweepReport, waiting: readonly WaitingReport[], columns: number): string {
  const lines = [...sentencesOf(swept), ...waiting.map(sentence)]
  return showLines(lines.length === 0 ? ['nothing to join'] : lines, columns)
}

function sentence ({ period, archives, reason, endsAt }: WaitingReport): string {
  const subject = `${period}: ${showCount(archives, 'archive')}`
  switch (reason) {
    case 'open': return `${subject} not joined before ${showInstant(endsAt)}, when it is over`
    case 'left plain': return `${subject} not joined while "compress.after" leaves one plain`
    case 'failed': return `${subject} not joined: see what failed, or pino-rotor verify`
  }
}
