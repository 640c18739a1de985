// `pino-rotor forward`: sends lines to a collector with the worker's code and lock, beside an application or in its sidecar.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '../../clock.js'
import { lowerOwnPriority } from '../../disk/compress/idle-priority.js'
import { lockHolder } from '../../disk/lock/lock-holder.js'
import { RotorDisabledError } from '../../errors.js'
import type { RotorEvents } from '../../events.js'
import { forwardNow, type ForwardedLog, type ForwardWork, type TellNews } from '../../lifecycle/forwarding/forward-now.js'
import type { Forwarding, Settings } from '../../options/settings.js'
import { logOf } from '../../policy/names/archive-name.js'
import { hiddenName } from '../../policy/names/hidden-name.js'
import { requireActivePath } from '../targets/active-target.js'
import { commonOptions, type Call, type Command, type ExitStatus } from '../call/command.js'
import { rawOptions, shownPath, targetToBe } from '../targets/log-target.js'
import { UsageError } from '../call/usage-error.js'
import { showBytes, showCount } from '../screen/units.js'
import { visible } from '../terminal/visible.js'
import { hasOwnKey } from '../../platform/own-key.js'

export const forward: Command = {
  name: 'forward',
  description: 'Sends the lines of the log to the receiver of --url, or of the option "forward", from where the last process stopped, and goes on ' +
    'with what is written until it gets SIGINT or SIGTERM. It begins at the next line if nothing was sent yet. While another process forwards the ' +
    'log, it waits.',
  options: {
    ...commonOptions,
    json: { type: 'boolean', help: 'print each event as a line of JSON' },
    url: { type: 'string', placeholder: 'URL', help: 'a receiver of OTLP over HTTP, such as http://127.0.0.1:4318/v1/logs' },
    from: { type: 'string', placeholder: 'PLACE', help: 'where to begin if nothing was sent yet: now, or oldest' },
    'until-sent': { type: 'boolean', help: 'ends once everything in the files is acknowledged; exit status 1 if a line was rejected' }
  },
  example: 'pino-rotor forward logs/app.log --url http://127.0.0.1:4318/v1/logs',
  run
}

async function run (call: Call): Promise<ExitStatus> {
  await requireActivePath(call)
  const { settings } = await targetToBe(withReceiver(await rawOptions(call), call), call)
  if (!settings.enabled) throw new RotorDisabledError(settings.file)
  const logs = forwardedLogs(settings)
  if (logs.length === 0) throw new UsageError('forward needs a receiver: give --url URL, or --config PATH with the option "forward". Nothing was sent')
  // It works behind the application, which a worker's thread cannot: that thread writes the log as well.
  lowerOwnPriority()
  // A process that forwards already is looked for before this one takes the lock.
  const ahead = logs.map(whatIsAhead)
  let rejected = 0
  const tell: TellNews = (file, event, details) => {
    if (hasOwnKey(details, 'rejected')) rejected += details.rejected
    void show(file, event, details, call).catch(() => {}) // a closed pipe is no reason to stop sending
  }
  const untilSent = call.flags.has('until-sent')
  const stopped = untilStopped(forwardNow(logs, { clock: systemClock, untilSent, tell }))
  for (const line of ahead) call.face.say(line)
  if (!untilSent) call.face.progress.end()
  await stopped
  return untilSent && rejected > 0 ? 1 : 0
}

// `--url` and `--from` win over the options.
function withReceiver (raw: Record<string, unknown>, { values }: Call): Record<string, unknown> {
  const url = values.get('url')
  const from = values.get('from')
  const { forward: configured } = raw
  const own = typeof configured === 'object' && configured !== null ? configured : {}
  if (url === undefined && (from === undefined || own !== configured)) return raw
  return { ...raw, forward: { ...own, ...url !== undefined && { to: 'otlp', url }, ...from !== undefined && { from } } }
}

function forwardedLogs (settings: Settings): ForwardedLog[] {
  const bySettings = new Map([settings, ...settings.routes.map((route) => route.settings)].map((own) => [own.file, own]))
  return [...bySettings.values()].flatMap((own) => own.forward === null ? [] : [{ settings: own, forwarding: own.forward }])
}

function whatIsAhead ({ settings, forwarding: { place } }: ForwardedLog): string {
  const shown = shownPath(settings.file)
  const log = logOf(settings)
  const holder = lockHolder(join(log.directory, hiddenName(log, 'forward')))
  if (holder !== null && holder.liveness !== 'gone') return `process ${holder.pid ?? 'unknown'} forwards ${shown}: this waits for it`
  return existsSync(settings.file) ? `forwards ${shown} to ${receiverOf(place)}` : `${shown} does not exist yet: this waits for it`
}

// The query of an address may hold a secret.
function receiverOf (place: Forwarding['place']): string {
  if (place.kind === 'module') return place.module
  const { origin, pathname } = new URL(place.url)
  return `${origin}${pathname}`
}

/** What a person is told, of the events that forwarding has. */
const texts: { readonly [Name in keyof RotorEvents]?: (event: RotorEvents[Name][0]) => string } = {
  failed: ({ message, retryMs }) => `${message}${retryMs > 0 ? `; tries again in ${retryMs / 1000} s` : ''}`,
  recovered: () => 'forwarding works again',
  forwarded: ({ lines, bytes, rejected }) => `sent ${showCount(lines, 'line')}, ${showBytes(bytes)}${rejected > 0 ? `; ${showCount(rejected, 'line')} rejected` : ''}`
}

async function show<Name extends keyof RotorEvents> (file: string, event: Name, details: RotorEvents[Name][0], { face, flags }: Call): Promise<void> {
  if (flags.has('json')) {
    await face.out.write(`${visible(JSON.stringify({ event, file, ...details }))}\n`)
    return
  }
  const text = texts[event]?.(details)
  if (text === undefined) return
  if (event === 'forwarded') await face.out.write(`${shownPath(file)}: ${text}\n`)
  else face.say(`${shownPath(file)}: ${text}`)
}

// A signal ends it well: the cursor is saved after each acknowledgement.
async function untilStopped ({ done, stop }: ForwardWork): Promise<void> {
  const end = (): void => { void stop() }
  process.once('SIGINT', end).once('SIGTERM', end)
  try {
    await done
  } finally {
    process.off('SIGINT', end).off('SIGTERM', end)
  }
}
