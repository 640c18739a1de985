// Process 1 of a container: logs so many numbered lines, and notes in the volume what fails and what works again. An empty
// file takes no room, so that it can be made on a full volume.
import { closeSync, openSync } from 'node:fs'
import pino from 'pino'
import { transport } from 'pino-rotor'

const destination = transport({ file: 'logs/app.log', size: '100k', limit: false, compress: false })
for (const name of ['failed', 'recovered']) destination.once(name, () => { closeSync(openSync(`logs/${name}`, 'w')) })
const logger = pino(destination)
const alive = setInterval(() => {}, 60_000)
process.once('SIGTERM', () => {
  clearInterval(alive)
  destination.end()
})
for (let i = 0; i < Number(process.argv[2]); i++) logger.info({ i })
