// Process 1 of a container: logs numbered lines into a file that other containers write as well, and says which were flushed.
import { writeSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import pino from 'pino'
import { transport } from 'pino-rotor'

const destination = transport({ file: 'logs/app.log', size: '20k', limit: false, report: false })
const logger = pino(destination)
const ending = new AbortController()
process.once('SIGTERM', () => { ending.abort() })
for (let i = Number(process.argv[2]); !ending.signal.aborted; i += 20) {
  for (let offset = 0; offset < 20; offset++) logger.info({ i: i + offset })
  destination.flushSync()
  writeSync(1, `${i + 20}\n`)
  await setImmediate()
}
destination.end()
