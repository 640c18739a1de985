// Logs, rotates and compresses through each form of the API, in the folder that is named.
import { once } from 'node:events'
import { join } from 'node:path'
import pino from 'pino'
import rotor, { transport } from 'pino-rotor'

// A worker does not keep the process alive.
setInterval(() => {}, 60_000)
const [folder] = process.argv.slice(2)

async function use (name, destination) {
  const logger = pino(destination)
  for (let i = 0; i < 100; i++) logger.info({ i })
  const rotated = await destination.rotate()
  if (rotated === null) throw new Error(`${name} did not rotate`)
  for (let i = 100; i < 200; i++) logger.info({ i })
  await destination.sweep()
  const { total } = await destination.status()
  if (total.files !== 2) throw new Error(`${name} has ${total.files} files`)
  const closed = once(destination, 'close')
  destination.end()
  await closed
}

await use('the handle', transport({ file: join(folder, 'handle.log'), report: false }))
await use('the stream', await rotor({ file: join(folder, 'stream.log'), report: false }))

const target = pino.transport({ target: 'pino-rotor', options: { file: join(folder, 'target.log'), report: false } })
const logger = pino(target)
await once(target, 'ready')
for (let i = 0; i < 200; i++) logger.info({ i })
const closed = once(target, 'close')
target.end()
await closed
console.log('passed')
process.exit(0)
