// What a line costs the application: the time from the first line until everything is on the disk and the destination is
// closed, and the CPU time of the application's own thread. The files rotate often, so that rotation is in the numbers.
import { once } from 'node:events'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { numbers, request } from './lines.js'
import { openLogger } from './loggers.js'
import { threadCpuUs } from './usage.js'

const plain = ['transport()', 'pino-rotor target', 'pino-roll', 'pino-roll sync', 'rotating-file-stream', 'pino/file', 'pino into a worker that drops all', 'pino into shared memory', 'pino into nothing']
const gzip = ['transport(), gzip', 'pino-rotor target, gzip', 'pino-roll']
const targets = ['pino-rotor in targets', 'pino-roll in targets']

async function measure ({ scenario: { lines, linesPerTick, size }, contestant, folder }) {
  const { logger, destination, close } = await openLogger(contestant, join(folder, 'app.log'), size)
  const requests = requestsToLog()
  await warmUp({ logger, destination, requests, lines: lines / 2, linesPerTick })
  const cpuUs = threadCpuUs()
  const startedMs = performance.now()
  await log({ logger, requests, lines, linesPerTick })
  const handedOverMs = performance.now() - startedMs
  await close()
  const ms = performance.now() - startedMs
  if (!contestant.startsWith('pino into')) expectEverything(folder, lines)
  return { us: ms * 1000 / lines, handedOverUs: handedOverMs * 1000 / lines, threadCpuUs: (threadCpuUs() - cpuUs) / lines }
}

async function log ({ logger, requests, lines, linesPerTick }) {
  for (let logged = 0; logged < lines;) {
    for (let inTick = 0; inTick < linesPerTick; inTick++, logged++) logger.info(requests[logged % requests.length], 'request completed')
    await setImmediate()
  }
}

// What is compiled as it runs is compiled before, and written.
async function warmUp ({ destination, ...what }) {
  await log(what)
  if (destination.flush !== undefined) await new Promise((resolve) => { destination.flush(resolve) })
  else if (destination.writableNeedDrain === true) await once(destination, 'drain')
}

function requestsToLog () {
  const next = numbers()
  return Array.from({ length: 1000 }, () => request(next))
}

// No line is shorter than 200 bytes, and compressed ones take a tenth: what lost more than a rounding error is no contestant.
function expectEverything (folder, lines) {
  const names = readdirSync(folder).filter((name) => !name.startsWith('.'))
  const bytes = names.reduce((sum, name) => sum + statSync(join(folder, name)).size * (name.endsWith('.gz') ? 20 : 1), 0)
  if (bytes < lines * 200) throw new Error(`${bytes} bytes are too few for ${lines} lines`)
}

function scenario (name, contestants, lines, quick, rest) {
  return { name, contestants, lines: quick ? 2_000 : lines, linesPerTick: 100, size: quick ? '64k' : '5m', ...rest }
}

export default {
  name: 'hand-over',
  title: 'Hand-over: what a line costs the application',
  ours: [...plain, ...gzip, ...targets].filter((name) => name.startsWith('transport()') || name.startsWith('pino-rotor')),
  metrics: { us: 'µs a line', handedOverUs: 'of it until handed over', threadCpuUs: "CPU µs of the application's thread" },
  scenarios: (quick) => [
    scenario('100 lines a tick', plain, 100_000, quick, {}),
    scenario('10 lines a tick', plain, 100_000, quick, { linesPerTick: 10 }),
    scenario('100 lines a tick, compressing', gzip, 1_000_000, quick, { size: quick ? '64k' : '20m' }),
    scenario('100 lines a tick, in targets', targets, 50_000, quick, {})
  ],
  targets: () => [
    { says: "pino-roll's time ÷ transport()'s, 100 lines a tick", scenario: '100 lines a tick', over: 'pino-roll', under: 'transport()', atLeast: 1.2 },
    { says: "pino-roll's time ÷ transport()'s, 10 lines a tick", scenario: '10 lines a tick', over: 'pino-roll', under: 'transport()', atLeast: 1.2 },
    { says: "pino-roll's time ÷ transport()'s with gzip on", scenario: '100 lines a tick, compressing', over: 'pino-roll', under: 'transport(), gzip', atLeast: 1.1 },
    { says: "pino-roll's time ÷ the plain target's with gzip on", scenario: '100 lines a tick, compressing', over: 'pino-roll', under: 'pino-rotor target, gzip', atLeast: 0.95 }
  ].map((target) => ({ ...target, metric: 'us' })),
  measure
}
