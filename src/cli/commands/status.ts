// `pino-rotor status`: shows the files on the disk for a log, or for every log of a folder.
import { resolve } from 'node:path'
import { systemClock } from '../../clock.js'
import { gaugesText } from '../../policy/metrics/prometheus.js'
import type { LogStatus } from '../../policy/status/status-shape.js'
import { readStatusOfAll } from '../../lifecycle/survey/read-status.js'
import { parseSize } from '../../options/values/size.js'
import { rotatedByOthers, strangersIn, type ForeignFile } from '../../reading/foreign-files.js'
import { logOf } from '../../policy/names/archive-name.js'
import { findLogs } from '../targets/active-target.js'
import { ofEachLog } from '../targets/each-log.js'
import { commonOptions, type Call, type Command, type ExitStatus } from '../call/command.js'
import { isOfFolder, type LogTarget } from '../targets/log-target.js'
import { UsageError } from '../call/usage-error.js'
import { folderScreen } from '../screen/folder-screen.js'
import { showUntilLeft } from '../terminal/alternate-screen.js'
import { statusScreen } from '../screen/status-screen.js'
import { showBytes } from '../screen/units.js'
import { showJson } from '../terminal/visible.js'
import { hasOwnKey } from '../../platform/own-key.js'

const refreshMs = 2_000

interface Bounds {
  readonly bytesMax: number
  readonly filesMax: number
}

interface Found {
  readonly target: LogTarget
  readonly status: LogStatus
  readonly foreign: readonly ForeignFile[]
}

export const status: Command = {
  name: 'status',
  description: 'Shows a log on the disk: files and bytes by kind, what compression saves, how many bytes are added a day, and ' +
    'how long until a limit is reached or the disk is full. FILE may also be a folder: then it shows every log in it, the largest first, and the files there that are not ours.',
  options: {
    ...commonOptions,
    'max-size': { type: 'string', placeholder: 'SIZE', help: 'exit 1 if all files together are larger, such as 5g' },
    'max-files': { type: 'string', placeholder: 'COUNT', help: 'exit 1 if there are more files' },
    prometheus: { type: 'boolean', help: "prints the gauges in Prometheus's text format; the counters are in the file of the option \"metrics\"" },
    watch: { type: 'boolean', help: 'refreshes the screen every two seconds, until q' }
  },
  example: 'pino-rotor status logs/app.log --max-size 5g',
  run
}

async function run (call: Call): Promise<ExitStatus> {
  const bounds = boundsOf(call)
  if (!call.flags.has('watch')) return await once(call, bounds)
  if (!call.face.isTerminal || call.flags.has('json')) throw new UsageError('--watch needs a terminal, and no --json')
  call.face.progress.end()
  const draw = async (): Promise<string> => `${screen(call, await look(call))}\n${call.face.paint('dim', 'q leaves')}`
  await showUntilLeft(call.face.out, draw, refreshMs)
  return 0
}

async function once (call: Call, bounds: Bounds): Promise<ExitStatus> {
  const found = await look(call)
  if (call.flags.has('prometheus')) await call.face.out.write(gauges(found))
  else await call.face.out.write(call.flags.has('json') ? json(call, found) : screen(call, found))
  return beyond(call, bounds, found) ? 1 : 0
}

async function look (call: Call): Promise<Found[]> {
  const targets = await findLogs(call)
  const found = await ofEachLog(targets, async (target) => ({
    target,
    status: await readStatusOfAll(target.settings, systemClock.now(), target.isConfigured ? 'config' : 'defaults'),
    foreign: rotatedByOthers(logOf(target.settings))
  }))
  return found.sort((a, b) => b.status.total.bytes - a.status.total.bytes)
}

// One text for all logs, because a metric may occur only once in it.
function gauges (found: readonly Found[]): string {
  const [first, ...others] = found.flatMap(({ status }) => [status, ...status.routes ?? []])
  return first === undefined ? '' : gaugesText({ ...first, routes: others })
}

function json (call: Call, found: readonly Found[]): string {
  const statuses = found.map(({ status }) => status)
  return showJson(isOfFolder(call) ? statuses : statuses[0])
}

function screen (call: Call, found: readonly Found[]): string {
  const logs = found.map(({ target: { shown }, status, foreign }) => ({ shown, status, foreign }))
  const [first] = logs
  if (first !== undefined && !isOfFolder(call)) return statusScreen(first.status, first.shown, first.foreign, call.face)
  const bundleFolders = found.filter(({ status }) => status.kinds.bundle.files > 0).map(({ status }) => status.bundles.directory)
  const strangers = strangersIn(resolve(call.file ?? ''), found.map(({ target }) => logOf(target.settings)), bundleFolders)
  return folderScreen(logs, strangers, call.face)
}

function boundsOf ({ values }: Call): Bounds {
  const size = values.get('max-size')
  const files = values.get('max-files')
  const bytes = size === undefined ? { value: Infinity } : parseSize(size)
  if (hasOwnKey(bytes, 'expected')) throw new UsageError(`--max-size: expected ${bytes.expected}, received ${size ?? ''}`)
  if (files !== undefined && !/^\d+$/.test(files)) throw new UsageError(`--max-files: expected a whole number, received ${files}`)
  return { bytesMax: bytes.value, filesMax: files === undefined ? Infinity : Number(files) }
}

function beyond ({ face }: Call, { bytesMax, filesMax }: Bounds, found: readonly Found[]): boolean {
  const bytes = found.reduce((sum, { status: { total } }) => sum + total.bytes, 0)
  const files = found.reduce((sum, { status: { total } }) => sum + total.files, 0)
  if (bytes > bytesMax) face.say(`${showBytes(bytes)} are more than --max-size ${showBytes(bytesMax)}`)
  if (files > filesMax) face.say(`${files} files are more than --max-files ${filesMax}`)
  return bytes > bytesMax || files > filesMax
}
