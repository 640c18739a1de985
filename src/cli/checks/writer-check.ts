// Checks who writes the log. Several writers are fine as long as each follows the path. A writer that does not follow
// appends to a file that has become an archive.
import { hasProc } from '../../platform/operating-system.js'
import { showBytes } from '../screen/units.js'
import { ok, problem, warning, type Evidence, type Finding, type SeenWriter } from './finding.js'

/** Lists the processes that write the log, and those whose file no reader finds. */
export function checkWriters ({ writers, seesAllWriters, survey: { log } }: Evidence): Finding[] {
  const astray = writers.filter(({ name, isRemoved, isLasting }) => isLasting && (isRemoved || name !== log.base))
  const following = writers.filter((writer) => !astray.includes(writer))
  return [...astray.map((writer) => writer.isRemoved && !writer.isWriting ? idle(writer) : strayed(writer)), ...astray.length > 0 && following.length === 0 ? [] : present(following, seesAllWriters)]
}

function idle ({ pid, command, name, sizeBytes }: SeenWriter): Finding {
  return warning('writers', `process ${pid} (${command}) writes nothing but holds ${name}, which was removed: it still takes ${showBytes(sizeBytes)} of the disk`,
    'nothing to do if it logs through pino-rotor, which lets go within seconds; else restart it')
}

function strayed ({ pid, command, name, isRemoved }: SeenWriter): Finding {
  return problem('writers', `process ${pid} (${command}) still writes to ${isRemoved ? `${name}, which was removed` : name}: it does not follow the rotation`,
    'let it log through pino-rotor, or restart it; a shell\'s >> and a plain file stream never follow')
}

// A writer that has moved was seen at two files.
function present (following: readonly SeenWriter[], seesAllWriters: boolean): Finding[] {
  if (!hasProc()) return [ok('writers', 'cannot tell which processes have the log open: this system has no /proc')]
  const processes = [...new Map(following.map(({ pid, command }) => [pid, `${pid} (${command})`])).values()]
  const names = processes.join(', ')
  const unseen = seesAllWriters ? '' : ', as far as this user can see'
  switch (processes.length) {
    case 0: return [ok('writers', `no process has the log open${unseen}`)]
    case 1: return [ok('writers', `process ${names}${unseen}`)]
    default: return [warning('writers', `${processes.length} processes: ${names}${unseen}`, 'this is fine as long as each writes through pino-rotor with the same options')]
  }
}
