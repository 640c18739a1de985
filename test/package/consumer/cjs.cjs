const { once } = require('node:events')
const pino = require('pino')
const rotor = require('pino-rotor')

const { default: sameRotor, transport } = rotor

const file = process.argv[2]

async function say (destination, message) {
  pino(destination).info(message)
  destination.end()
  await once(destination, 'close')
}

async function main () {
  // A worker alone does not keep the process alive.
  const alive = setInterval(() => {}, 1000)
  await say(pino.transport({ target: 'pino-rotor', options: { file } }), 'from the target')
  await say(transport({ file }), 'from the handle')
  await say(await rotor({ file }), 'from the stream')
  if (sameRotor !== rotor) throw new Error('the default export is another function')
  clearInterval(alive)
}

main()
