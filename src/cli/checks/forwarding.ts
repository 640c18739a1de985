// Checks how far behind forwarding is, and what the receiver answered last. Nothing is sent.
import { readForwardStatus } from '../../lifecycle/survey/forward-status.js'
import { showBytes, showCount, showTime } from '../screen/units.js'
import { ok, problem, warning, type Evidence, type Finding } from './finding.js'

/** A receiver that is away for less long is no reason to worry. */
const lagSecondsMax = 60

/** Says how far behind forwarding is, and what to do. */
export async function checkForwarding ({ survey, settings, nowMs, command }: Evidence): Promise<Finding[]> {
  const status = settings.enabled ? await readForwardStatus(survey, settings, nowMs) : null
  if (status === null) return []
  const { waiting: { lines, bytes }, lagSeconds, lastAnswer, forwarderPid } = status
  const behind = `${showCount(lines, 'line')}${bytes === null ? '' : `, ${showBytes(bytes)}`}${lagSeconds === null || lines === 0 ? '' : `, ${showTime(lagSeconds * 1000)} behind`}`
  if (lastAnswer?.isAccepted === false) return [problem('forward', `${behind}; the receiver does not take them: ${lastAnswer.text} (${lastAnswer.at})`, remedyFor(lastAnswer.text))]
  if (lines > 0 && forwarderPid === null) return [warning('forward', `${behind}, and no process forwards now`, `start the application, or send them: ${command('forward')} --until-sent`)]
  if ((lagSeconds ?? 0) > lagSecondsMax) return [warning('forward', `${behind}, sent by process ${forwarderPid ?? 'unknown'}`, 'if it grows, the receiver is too slow: see its own metrics')]
  return [ok('forward', lines === 0 ? 'every line was sent' : `${behind}, being sent`)]
}

function remedyFor (answer: string): string {
  if (/ 40[13]\b/.test(answer)) return 'check the secret that "forward.headers" names, and its rights'
  if (/ (?:404|405|30\d)\b/.test(answer)) return 'check the path of "forward.url": OTLP is taken at /v1/logs'
  if (/ (?:429|5\d\d)\b/.test(answer)) return 'the receiver is overloaded or ill: nothing is lost, and it is tried again'
  if (/certificate|self.signed|CERT/i.test(answer)) return 'give Node the authority of the certificate with NODE_EXTRA_CA_CERTS'
  return 'check that the receiver runs and that "forward.url" leads to it'
}
