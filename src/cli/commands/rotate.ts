// `pino-rotor rotate`: rotates now, with the worker's code and lock. A running writer notices it and follows.
import { basename } from 'node:path'
import { systemClock } from '../../clock.js'
import { describe } from '../../disk/archive-folder.js'
import { RotorDisabledError } from '../../errors.js'
import type { RotatedEvent } from '../../events.js'
import { rotateNow } from '../../lifecycle/writing/rotate-now.js'
import { logOf } from '../../policy/names/archive-name.js'
import { lookPastSwap } from '../../reading/swap-instant.js'
import { findActiveLog } from '../targets/active-target.js'
import { commonOptions, type Call, type Command, type ExitStatus } from '../call/command.js'
import { UsageError } from '../call/usage-error.js'
import { plannedRotation } from '../planned-rotation.js'
import { showBytes } from '../screen/units.js'
import { showJson, showLines } from '../terminal/visible.js'

export const rotate: Command = {
  name: 'rotate',
  description: 'Rotates now: the active file becomes an archive and a new one takes its place. A running application continues ' +
    'in the new file. An empty file stays. The next sweep compresses the archive and applies the limits.',
  options: {
    ...commonOptions,
    'dry-run': { type: 'boolean', help: 'tells what would happen, and changes nothing' }
  },
  example: 'pino-rotor rotate logs/app.log --config rotor.json',
  run
}

async function run (call: Call): Promise<ExitStatus> {
  const { settings, shown } = await findActiveLog(call)
  if (await lookPastSwap(logOf(settings), () => describe(settings.file)) === null) throw new UsageError(`${shown} does not exist: there is nothing to rotate, only archives`)
  if (!settings.enabled) throw new RotorDisabledError(settings.file)
  const dryRun = call.flags.has('dry-run')
  const rotated = dryRun ? plannedRotation(settings, systemClock.now()) : rotateNow(settings, systemClock)
  await call.face.out.write(call.flags.has('json')
    ? showJson({ dryRun, rotated })
    : showLines([sentence(shown, rotated, dryRun)], call.face.lineColumns))
  return 0
}

function sentence (shown: string, rotated: RotatedEvent | null, dryRun: boolean): string {
  if (rotated === null) return `${shown} is empty: nothing to rotate`
  return `${dryRun ? 'would rotate' : 'rotated'} ${shown} to ${basename(rotated.archive)} (${showBytes(rotated.bytes)})`
}
