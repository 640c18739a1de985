// What the application feels while every write to the log takes long: a worker that writes synchronously waits, the
// application does not. strace makes the log's writes slow; without it there is nothing to measure.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { numbers, request } from './lines.js'
import { openLogger } from './loggers.js'

const contestants = ['transport()', 'pino-roll', 'pino/file', 'pino-rotor in process']

async function measure ({ scenario: { seconds }, contestant, folder }) {
  const { logger, close } = await openLogger(contestant, join(folder, 'app.log'), '50m')
  const next = numbers()
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const longestMs = await everyMillisecond(seconds * 1000, () => { logger.info(request(next), 'request completed') })
  delay.disable()
  await close()
  return { delayP99Ms: delay.percentile(99) / 1e6, delayP50Ms: delay.percentile(50) / 1e6, longestMs }
}

function everyMillisecond (ms, action) {
  return new Promise((resolve) => {
    const startedMs = performance.now()
    let longestMs = 0
    const timer = setInterval(() => {
      const beforeMs = performance.now()
      action()
      longestMs = Math.max(longestMs, performance.now() - beforeMs)
      if (beforeMs - startedMs < ms) return
      clearInterval(timer)
      resolve(longestMs)
    }, 1)
  })
}

const hasStrace = spawnSync('strace', ['--version']).status === 0

export default {
  name: 'slow-disk',
  title: 'Slow disk: what the application feels when every write takes long',
  metrics: { delayP99Ms: 'event loop p99 ms', delayP50Ms: 'p50 ms', longestMs: 'longest log.info ms' },
  scenarios: (quick) => (hasStrace ? [0, 50] : []).map((writeTakesMs) => (
    { name: writeTakesMs === 0 ? 'as it is' : `a write takes ${writeTakesMs} ms`, contestants, writeTakesMs, seconds: quick ? 0.2 : 3 }
  )),
  targets: () => [],
  measure
}
