// `pino-rotor sweep`: one sweep now, by the worker's own code and under its locks.
import { basename, join } from 'node:path'
import { systemClock } from '../clock.js'
import { RotorDisabledError } from '../errors.js'
import type { CompressedEvent, FailedEvent, RemovedEvent } from '../events.js'
import { surveyLog, type LogSurvey } from '../lifecycle/log-survey.js'
import { sweepOnce, type OneSweep } from '../lifecycle/once.js'
import type { Settings } from '../options/settings.js'
import { formatArchiveName, suffixOf } from '../policy/archive-name.js'
import { planSweep } from '../policy/sweep-plan.js'
import { commonOptions, type Call, type Command, type ExitStatus } from './call/command.js'
import { findLog } from './call/log-target.js'
import { showBytes } from './screen/units.js'

/** As shells have it for a program that SIGINT ended. */
const interruptedStatus = 130

/** What a sweep did, or would do: then the sizes after compression are not known yet. */
interface SweepReport {
  readonly dryRun: boolean
  readonly removed: RemovedEvent[]
  readonly compressed: Array<Omit<CompressedEvent, 'to' | 'ms'> & { to: number | null, ms: number | null }>
  /** Paths of what a crash had left behind. */
  readonly leftovers: string[]
  readonly failed: FailedEvent[]
}

export const sweep: Command = {
  name: 'sweep',
  description: 'Removes what the limits no longer allow, compresses what waits for it, and clears up what a crash left behind. ' +
    'Where the application is at it already, it waits until that is done.',
  options: {
    ...commonOptions,
    'dry-run': { type: 'boolean', help: 'says what would happen and changes nothing' }
  },
  example: 'pino-rotor sweep logs/app.log --config rotor.json --dry-run',
  run
}

async function run (call: Call): Promise<ExitStatus> {
  const { settings } = await findLog(call)
  if (!settings.enabled) throw new RotorDisabledError(settings.file)
  const survey = await surveyLog(settings, systemClock.now())
  const report = call.flags.has('dry-run') ? planned(survey, settings) : await sweepNow(survey, settings)
  await call.face.out.write(call.flags.has('json') ? `${JSON.stringify(report, null, 2)}\n` : sentences(report))
  for (const { step, message } of report.failed) call.face.say(`${step} failed: ${message}`)
  return report.failed.length > 0 ? 1 : 0
}

function planned (survey: LogSurvey, settings: Settings): SweepReport {
  const { log, archives, active, freeBytes } = survey
  const nowMs = systemClock.now()
  const { removals, compressions } = planSweep({
    archives: archives.map((found) => ({ ...found, settled: true })),
    activeBytes: active?.bytes ?? 0,
    freeBytes: freeBytes ?? Infinity,
    settings,
    urgent: false,
    nowMs,
    trustedNowMs: nowMs,
    deferredUntilMs: nowMs
  })
  const algorithm = settings.compression?.algorithm ?? 'gzip'
  return {
    dryRun: true,
    removed: removals.map(({ stored: { archive, bytes }, reason }) => ({ file: join(log.directory, archive.name), bytes, reason })),
    compressed: compressions.map((archive) => ({
      archive: join(log.directory, formatArchiveName(log, archive, suffixOf(algorithm))),
      from: archives.find((found) => found.archive.name === archive.name)?.bytes ?? 0,
      to: null,
      ms: null
    })),
    leftovers: leftoversOf(survey),
    failed: []
  }
}

async function sweepNow (before: LogSurvey, settings: Settings): Promise<SweepReport> {
  const report: SweepReport = { dryRun: false, removed: [], compressed: [], leftovers: [], failed: [] }
  await untilDone(sweepOnce(settings, systemClock, (name, ...[details]) => {
    if (name === 'removed') report.removed.push(details as RemovedEvent)
    if (name === 'compressed') report.compressed.push(details as CompressedEvent)
    if (name === 'failed') report.failed.push(details as FailedEvent)
  }))
  const left = leftoversOf(await surveyLog(settings, systemClock.now()))
  report.leftovers.push(...leftoversOf(before).filter((path) => !left.includes(path)))
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

function leftoversOf ({ log, unfinished }: LogSurvey): string[] {
  return unfinished.filter(({ inWork }) => !inWork).map(({ name }) => join(log.directory, name))
}

function sentences ({ dryRun, removed, compressed, leftovers }: SweepReport): string {
  const would = dryRun ? 'would have ' : ''
  const lines = [
    ...removed.map(({ file, bytes, reason }) => `${would}removed ${basename(file)} (${showBytes(bytes)}, ${reason})`),
    ...leftovers.map((path) => `${would}removed ${basename(path)} (left over by a crash)`),
    ...compressed.map(({ archive, from, to }) => `${would}compressed ${basename(archive)} (${showBytes(from)}${to === null ? '' : ` to ${showBytes(to)}`})`)
  ]
  return lines.length === 0 ? 'nothing to do\n' : `${lines.join('\n')}\n`
}
