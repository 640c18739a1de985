// One logger, two files: errors by themselves and the rest in the main file, as `routes` does it and as pino's own `targets`
// with `dedupe` do. Counted until every line is on the disk and the worker is gone. A field, which pino's targets cannot
// tell lines apart by, stands beside them.
import { once } from 'node:events'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pino from 'pino'
import { transport } from 'pino-rotor'
import { numbers, request } from './lines.js'

const linesPerTick = 100
const errorEvery = 10
const usual = { size: false, compress: false, report: false }

const contestants = {
  'routes by level': (folder) => transport({
    ...usual, file: join(folder, 'app.log'), routes: [{ file: join(folder, 'error.log'), match: { level: 'error' } }]
  }),
  'routes by field': (folder) => transport({
    ...usual, file: join(folder, 'app.log'), routes: [{ file: join(folder, 'error.log'), match: { kind: 'error' } }]
  }),
  'targets of pino/file': (folder) => targets('pino/file', (file) => ({ destination: join(folder, file) })),
  'targets of pino-rotor': (folder) => targets(fileURLToPath(import.meta.resolve('pino-rotor')), (file) => ({ ...usual, file: join(folder, file) }))
}

function targets (target, options) {
  return pino.transport({
    dedupe: true,
    targets: [{ target, level: 'trace', options: options('app.log') }, { target, level: 'error', options: options('error.log') }]
  })
}

async function measure ({ scenario: { lines }, contestant, folder }) {
  const destination = contestants[contestant](folder)
  await once(destination, 'ready')
  const logger = pino({ level: 'trace' }, destination)
  const next = numbers()
  const cpu = process.cpuUsage()
  const startedMs = performance.now()
  for (let number = 0; number < lines; number++) {
    const fields = request(next)
    if (number % errorEvery === 0) logger.error({ kind: 'error', ...fields }, 'request failed')
    else logger.info({ kind: 'request', ...fields }, 'request completed')
    if (number % linesPerTick === 0) await setImmediate()
  }
  const closed = once(destination, 'close')
  destination.end()
  await closed
  const { user, system } = process.cpuUsage(cpu)
  return { usPerLine: (performance.now() - startedMs) * 1000 / lines, cpuUsPerLine: (user + system) / lines }
}

export default {
  name: 'routes',
  title: 'Routes: one logger, two files',
  metrics: { usPerLine: 'µs a line', cpuUsPerLine: 'CPU µs a line' },
  scenarios: (quick) => [{ name: 'one line in ten is an error', contestants: Object.keys(contestants), lines: quick ? 2_000 : 100_000 }],
  targets: () => ['targets of pino/file', 'targets of pino-rotor'].map((over) => ({
    says: `${over} ÷ routes by level`, scenario: 'one line in ten is an error', over, under: 'routes by level', metric: 'usPerLine', atLeast: 1
  })),
  measure
}
