// Makes the sender that the options name.
import { setImmediate } from 'node:timers/promises'
import type { Clock } from '../../clock.js'
import { RotorOptionsError } from '../../errors.js'
import type { Forwarding } from '../../options/settings.js'
import { filledHeaders, secretsOf } from '../../options/elsewhere/forwarding.js'
import { ModuleSender, type SendLines } from '../../forward/module-sender.js'
import { OtlpSender } from '../../forward/otlp-sender.js'
import type { Rest, Sender } from '../../forward/sender.js'
import { importModule } from '../import-module.js'

/** How long a receiver may be silent. */
const silenceMs = 30_000

/** Opens the sender without sending, until the signal is aborted. It rests between pieces of work; left out, it turns to the thread's other work. Throws a RotorOptionsError if a module is missing or wrong. */
export async function openSender ({ place }: Forwarding, clock: Clock, signal: AbortSignal, rest: Rest = setImmediate): Promise<Sender> {
  if (place.kind === 'otlp') {
    const secrets = secretsOf(place.headers, process.env)
    return new OtlpSender({ ...place, headers: filledHeaders(place.headers, process.env), secrets, silenceMs }, clock.now, rest)
  }
  const loaded = await importModule(place.module, 'forward.module', signal)
  const send = loaded['default'] ?? loaded['send']
  if (typeof send !== 'function') throw new RotorOptionsError([{ path: 'forward.module', expected: `a module whose default export is a function (lines, signal) => Promise (${place.module})`, received: typeof send }])
  return new ModuleSender(place.module, send as SendLines, silenceMs)
}
