// `pino-rotor doctor`: explains why a log does not rotate, does not compress or keeps too much, and what to do.
import { dirname } from 'node:path'
import { systemClock } from '../../clock.js'
import { RotorOptionsError } from '../../errors.js'
import { surveyLog } from '../../lifecycle/survey/log-survey.js'
import { withCompressors } from '../../lifecycle/log/user-compressor.js'
import { parseOptions } from '../../options/parse-options.js'
import type { Limits } from '../../options/settings.js'
import { findLogs, requireActivePath } from '../targets/active-target.js'
import { ofEachLog } from '../targets/each-log.js'
import { commonOptions, type Call, type Command, type ExitStatus } from '../call/command.js'
import { isFolder, isOfFolder, rawOptions, targetFor, type LogTarget } from '../targets/log-target.js'
import { checkBundles } from '../checks/bundles.js'
import { checkClock } from '../checks/clock.js'
import { checkCompression } from '../checks/compression.js'
import { problem, type Check, type Evidence, type Finding } from '../checks/finding.js'
import { checkFailures } from '../checks/failures.js'
import { checkForwarding } from '../checks/forwarding.js'
import { FolderWriters } from '../checks/folder-writers.js'
import { checkLeftovers, checkLocks } from '../checks/leftovers.js'
import { checkLimits } from '../checks/limits.js'
import { checkOptions } from '../checks/options.js'
import { checkRights, refusalToList } from '../checks/rights.js'
import { checkRotation } from '../checks/rotation.js'
import { checkSpace } from '../checks/space.js'
import { checkStore } from '../checks/store.js'
import { checkWriters } from '../checks/writer-check.js'
import { renameObstacle } from '../../disk/rights/rename-obstacle.js'
import { rotatedByOthers } from '../../reading/foreign-files.js'
import { parseArchiveName } from '../../policy/names/archive-name.js'
import { lookAlikes } from '../../reading/look-alikes.js'
import { doctorScreen } from '../screen/doctor-screen.js'
import { showJson } from '../terminal/visible.js'

const checks: readonly Check[] = [
  checkOptions, checkFailures, checkRotation, checkCompression, checkBundles, checkLimits, checkRights, checkSpace, checkClock, checkLeftovers, checkLocks, checkWriters
]

const lifted: Limits = { count: Infinity, ageMs: Infinity, totalBytes: Infinity, freeBytesMin: 0 }

export const doctor: Command = {
  name: 'doctor',
  description: 'Finds out why a log does not rotate, does not compress or keeps too much. Checks options, rights of the current user, free ' +
    'space, clock, leftovers, locks and other writers, and says what to do. FILE may also be a folder: then it looks at every log in it. Exit status 1 if there is a problem.',
  options: commonOptions,
  example: 'pino-rotor doctor logs/app.log --config rotor.json',
  run
}

async function run (call: Call): Promise<ExitStatus> {
  const writersOf = new FolderWriters()
  const examined = isOfFolder(call)
    ? await ofEachLog(await findLogs(call), async (target) => ({ target, findings: await examine(target, call, writersOf) }))
    : [await examineOne(call, writersOf)]
  const reports = examined.map(({ target, findings }) => ({ file: target.settings.file, checkedAt: new Date(systemClock.now()).toISOString(), findings }))
  const screens = examined.map(({ target, findings }) => doctorScreen(findings, target.shown, call.face))
  await call.face.out.write(call.flags.has('json') ? showJson(isOfFolder(call) ? reports : reports[0]) : screens.join('\n'))
  return reports.some(({ findings }) => findings.some(({ state }) => state === 'problem')) ? 1 : 0
}

async function examineOne (call: Call, writersOf: FolderWriters): Promise<{ readonly target: LogTarget, readonly findings: readonly Finding[] }> {
  await requireActivePath(call)
  const raw = await rawOptions(call)
  const faults = await faultsOf(raw)
  const target = await targetFor(faults.length === 0 ? raw : { file: raw['file'] }, call)
  const judged = { ...target, isConfigured: target.isConfigured && faults.length === 0 }
  return { target, findings: [...faults, ...(await examine(judged, call, writersOf)).filter(({ check }) => faults.length === 0 || check !== 'options')] }
}

// Wrong options are reported first. The other checks still run.
async function faultsOf (raw: Record<string, unknown>): Promise<Finding[]> {
  const { file } = raw
  if (typeof file !== 'string' || isFolder(file)) return []
  try {
    await withCompressors(parseOptions(raw))
    return []
  } catch (error) {
    if (!(error instanceof RotorOptionsError)) throw error
    return error.faults.filter(({ path }) => path !== 'file')
      .map(({ path, expected, received }) => problem('options', `"${path}": expected ${expected}, received ${received}`, 'correct it: the application does not start with it'))
  }
}

/** Checks one log, in order of the checks. */
export async function examine ({ settings, shown, isConfigured }: LogTarget, { values }: Pick<Call, 'values'>, writersOf: FolderWriters): Promise<Finding[]> {
  const nowMs = systemClock.now()
  const refused = refusalToList(dirname(settings.file))
  if (refused !== null) return [refused]
  const survey = await surveyLog(settings, nowMs)
  const config = values.get('config')
  const { writers, isComplete } = await writersOf.in(survey.log.directory)
  const evidence: Evidence = {
    settings: settings.bundle === null ? settings : { ...settings, limits: lifted },
    isConfigured,
    survey,
    writers: writers.filter(({ name }) => name === survey.log.base || parseArchiveName(name, survey.log) !== null),
    renameObstacle: renameObstacle(settings.file),
    seesAllWriters: isComplete,
    lookAlikes: lookAlikes(settings),
    foreign: rotatedByOthers(survey.log),
    nowMs,
    command: (name) => `pino-rotor ${name} ${shown}${config === undefined ? optionsAsked(name) : ` --config ${config}`}`
  }
  return [...checks.flatMap((check) => check(evidence)), ...await checkStore(settings), ...await checkForwarding(evidence)]
}

// Commands that remove or join files require their options.
function optionsAsked (command: string): string {
  return command === 'rotate' ? '' : ' --config PATH'
}
