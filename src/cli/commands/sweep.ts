// `pino-rotor sweep`: sweeps now, with the worker's code and locks.
import { RotorDisabledError } from '../../errors.js'
import { defaultsOption, findActiveLog, requireOptions } from '../targets/active-target.js'
import { commonOptions, type Call, type Command, type ExitStatus } from '../call/command.js'
import { showJson, showLines } from '../terminal/visible.js'
import { sentencesOf, sweepReport, sweepReportOfDryRun } from '../sweeping.js'

export const sweep: Command = {
  name: 'sweep',
  description: 'Removes archives beyond the limits, merges finished periods if the options ask for bundles, ' +
    'compresses waiting archives, and removes leftovers of a crash. It waits while the application sweeps. It needs --config or --defaults, because the options decide what is removed.',
  options: {
    ...commonOptions,
    ...defaultsOption,
    'dry-run': { type: 'boolean', help: 'tells what would happen, and changes nothing' }
  },
  example: 'pino-rotor sweep logs/app.log --config rotor.json --dry-run',
  run
}

async function run (call: Call): Promise<ExitStatus> {
  requireOptions(call, 'sweep')
  const { settings } = await findActiveLog(call)
  if (!settings.enabled) throw new RotorDisabledError(settings.file)
  const report = await (call.flags.has('dry-run') ? sweepReportOfDryRun : sweepReport)(settings)
  const lines = sentencesOf(report)
  await call.face.out.write(call.flags.has('json')
    ? showJson(report)
    : showLines(lines.length === 0 ? ['nothing to do'] : lines, call.face.lineColumns))
  for (const { step, message } of report.failed) call.face.say(`${step} failed: ${message}`)
  return report.failed.length > 0 ? 1 : 0
}
