// The application of one contestant: it logs numbered lines at a steady rate, and then ends its transport and waits for it.
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import pino from 'pino'

const { contestant, lines, port, file, rivalsFolder } = JSON.parse(process.argv[2])
const url = `http://127.0.0.1:${port}`
const linesPerSecond = 100
const readyMsMax = 2_000
const closeMsMax = 15_000

/** The options of each rival, as its page gives them. */
const options = {
  'pino-loki': { host: url, labels: { application: 'arrival' } },
  '@logtail/pino': { sourceToken: 'token', options: { endpoint: url } },
  'pino-elasticsearch': { node: url, index: 'arrival', esVersion: 8, flushBytes: 1000 },
  'pino-opentelemetry-transport': {},
  'pino-socket': { address: '127.0.0.1', port, mode: 'tcp', reconnect: true, recovery: true }
}
Object.assign(process.env, { OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: 'http/protobuf', OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: `${url}/v1/logs` })

const destination = contestant in options
  ? pino.transport({ target: createRequire(join(rivalsFolder, 'package.json')).resolve(contestant), options: options[contestant] })
  : (await import('pino-rotor')).transport({ file, report: false, forward: { to: 'otlp', url, from: 'oldest' } })
destination.on('error', () => {})
const alive = setInterval(() => {}, 60_000)
// Some are ready only once pino has told them its options, and some only once their receiver is there.
const logger = pino(destination)
await Promise.race([once(destination, 'ready'), setTimeout(readyMsMax)])
const startedMs = performance.now()
let logged = 0
await new Promise((resolve) => {
  const timer = setInterval(() => {
    const due = Math.min(lines, (performance.now() - startedMs) / 1000 * linesPerSecond)
    for (; logged < due; logged++) logger.info(`arrival-${logged};`)
    if (logged < lines) return
    clearInterval(timer)
    resolve()
  }, 10)
})
const closed = once(destination, 'close')
destination.end()
// Some never close while the receiver is away.
await Promise.race([closed, setTimeout(closeMsMax)])
clearInterval(alive)
process.exit(0)
