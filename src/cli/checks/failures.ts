// Checks what fails in the processes that write the log. Each notes its last failed step beside the log.
import { remedyMark } from '../../policy/remedy.js'
import { showInstant } from '../screen/units.js'
import { problem, type Evidence, type Finding } from './finding.js'

/** Names the failing call of each process. */
export function checkFailures ({ survey: { failures } }: Evidence): Finding[] {
  return failures.map(({ pid, isAlive, step, code, message, path, sinceMs }) => {
    const [what = message, remedy = 'see rights and space below'] = message.split(remedyMark)
    const where = isAlive ? '' : ', on another host or in another container,'
    const subject = what.includes(path) ? '' : ` (${path})`
    return problem('failures', `process ${pid}${where} reports since ${showInstant(new Date(sinceMs).toISOString())} that ${step} fails (${code}): ${what}${subject}`, remedy)
  })
}
