// The application whose log is shipped: numbered lines at an even pace, until told to end. Arguments: `rotor` or `plain`,
// and the file. `plain` is pino's own destination, which logrotate rotates and which reopens its file at SIGHUP. On
// stdin it takes `rotate` and `end`. It prints how many lines there are whenever a new file is in place, and at the end.
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import pino from 'pino'
import { transport } from '../../dist/index.js'

const [kind, file] = process.argv.slice(2)
const stepMs = 20
const linesPerStep = 10
const text = 'x'.repeat(120)

const destination = kind === 'rotor'
  // Nothing is removed, and an archive stays plain for long enough to be read: as docs/shippers.md advises.
  ? transport({ file, limit: false, compress: { after: '5s' } })
  : pino.destination({ dest: file, sync: false })
const logger = pino(destination)
let n = 0

function tellLines () { console.log(n) }

await once(destination, 'ready')
tellLines()
if (kind === 'plain') {
  destination.on('ready', tellLines)
  process.on('SIGHUP', () => destination.reopen())
}

const writing = setInterval(() => {
  for (let line = 0; line < linesPerStep; line++) logger.info({ n: n++, text }, 'shipped')
}, stepMs)

for await (const request of createInterface({ input: process.stdin })) {
  if (request === 'end') break
  await destination.rotate()
  tellLines()
}
clearInterval(writing)
destination.end()
await once(destination, 'close')
tellLines()
process.exit()
