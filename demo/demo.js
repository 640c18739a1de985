// Shows pino-rotor at work: a Fastify server logs through pino and this transport while autocannon sends it some ten
// thousand requests over loopback. Then the demo looks for every line that pino wrote. Each must be in a file that is left,
// or in an archive that a limit removed. Exits with 1 if a line is missing, doubled or out of place.
// @ts-check
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { transport } from 'pino-rotor'
import { sendRequests } from './load.js'
import { Record } from './record.js'
import { showAccount, showEvents, showFiles, showRound, showSettings } from './show.js'
import { startServer } from './server.js'

const rounds = 5
const requestsPerRound = 2_000
const longestMs = 60_000

/** @type {import('./record.js').DemoOptions} */
const options = {
  size: '64k',
  frequency: '5s',
  compress: 'gzip',
  limit: { count: 16, totalSize: '640k', age: '1h' }
}

// Removes the folder, however the demo ends.
const folder = mkdtempSync(join(tmpdir(), 'pino-rotor-demo-'))
const removeFolder = () => { rmSync(folder, { recursive: true, force: true }) }
process.on('exit', removeFolder)
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))
const watch = setTimeout(() => {
  console.error(`the demo did not end within ${longestMs / 1000} seconds`)
  process.exit(1)
}, longestMs)

const file = join(folder, 'logs/app.log')
const startedMs = performance.now()
const destination = transport({ file, ...options })
const record = new Record(file, options, destination)
await once(destination, 'ready')
// The transport has registered its own exit handler by now, which writes the waiting lines. Registering again moves the
// removal of the folder behind it.
process.off('exit', removeFolder).on('exit', removeFolder)
showSettings(options, rounds * requestsPerRound)

const server = await startServer(destination, record)
for (let round = 1; round <= rounds; round++) {
  const before = record.counts()
  const load = await sendRequests(server.url, requestsPerRound)
  record.answered(load.answered)
  // Lets people see each step in its own round. Without this, it would come later, because an archive is left alone for a second
  // before it is compressed or removed.
  await destination.sweep()
  showRound(round, load, before, record.counts())
}
await server.close()
await destination.rotate()
await destination.sweep()
destination.end()
await once(destination, 'close')
clearTimeout(watch)

const account = record.settle()
showFiles(account)
showEvents(record)
showAccount(account, performance.now() - startedMs)
process.exitCode = account.faults.length === 0 ? 0 : 1
