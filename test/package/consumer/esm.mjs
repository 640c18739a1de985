import { once } from 'node:events'
import pino from 'pino'
import rotor, { transport } from 'pino-rotor'

const file = process.argv[2]

async function say (destination, message) {
  pino(destination).info(message)
  destination.end()
  await once(destination, 'close')
}

// A worker alone does not keep the process alive.
const alive = setInterval(() => {}, 1000)
await say(pino.transport({ target: 'pino-rotor', options: { file } }), 'from the target')
await say(transport({ file }), 'from the handle')
await say(await rotor({ file }), 'from the stream')
clearInterval(alive)
