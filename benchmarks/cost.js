// What a million lines cost the machine: CPU time of all threads, the most memory that was held, and whether memory grows
// the longer it runs.
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { numbers, request } from './lines.js'
import { openLogger } from './loggers.js'
import { heldMebibytes, peakMebibytes } from './usage.js'

const contestants = ['transport(), gzip', 'transport()', 'pino-rotor target', 'pino-roll', 'pino-roll sync', 'pino/file']
const linesPerTick = 100

async function measure ({ scenario: { lines, size }, contestant, folder }) {
  const { logger, destination, close } = await openLogger(contestant, join(folder, 'app.log'), size)
  const next = numbers()
  const requests = Array.from({ length: 1000 }, () => request(next))
  const held = []
  const cpu = process.cpuUsage()
  for (let logged = 0; logged < lines;) {
    for (let inTick = 0; inTick < linesPerTick; inTick++, logged++) logger.info(requests[logged % requests.length], 'request completed')
    if (destination.writableNeedDrain) await new Promise((resolve) => destination.once('drain', resolve))
    else await setImmediate()
    if (logged % Math.floor(lines / 100) < linesPerTick) held.push(heldMebibytes())
  }
  await close()
  const { user, system } = process.cpuUsage(cpu)
  return { cpuS: (user + system) / 1e6, peakMebibytes: peakMebibytes(), firstQuarterMebibytes: mean(held.slice(0, 25)), lastQuarterMebibytes: mean(held.slice(75)) }
}

function mean (values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

export default {
  name: 'cost',
  title: 'Cost: CPU and memory',
  metrics: { cpuS: 'CPU s', peakMebibytes: 'peak MiB', firstQuarterMebibytes: 'MiB in the first quarter', lastQuarterMebibytes: 'MiB in the last quarter' },
  scenarios: (quick) => [
    { name: 'a million lines', contestants, lines: quick ? 5_000 : 1_000_000, size: quick ? '512k' : '20m' },
    { name: 'a long run', contestants: contestants.slice(0, 1), lines: quick ? 5_000 : 4_000_000, size: quick ? '512k' : '50m' }
  ],
  targets: () => [],
  measure
}
