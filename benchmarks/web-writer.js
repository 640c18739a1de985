// An application that logs so many lines a second through pino and pino-rotor: `node web-writer.js FILE LINES SECONDS`. Prints how
// many lines a second it wrote.
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import pino from 'pino'
import rotor from 'pino-rotor'
import { numbers, request } from './lines.js'

const [file, linesPerSecond, seconds] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])]
const portionMs = 10

const stream = await rotor({ file, size: '100m', limit: { count: 2 }, compress: false })
const log = pino({}, stream)
const next = numbers()
const requests = Array.from({ length: 1_000 }, () => request(next))
const startedMs = performance.now()
let written = 0
for (let elapsedMs = 0; elapsedMs < seconds * 1_000; elapsedMs = performance.now() - startedMs) {
  for (const due = elapsedMs * linesPerSecond / 1_000; written < due; written++) log.info(requests[written % requests.length], 'request completed')
  await setTimeout(portionMs)
}
process.stdout.write(`${Math.round(written / (performance.now() - startedMs) * 1_000)}\n`)
stream.end()
await once(stream, 'close')
