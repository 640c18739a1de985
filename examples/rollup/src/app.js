// Logs through a worker: what to bundle for it is in rollup.config.mjs.
import './worker-paths.js'
import { once } from 'node:events'
import pino from 'pino'
import { transport } from 'pino-rotor'

async function main () {
  const destination = transport({ file: 'logs/app.log', size: process.env.LOG_SIZE ?? '50m' })
  const logger = pino(destination)
  for (let n = 0; n < 500; n++) logger.info({ n }, 'handled')
  await destination.sweep()
  destination.end()
  await once(destination, 'close')
}

main()
