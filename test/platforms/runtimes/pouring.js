// Logs numbered lines until it is killed, and says which were flushed.
import { writeSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import pino from 'pino'
import { transport } from 'pino-rotor'

const destination = transport({ file: process.argv[2], size: '20k', limit: false, report: false })
const logger = pino(destination)
for (let i = 0; ; i += 20) {
  for (let offset = 0; offset < 20; offset++) logger.info({ i: i + offset })
  destination.flushSync()
  writeSync(1, `${i + 20}\n`)
  await setImmediate()
}
