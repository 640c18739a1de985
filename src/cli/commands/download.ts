// `pino-rotor download`: downloads archives and bundles from the store to where `cat` reads them.
import { basename, join, resolve } from 'node:path'
import { systemClock } from '../../clock.js'
import { downloadNow, type DownloadDone } from '../../lifecycle/downloading/download-now.js'
import { readStatus } from '../../lifecycle/survey/read-status.js'
import type { Settings } from '../../options/settings.js'
import type { Window } from '../../policy/filters/line-window.js'
import { remedyFor } from '../../remote/store-error.js'
import { commonOptions, type Call, type Command, type ExitStatus } from '../call/command.js'
import { readWindow } from '../call/since-and-until.js'
import { shownPath, targetToBe } from '../targets/log-target.js'
import { findStored, type StoreTarget } from '../targets/store-target.js'
import { untilDone } from '../call/until-done.js'
import { UsageError } from '../call/usage-error.js'
import { showBytes, showCount } from '../screen/units.js'
import { showJson, showLines } from '../terminal/visible.js'

export const download: Command = {
  name: 'download',
  description: 'Downloads archives and bundles from the bucket of the option "upload" to where cat reads them: all that may have lines since ' +
    '--since. Each is proven by its SHA-256. Existing files stay as they are. Exit status 1 if a download fails.',
  options: {
    ...commonOptions,
    since: { type: 'string', placeholder: 'TIME', help: '2025-10-01, 2025-10-01T12:00:00Z, or 30d for 30 days ago' },
    until: { type: 'string', placeholder: 'TIME', help: 'the same, for the end' },
    to: { type: 'string', placeholder: 'DIR', help: 'the folder for the files; no limit removes them there' },
    host: { type: 'string', placeholder: 'NAME', help: 'only files that the host NAME has stored, if "upload.key" has {hostname}' }
  },
  example: 'pino-rotor download logs/app.log --config rotor.json --since 2025-10-01 --to restored',
  run
}

async function run (call: Call): Promise<ExitStatus> {
  const { face, flags } = call
  const { settings, uploading, place } = withBucket(await findStored(call, 'download', targetToBe))
  const window = windowOf(call, settings)
  const target = settingsFor(settings, call.values.get('to'))
  const done = await untilDone(downloadNow({ settings: target, place, keyTemplate: keyTemplateFor(uploading, call), window }, systemClock, {
    onPlanned: (bytes) => { face.progress.expect(bytes) },
    onReceived: (bytes) => { face.progress.add(bytes) }
  }))
  await face.out.write(flags.has('json') ? showJson(done) : showLines(sentences(done), face.lineColumns))
  for (const { file, code, message } of done.failed) {
    const remedy = remedyFor(code)
    face.say(`${basename(file)} was not downloaded: ${message}${remedy === null ? '' : ` (${remedy})`}`)
  }
  if (done.downloaded.length > 0 && !call.values.has('to')) await warnOfLimits(target, call)
  return done.failed.length > 0 ? 1 : 0
}

function withBucket (target: StoreTarget): StoreTarget & { readonly place: Extract<StoreTarget['uploading']['place'], { kind: 'bucket' }> } {
  const { place } = target.uploading
  if (place.kind === 'bucket') return { ...target, place }
  throw new UsageError(`download needs a bucket, but "upload.module" (${shownPath(place.module)}) is your own store, which cannot be listed: copy its files into the folder of ${target.shown}`)
}

function windowOf ({ values }: Call, { timezone }: Settings): Window {
  const since = values.get('since')
  if (since === undefined) throw new UsageError('download needs a time: give --since, such as --since 2025-10-01 or --since 30d')
  return readWindow(since, values.get('until'), { nowMs: systemClock.now(), timezone })
}

function keyTemplateFor ({ keyTemplate, anyHostKeyTemplate }: StoreTarget['uploading'], { values }: Call): string {
  const host = values.get('host')
  if (host === undefined) return keyTemplate
  if (!/^[A-Za-z0-9._-]+$/.test(host)) throw new UsageError(`--host ${JSON.stringify(host)} is not a host name: write it as in the keys`)
  return anyHostKeyTemplate.replaceAll('{hostname}', host)
}

// The settings for a log in another folder, with its bundles where `cat` finds them without options.
function settingsFor (settings: Settings, to: string | undefined): Settings {
  if (to === undefined) return settings
  const directory = resolve(to)
  return {
    ...settings,
    file: join(directory, basename(settings.file)),
    bundle: settings.bundle === null ? null : { ...settings.bundle, directory: join(directory, 'archive') }
  }
}

function sentences ({ downloaded, present }: DownloadDone): string[] {
  const lines = [
    ...downloaded.map(({ file, bytes }) => `downloaded ${shownPath(file)} (${showBytes(bytes)})`),
    ...present.length === 0 ? [] : [`${showCount(present.length, 'file')} there already`]
  ]
  return lines.length === 0 ? ['nothing to download'] : lines
}

// Warns if the next sweep would remove the downloaded files.
async function warnOfLimits (settings: Settings, { face }: Call): Promise<void> {
  const { retention: { due } } = await readStatus(settings, systemClock.now())
  if (due.files > 0) face.say(`"limit" allows ${showCount(due.files, 'file')} fewer than there are now, and the next sweep removes the oldest: use --to DIR for another folder`)
}
