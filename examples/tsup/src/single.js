// Logs in this thread: one file, and nothing besides it to bundle.
import { once } from 'node:events'
import pino from 'pino'
import rotor from 'pino-rotor'

async function main () {
  const destination = await rotor({ file: 'logs/single.log', size: process.env.LOG_SIZE ?? '50m' })
  const logger = pino(destination)
  for (let n = 0; n < 500; n++) logger.info({ n }, 'handled')
  await destination.sweep()
  destination.end()
  await once(destination, 'close')
}

main()
