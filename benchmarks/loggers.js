// The loggers that are compared from the application's side, each with pino in front and set up as its page tells.
// A destination is closed by `close`, which resolves when everything is on the disk and the worker is gone.
import { once } from 'node:events'
import { basename, dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import pino from 'pino'
import { createStream } from 'rotating-file-stream'
import { transport } from 'pino-rotor'

const target = (name) => fileURLToPath(import.meta.resolve(name))
const rotor = (file, size, options) => ({ file, size, compress: false, limit: { count: false, age: false }, report: false, ...options })

const makers = {
  'pino into nothing': () => ({ destination: { write () {} }, close: async () => {} }),
  'pino into a worker that drops all': () => worker(pino.transport({ target: fileURLToPath(new URL('./drop.js', import.meta.url)) })),
  'pino into shared memory': () => ({ destination: intoSharedMemory(), close: async () => {} }),
  'transport()': (file, size) => worker(transport(rotor(file, size))),
  'transport(), gzip': (file, size) => worker(transport(rotor(file, size, { compress: 'gzip' }))),
  'transport(), gzip, upload': (file, size, { endpoint }) => worker(transport(rotor(file, size, { compress: 'gzip', upload: uploadTo(endpoint) }))),
  'transport(), gzip, forward': (file, size, { endpoint }) => worker(transport(rotor(file, size, { compress: 'gzip', forward: { to: 'otlp', url: `${endpoint}/v1/logs` } }))),
  'pino-rotor target': (file, size) => worker(pino.transport({ target: target('pino-rotor'), options: rotor(file, size) })),
  'pino-rotor target, gzip': (file, size) => worker(pino.transport({ target: target('pino-rotor'), options: rotor(file, size, { compress: 'gzip' }) })),
  'pino-rotor in targets': (file, size) => worker(pino.transport({ targets: [{ target: target('pino-rotor'), options: rotor(file, size) }] })),
  'pino-rotor in process': async (file, size) => inProcess(await (await import('pino-rotor')).default(rotor(file, size))),
  'pino-roll': (file, size) => worker(pino.transport({ target: target('pino-roll'), options: { file, size } })),
  'pino-roll sync': (file, size) => worker(pino.transport({ target: target('pino-roll'), options: { file, size, sync: true } })),
  'pino-roll in targets': (file, size) => worker(pino.transport({ targets: [{ target: target('pino-roll'), options: { file, size } }] })),
  'pino/file': (file) => worker(pino.transport({ target: 'pino/file', options: { destination: file } })),
  'rotating-file-stream': (file, size) => inProcess(createStream(basename(file), { path: dirname(file), size: size.toUpperCase() }))
}

/** Makes a logger that writes to the file, and what closes it. */
export async function openLogger (name, file, size, store) {
  const { destination, close } = await makers[name](file, size, store)
  return { logger: pino({}, destination), destination, close }
}

// Each process has keys of its own, so that the store takes every archive.
function uploadTo (endpoint) {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret' })
  return { to: 's3://bucket', endpoint, key: `${process.pid}/{name}` }
}

// What a transport with a worker cannot do without: a tick's lines as one string, as bytes, where another thread could read them.
function intoSharedMemory () {
  const memory = Buffer.from(new SharedArrayBuffer(4 * 1024 * 1024))
  let gathered = ''
  let usedBytes = 0
  const handOver = () => {
    const lines = Buffer.from(gathered)
    gathered = ''
    if (lines.length > memory.length - usedBytes) usedBytes = 0
    usedBytes += lines.copy(memory, usedBytes)
  }
  return {
    write (line) {
      if (gathered === '') setImmediate(handOver)
      gathered += line
    }
  }
}

async function worker (destination) {
  await once(destination, 'ready')
  return { destination, close: () => end(destination) }
}

function inProcess (destination) {
  return { destination, close: () => end(destination) }
}

async function end (destination) {
  const closed = once(destination, 'close')
  destination.end()
  await closed
}
