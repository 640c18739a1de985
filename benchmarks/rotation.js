// What a rotation costs beside few archives and beside many, and how long a start takes there. A swap is timed in process,
// where it is one synchronous call; whatever a sweep does afterwards is not in it.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { numbers, request } from './lines.js'

const swaps = 400
const starters = {
  'pino-rotor': async (file) => (await import('pino-rotor')).default({ file, size: '50m', limit: { count: false, age: false }, report: false }),
  'pino-roll': async (file) => (await import('pino-roll')).default({ file, size: '50m' }),
  'pino/file': async (file) => (await import('pino/file.js')).default({ destination: file })
}

async function measure ({ scenario: { archives, swapsMax = swaps }, contestant, folder }) {
  const logs = join(folder, 'logs')
  mkdirSync(logs)
  for (let number = 0; number < archives; number++) writeFileSync(join(logs, nameOf(contestant, number)), '\n')
  await starters[contestant](join(folder, 'elsewhere.log')) // loads what is to be loaded
  const startedMs = performance.now()
  const stream = await starters[contestant](join(logs, 'app.log'))
  stream.write('{"level":30,"msg":"first"}\n')
  const startMs = performance.now() - startedMs
  const us = contestant === 'pino-rotor' ? await timeSwaps(stream, swapsMax) : []
  stream.destroy()
  return { swapP99Us: at(us, 0.99), swapP50Us: at(us, 0.5), startMs }
}

function nameOf (contestant, number) {
  return contestant === 'pino-roll' ? `app.log.${number + 1}` : `app.20200101_000000.${number + 1}.log.gz`
}

async function timeSwaps (stream, count) {
  const next = numbers()
  const us = []
  for (let swap = 0; swap < count; swap++) {
    stream.write(JSON.stringify(request(next)) + '\n')
    const startedMs = performance.now()
    const rotated = stream.rotate()
    us.push((performance.now() - startedMs) * 1000)
    await rotated
  }
  return us.sort((a, b) => a - b)
}

function at (sorted, share) {
  return sorted[Math.floor((sorted.length - 1) * share)] ?? NaN
}

const named = (archives) => `beside ${archives.toLocaleString('en')} archives`

export default {
  name: 'rotation',
  title: 'Rotation: a swap and a start beside many archives',
  metrics: { swapP99Us: 'swap p99 µs', swapP50Us: 'swap p50 µs', startMs: 'start ms' },
  scenarios: (quick) => (quick ? [10, 100] : [10, 1000, 100_000]).map((archives) => (
    { name: named(archives), contestants: Object.keys(starters), archives, swapsMax: quick ? 10 : swaps }
  )),
  targets: (quick) => [
    { says: 'swap p99 beside 100,000 archives ÷ beside 10', scenario: named(quick ? 100 : 100_000), underScenario: named(10), over: 'pino-rotor', under: 'pino-rotor', metric: 'swapP99Us', atMost: 1.5 }
  ],
  measure
}
