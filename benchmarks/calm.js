// What an application feels that logs 30,000 lines a second while files rotate and are compressed: how late its event
// loop comes round, and how long log.info takes, on two cores and on one.
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { numbers, request } from './lines.js'
import { openLogger } from './loggers.js'
import { startObjectStore } from './object-store.js'

const linesPerMs = 30
const contestants = ['pino/file', 'transport(), gzip', 'transport(), gzip, upload', 'transport(), gzip, forward', 'transport()', 'pino-roll']

async function measure ({ scenario: { warmUpMs, seconds, size }, contestant, folder, prepared }) {
  const { logger, close } = await openLogger(contestant, join(folder, 'app.log'), size, prepared)
  const next = numbers()
  const requests = Array.from({ length: 1000 }, () => request(next))
  await steadily(logger, requests, warmUpMs, null)
  const latencies = new Float64Array(seconds * 1000 * linesPerMs * 2)
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const count = await steadily(logger, requests, seconds * 1000, latencies)
  delay.disable()
  await close()
  const sorted = latencies.subarray(0, count).sort()
  const at = (share) => sorted[Math.floor((count - 1) * share)] * 1000
  return {
    delayP99Ms: delay.percentile(99) / 1e6,
    delayP50Ms: delay.percentile(50) / 1e6,
    delayP999Ms: delay.percentile(99.9) / 1e6,
    infoP50Us: at(0.5),
    infoP99Us: at(0.99),
    infoP999Us: at(0.999)
  }
}

// Each turn logs what is due by then, so that a late turn does not lower the rate.
function steadily (logger, requests, ms, latencies) {
  return new Promise((resolve) => {
    const startedMs = performance.now()
    let logged = 0
    const timer = setInterval(() => {
      const elapsedMs = performance.now() - startedMs
      for (const due = Math.min(elapsedMs, ms) * linesPerMs; logged < due; logged++) {
        const beforeMs = performance.now()
        logger.info(requests[logged % requests.length], 'request completed')
        if (latencies !== null) latencies[logged] = performance.now() - beforeMs
      }
      if (elapsedMs < ms) return
      clearInterval(timer)
      resolve(logged)
    }, 1)
  })
}

export default {
  name: 'calm',
  title: 'Calm: what the application feels at 30,000 lines a second',
  ours: ['transport(), gzip', 'transport()'],
  metrics: { delayP99Ms: 'event loop p99 ms', delayP50Ms: 'p50 ms', delayP999Ms: 'p99.9 ms', infoP50Us: 'log.info p50 µs', infoP99Us: 'p99 µs', infoP999Us: 'p99.9 µs' },
  // The first file is compressed while it warms up: the start of a thread is no part of the steady state.
  scenarios: (quick) => [{ name: 'on two cores', cores: 2 }, { name: 'on one core', cores: 1 }].map((scenario) => (
    { ...scenario, contestants, warmUpMs: quick ? 200 : 3_000, seconds: quick ? 0.2 : 4, size: quick ? '512k' : '10m' }
  )),
  prepare: startObjectStore,
  targets: () => ['gzip', 'gzip, upload', 'gzip, forward'].flatMap((steps) => [
    { says: `p99 delay with rotation and ${steps} ÷ pino/file's without, two cores`, scenario: 'on two cores', atMost: 1.15 },
    { says: `p99 delay with rotation and ${steps} ÷ pino/file's without, one core`, scenario: 'on one core', atMost: 1.3 }
  ].map((target) => ({ ...target, over: `transport(), ${steps}`, under: 'pino/file', metric: 'delayP99Ms' }))),
  measure
}
