// `/api/v1/logs/{id}/status`: what `status --json` and `doctor --json` print.
import { sendJson } from '../server/answers.js'
import type { LogRequest } from '../server/web-request.js'

/** Answers with the status and the doctor's findings. */
export async function statusRoute ({ log, response, looks, signal }: LogRequest): Promise<void> {
  const [status, findings] = await looks.run(async () => await Promise.all([log.status(), log.findings()]), signal)
  sendJson(response, { status, findings })
}
