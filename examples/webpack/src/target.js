// Logs through a target that pino loads in its worker by name.
import { setTimeout } from 'node:timers/promises'
import pino from 'pino'

async function main () {
  const logger = pino(pino.transport({ target: 'pino-rotor', options: { file: 'logs/target.log', size: process.env.LOG_SIZE ?? '50m' } }))
  for (let n = 0; n < 500; n++) logger.info({ n }, 'handled')
  // The archives are compressed by the way, in about a second.
  await setTimeout(3000)
}

main()
