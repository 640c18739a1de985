// Logs through a transform of our own into a file that rotates.
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import pino from 'pino'

const transport = pino.transport({
  pipeline: [
    { target: fileURLToPath(new URL('add-service.js', import.meta.url)), options: { service: 'shop' } },
    { target: 'pino-rotor', options: { file: 'logs/app.log', size: process.env.LOG_SIZE ?? '50m' } }
  ]
})
const logger = pino(transport)

for (let n = 0; n < 2000; n++) logger.info({ n }, 'a line')

const alive = setInterval(() => {}, 1000)
await once(transport, 'ready')
transport.end()
await once(transport, 'close')
clearInterval(alive)
