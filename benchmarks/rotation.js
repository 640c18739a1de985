// What a rotation costs beside few archives and beside many. A swap is timed in process, where it is one synchronous call;
// whatever a sweep does afterwards is not in it.
import { join } from 'node:path'
import rotor from 'pino-rotor'
import { folderWithArchives } from './archives.js'
import { numbers, request } from './lines.js'

const swaps = 400
const beside = (archives) => `beside ${archives.toLocaleString('en')} archives`

async function measure ({ scenario: { archives, swapsMax }, contestant, folder }) {
  const logs = folderWithArchives(folder, archives[contestant], 'pino-rotor')
  const stream = await rotor({ file: join(logs, 'app.log'), size: '50m', limit: { count: false, age: false }, report: false })
  const [first, ...others] = await timeSwaps(stream, swapsMax)
  stream.destroy()
  others.sort((a, b) => a - b)
  return { swapP99Us: at(others, 0.99), swapP50Us: at(others, 0.5), firstMs: first / 1000 }
}

async function timeSwaps (stream, count) {
  const next = numbers()
  const us = []
  for (let swap = 0; swap <= count; swap++) {
    stream.write(JSON.stringify(request(next)) + '\n')
    const startedMs = performance.now()
    const rotated = stream.rotate()
    us.push((performance.now() - startedMs) * 1000)
    await rotated
  }
  return us
}

function at (sorted, share) {
  return sorted[Math.floor((sorted.length - 1) * share)]
}

export default {
  name: 'rotation',
  title: 'Rotation: a swap beside many archives',
  ours: ['all'],
  metrics: { swapP99Us: 'swap p99 µs', swapP50Us: 'swap p50 µs', firstMs: 'the first, which lists the folder, ms' },
  scenarios: (quick) => {
    const archives = Object.fromEntries((quick ? [10, 100] : [10, 1_000, 100_000]).map((count) => [beside(count), count]))
    return [{ name: 'a swap', contestants: Object.keys(archives), archives, swapsMax: quick ? 10 : swaps }]
  },
  targets: (quick) => [
    { says: 'swap p99 beside 100,000 archives ÷ beside 10', scenario: 'a swap', over: beside(quick ? 100 : 100_000), under: beside(10), metric: 'swapP99Us', atMost: 1.5 }
  ],
  measure
}
