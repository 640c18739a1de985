// `pino-rotor upload`: uploads now, with the worker's code and lock.
import { basename, join } from 'node:path'
import { systemClock } from '../../clock.js'
import { lockHolder } from '../../disk/lock/lock-holder.js'
import type { FailedEvent, UploadedEvent } from '../../events.js'
import { surveyLog } from '../../lifecycle/survey/log-survey.js'
import { uploadNow, uploadsAhead, type UploadRequest } from '../../lifecycle/uploading/upload-now.js'
import type { Settings } from '../../options/settings.js'
import { logOf } from '../../policy/names/archive-name.js'
import { hiddenName } from '../../policy/names/hidden-name.js'
import { remedyFor } from '../../remote/store-error.js'
import { commonOptions, type Call, type Command, type ExitStatus } from '../call/command.js'
import { targetFor } from '../targets/log-target.js'
import { findStored } from '../targets/store-target.js'
import { untilDone } from '../call/until-done.js'
import { showBytes, showCount } from '../screen/units.js'
import { showJson, showLines } from '../terminal/visible.js'

/** What was done, or would be done. A dry run does not know the duration, nor what the store already has. */
interface UploadReport {
  readonly dryRun: boolean
  readonly uploaded: ReadonlyArray<Omit<UploadedEvent, 'ms'> & { readonly ms: number | null }>
  readonly failed: readonly FailedEvent[]
}

export const upload: Command = {
  name: 'upload',
  description: 'Sends every finished archive that is not stored yet to the store of the option "upload", or with "bundle" on every bundle, oldest ' +
    'first, and proves each. Files that were set aside are tried again. It waits while the application uploads. Exit status 1 if anything is not stored.',
  options: {
    ...commonOptions,
    'dry-run': { type: 'boolean', help: 'tells what would be sent, without asking the store, and changes nothing' }
  },
  example: 'pino-rotor upload logs/app.log --config rotor.json --dry-run',
  run
}

async function run (call: Call): Promise<ExitStatus> {
  const { face, flags } = call
  const target = await findStored(call, 'upload', targetFor)
  const isDry = flags.has('dry-run')
  if (!isDry) sayWhoUploads(target.settings, call)
  await sayWhatIsPlain(target.settings, call)
  const report = isDry ? await dryRun(target) : await send(target, call)
  const lines = report.uploaded.map(({ archive, url, bytes }) => `${report.dryRun ? 'would have ' : ''}uploaded ${basename(archive)} (${showBytes(bytes)}) to ${url}`)
  await face.out.write(flags.has('json') ? showJson(report) : showLines(lines.length === 0 && report.failed.length === 0 ? ['nothing to upload'] : lines, face.lineColumns))
  for (const { code, message, path } of report.failed) {
    const remedy = remedyFor(code)
    face.say(`${basename(path)} is not stored: ${message}${remedy === null ? '' : ` (${remedy})`}`)
  }
  return report.failed.length > 0 ? 1 : 0
}

async function dryRun (request: UploadRequest): Promise<UploadReport> {
  const ahead = await uploadsAhead(request, systemClock)
  return { dryRun: true, uploaded: ahead.map((each) => ({ ...each, ms: null })), failed: [] }
}

async function send (request: UploadRequest, { face: { progress } }: Call): Promise<UploadReport> {
  progress.expect((await uploadsAhead(request, systemClock)).reduce((sum, { bytes }) => sum + bytes, 0))
  return { dryRun: false, ...await untilDone(uploadNow(request, systemClock, (bytes) => { progress.add(bytes) })) }
}

// Tells a waiting person the reason.
function sayWhoUploads (settings: Settings, { face }: Call): void {
  const log = logOf(settings)
  const holder = lockHolder(join(log.directory, hiddenName(log, 'upload')))
  if (holder !== null && holder.liveness !== 'gone') face.say(`process ${holder.pid ?? 'unknown'} is uploading: waiting for it`)
}

// Tells a person why an archive is missing.
async function sayWhatIsPlain (settings: Settings, { face }: Call): Promise<void> {
  if (settings.compression === null || settings.bundle !== null) return
  const plain = (await surveyLog(settings, systemClock.now())).archives.filter(({ archive }) => archive.suffix === '')
  if (plain.length > 0) face.say(`${showCount(plain.length, 'archive')} not compressed yet, so not sent: compress now with pino-rotor sweep`)
}
