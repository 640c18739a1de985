// How soon the server of `pino-rotor web` answers on a log in 200 archives: the first lines, the histogram of all history, an indexed
// value, a new line. Each is one request of a fresh server, timed from its sending to its last byte.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { soughtValue, writeLog } from './reading.js'

const program = fileURLToPath(new URL('../dist/cli.js', import.meta.url))
const archivesUsual = 200
const archivesQuick = 5
const tailedLines = 200
const kibibyte = 1024

const paths = {
  lines: () => '/api/v1/logs/1/lines',
  histogram: () => '/api/v1/logs/1/histogram',
  indexed: ({ value }) => `/api/v1/logs/1/lines?match=reqId=${value}`,
  fields: () => '/api/v1/logs/1/fields'
}

async function prepare ({ sizeMebibytes, quick }) {
  const folder = mkdtempSync(join(tmpdir(), 'rotor-bench-web-'))
  try {
    await writeLog(join(folder, 'logs'), sizeMebibytes, { index: ['reqId'] }, quick ? archivesQuick : archivesUsual)
    return { folder, value: soughtValue(), remove: () => { rmSync(folder, { recursive: true, force: true }) } }
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    throw error
  }
}

async function measure ({ scenario, prepared }) {
  const server = await started(join(prepared.folder, 'logs'))
  try {
    return scenario.asks === 'tail' ? await measureTail(server, join(prepared.folder, 'logs', 'app.log')) : await measureRequest(server, paths[scenario.asks](prepared))
  } finally {
    server.child.kill('SIGINT')
    await once(server.child, 'exit')
  }
}

async function started (logs) {
  const child = spawn(process.execPath, [program, 'web', logs, '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = await once(child.stdout, 'data')
  const address = new URL(line.toString().trim())
  return { child, port: address.port, token: address.searchParams.get('token') }
}

async function measureRequest (server, path) {
  const startedMs = performance.now()
  const bytes = await answered(server, path)
  const ms = performance.now() - startedMs
  await answered(server, path)
  return { ms, againMs: performance.now() - startedMs - ms, bytes, residentMebibytes: residentMebibytes(server) }
}

async function answered ({ port, token }, path) {
  return await new Promise((resolve, reject) => {
    get({ port, path, agent: false, headers: { authorization: `Bearer ${token}` } }, (response) => {
      let bytes = 0
      response.on('data', (chunk) => { bytes += chunk.length })
      response.on('end', () => { response.statusCode === 200 ? resolve(bytes) : reject(new Error(`${path}: ${response.statusCode}`)) })
    }).on('error', reject)
  })
}

// Each line has the time at which it was written.
async function measureTail (server, file) {
  const delaysMs = []
  const request = get({ port: server.port, path: '/api/v1/logs/1/follow', agent: false, headers: { authorization: `Bearer ${server.token}` } })
  const [response] = await once(request, 'response')
  response.on('data', (chunk) => {
    const nowMs = performance.now()
    for (const [, atMs] of chunk.toString().matchAll(/\\"sentMs\\":([\d.]+)/g)) delaysMs.push(nowMs - Number(atMs))
  })
  for (let line = 0; line < tailedLines; line++) {
    appendFileSync(file, `${JSON.stringify({ level: 30, time: 1_790_000_000_000, sentMs: performance.now() })}\n`)
    await setTimeout(10 + line % 37)
  }
  await setTimeout(500)
  request.destroy()
  if (delaysMs.length !== tailedLines) throw new Error(`${delaysMs.length} of ${tailedLines} lines came`)
  const sorted = delaysMs.sort((a, b) => a - b)
  return { ms: sorted[Math.floor(sorted.length / 2)], p99Ms: sorted[Math.ceil(sorted.length * 0.99) - 1], residentMebibytes: residentMebibytes(server) }
}

function residentMebibytes ({ child }) {
  const peak = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]
  return peak === undefined ? NaN : Number(peak) / kibibyte
}

function scenarios (_quick, sizeMebibytes) {
  const size = `${sizeMebibytes} MiB`
  const scenario = (name, asks) => ({ name: `${name} of ${size}`, asks, contestants: ['pino-rotor'] })
  return [scenario('the newest lines', 'lines'), scenario('the histogram', 'histogram'), scenario('an indexed value', 'indexed'), scenario('the fields', 'fields'), scenario('a new line', 'tail')]
}

export default {
  name: 'web',
  title: 'Web: how soon the server of the page answers',
  metrics: { ms: 'ms', againMs: 'ms for the same again', p99Ms: 'p99 ms', bytes: 'bytes', residentMebibytes: 'peak MiB of the server' },
  prepare,
  scenarios,
  targets: () => [],
  measure
}
