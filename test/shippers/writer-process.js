// The application whose log is shipped: numbered lines at an even pace. Arguments: `rotor` or `plain`, the file, how often
// to rotate, how long to write, both in milliseconds. `plain` is pino's own destination, which logrotate rotates and which
// reopens its file at SIGHUP. Prints how many lines it wrote.
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import pino from 'pino'
import { transport } from '../../dist/index.js'

const [kind, file, everyMs, durationMs] = process.argv.slice(2)
const stepMs = 20
const linesPerStep = 10
const text = 'x'.repeat(120)

const destination = kind === 'rotor'
  // Nothing is removed, and an archive stays plain for long enough to be read: as docs/shippers.md advises.
  ? transport({ file, limit: false, compress: { after: '5s' } })
  : pino.destination({ dest: file, sync: false })
const logger = pino(destination)

if (kind === 'plain') process.on('SIGHUP', () => destination.reopen())
await once(destination, 'ready')
console.log('ready')

const end = performance.now() + Number(durationMs)
let rotateAt = performance.now() + Number(everyMs)
let n = 0
while (performance.now() < end) {
  for (let line = 0; line < linesPerStep; line++) logger.info({ n: n++, text }, 'shipped')
  if (kind === 'rotor' && performance.now() >= rotateAt) {
    rotateAt += Number(everyMs)
    await destination.rotate()
  }
  await setTimeout(stepMs)
}
destination.end()
await once(destination, 'close')
console.log(JSON.stringify({ lines: n }))
