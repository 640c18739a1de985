// The worker's side alone: each contestant is given strings as thread-stream's worker gives them, one when the last was
// taken, cut anywhere and of lengths that vary a little, since no log's chunks fall on the pages of a file. Beside them
// stands a bare fs.writeSync of the same strings, and of bytes that are ready to be written.
import { once } from 'node:events'
import { closeSync, openSync, writeSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { logText, numbers } from './lines.js'

const distinctBytes = 8 * 1024 * 1024
const chunkSizes = [
  { name: '400 B', chunkBytes: 400, totalMebibytes: 48, target: 1.5 },
  { name: '4 KiB', chunkBytes: 4096, totalMebibytes: 64, target: 1.5 },
  { name: '64 KiB', chunkBytes: 65_536, totalMebibytes: 192, target: 1.3 },
  { name: '4 MiB', chunkBytes: 4_194_304, totalMebibytes: 256, target: 1.1 }
]

const contestants = {
  'pino-rotor': async (file) => (await import('pino-rotor')).default({ file, size: '50m', compress: false, report: false }),
  'pino-roll': async (file) => (await import('pino-roll')).default({ file, size: '50m' }),
  'pino-roll sync': async (file) => (await import('pino-roll')).default({ file, size: '50m', sync: true }),
  'rotating-file-stream': async (file) => (await import('rotating-file-stream')).createStream(basename(file), { path: dirname(file), size: '50M' }),
  'pino/file': async (file) => (await import('pino/file.js')).default({ destination: file }),
  'fs.writeSync of strings': bareWrite,
  'fs.writeSync of bytes': bareWrite
}

function bareWrite (file) {
  const descriptor = openSync(file, 'a')
  return {
    write (chunk) {
      writeSync(descriptor, chunk)
      return true
    },
    end () { closeSync(descriptor) }
  }
}

async function measure ({ scenario: { chunkBytes, totalMebibytes }, contestant, folder }) {
  const text = logText(Math.max(Math.min(distinctBytes, totalMebibytes * 1024 * 1024), chunkBytes * 3))
  const chunks = chunksOf(text, chunkBytes, contestant.endsWith('bytes'))
  const stream = await contestants[contestant](join(folder, 'app.log'))
  const count = Math.ceil(totalMebibytes * 1024 * 1024 / chunkBytes)
  await feed(stream, chunks, Math.ceil(count / 10)) // warms up what is compiled as it runs
  const cpu = process.cpuUsage()
  const startedMs = performance.now()
  await feed(stream, chunks, count)
  await end(stream)
  const ms = performance.now() - startedMs
  const { user, system } = process.cpuUsage(cpu)
  return { usPerMebibyte: ms * 1000 / totalMebibytes, usPerChunk: ms * 1000 / count, cpuUsPerChunk: (user + system) / count }
}

// As long as asked in the mean, and up to a sixteenth more or less.
function chunksOf (text, chunkBytes, asBytes) {
  const next = numbers()
  const chunks = []
  let start = 0
  while (start + chunkBytes * 17 / 16 <= text.length) {
    const end = start + Math.round(chunkBytes * (15 + next() % 1000 / 500) / 16)
    const bytes = text.subarray(start, end)
    chunks.push(asBytes ? bytes : bytes.toString())
    start = end
  }
  return chunks
}

// thread-stream goes on in the next turn of the event loop, or when a stream that is full has drained.
async function feed (stream, chunks, count) {
  for (let index = 0; index < count; index++) {
    if (stream.write(chunks[index % chunks.length])) await setImmediate()
    else await once(stream, 'drain')
  }
}

async function end (stream) {
  const closed = stream.on === undefined ? null : once(stream, 'close')
  stream.end()
  await closed
}

export default {
  name: 'drain',
  title: "Drain: the worker's side alone",
  ours: ['pino-rotor'],
  metrics: { usPerMebibyte: 'µs a MiB', usPerChunk: 'µs a chunk', cpuUsPerChunk: 'CPU µs a chunk' },
  scenarios: (quick) => chunkSizes.slice(0, quick ? 2 : 4).map(({ name, chunkBytes, totalMebibytes }) => (
    { name: `chunks of ${name}`, contestants: Object.keys(contestants), chunkBytes, totalMebibytes: quick ? Math.ceil(chunkBytes / 1048576) : totalMebibytes }
  )),
  targets: () => chunkSizes.flatMap(({ name, target }) => [
    { says: `pino-roll ÷ ours, ${name}`, over: 'pino-roll', atLeast: target },
    { says: `pino-roll sync ÷ ours, ${name}`, over: 'pino-roll sync', atLeast: 1 },
    ...name === '64 KiB' ? [{ says: 'fs.writeSync of the same strings ÷ ours, 64 KiB', over: 'fs.writeSync of strings', atLeast: 0.7 }] : []
  ].map((row) => ({ ...row, under: 'pino-rotor', metric: 'usPerMebibyte', scenario: `chunks of ${name}` }))),
  measure
}
