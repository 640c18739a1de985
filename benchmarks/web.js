// How soon `pino-rotor web` shows a log in 200 archives: the first lines, the histogram of all history, an indexed value, a new line.
// First from its server, as one request of a fresh server, timed from its sending to its last byte. Then on the page in a browser.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { soughtValue, writeLog } from './reading.js'
import { hasBrowser, measureFilter, measureFlood, measureLoad, measureShownTail } from './web-page.js'

const program = fileURLToPath(new URL('../dist/cli.js', import.meta.url))
const archivesUsual = 200
const archivesQuick = 5
const tailedLines = 200
const kibibyte = 1024
const flood = { linesPerSecond: 50_000, seconds: 20 }
const floodQuick = { linesPerSecond: 5_000, seconds: 2 }

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
    return { ...await measureAnswer(scenario, server, prepared), residentMebibytes: residentMebibytes(server) }
  } finally {
    server.child.kill('SIGINT')
    await once(server.child, 'exit')
  }
}

async function measureAnswer ({ asks, flood }, server, { folder, value }) {
  const file = join(folder, 'logs', 'app.log')
  switch (asks) {
    case 'tail': return await measureTail(server, file)
    case 'page': return await measureLoad(server.address)
    case 'filter': return await measureFilter(server.address, value)
    case 'shownTail': return await measureShownTail(server.address, file)
    case 'flood': return await measureFlood(server.address, file, flood)
    default: return await measureRequest(server, paths[asks]({ value }))
  }
}

async function started (logs) {
  const child = spawn(process.execPath, [program, 'web', logs, '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = await once(child.stdout, 'data')
  const address = new URL(line.toString().trim())
  return { child, address: address.href, port: address.port, token: address.searchParams.get('token') }
}

async function measureRequest (server, path) {
  const startedMs = performance.now()
  const bytes = await answered(server, path)
  const ms = performance.now() - startedMs
  await answered(server, path)
  return { ms, againMs: performance.now() - startedMs - ms, bytes }
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
    appendFileSync(file, `${JSON.stringify({ level: 30, time: 1_790_000_000_000, sentMs: performance.now(), msg: 'a new line' })}\n`)
    await setTimeout(10 + line % 37)
  }
  await setTimeout(500)
  request.destroy()
  if (delaysMs.length !== tailedLines) throw new Error(`${delaysMs.length} of ${tailedLines} lines came`)
  const sorted = delaysMs.sort((a, b) => a - b)
  return { ms: sorted[Math.floor(sorted.length / 2)], p99Ms: sorted[Math.ceil(sorted.length * 0.99) - 1] }
}

function residentMebibytes ({ child }) {
  const peak = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]
  return peak === undefined ? NaN : Number(peak) / kibibyte
}

function scenarios (quick, sizeMebibytes) {
  const size = `${sizeMebibytes} MiB`
  const scenario = (name, asks, more = {}) => ({ name, asks, contestants: ['pino-rotor'], ...more })
  const chosen = quick ? floodQuick : flood
  return [
    scenario(`the newest lines of ${size}`, 'lines'),
    scenario(`the histogram of ${size}`, 'histogram'),
    scenario(`an indexed value of ${size}`, 'indexed'),
    scenario(`the fields of ${size}`, 'fields'),
    scenario(`a new line of ${size}`, 'tail'),
    ...hasBrowser
      ? [
          scenario(`the page of ${size}`, 'page'),
          scenario(`an indexed value of ${size} on the page`, 'filter'),
          scenario(`a new line of ${size} on the page`, 'shownTail'),
          scenario(`${chosen.linesPerSecond} lines a second on the page`, 'flood', { flood: chosen })
        ]
      : []
  ]
}

function targets (quick, sizeMebibytes) {
  const [, , , , , page, filter, shownTail, flooded] = scenarios(quick, sizeMebibytes).map(({ name }) => name)
  const most = (scenario, says, metric, atMost) => ({ says: `${scenario}: ${says}`, scenario, over: 'pino-rotor', metric, atMost })
  return [
    most(page, 'ms to the first lines on screen', 'ms', 500), most(page, 'ms to the histogram on screen', 'histogramMs', 1_000), most(page, 'MiB of the server', 'residentMebibytes', 150),
    most(filter, 'ms to the line on screen', 'ms', 1_500), most(shownTail, 'ms to a new line on screen, p99', 'p99Ms', 300),
    { says: `${flooded}: frames a second`, scenario: flooded, over: 'pino-rotor', metric: 'framesPerSecond', atLeast: 59 },
    most(flooded, 'MiB of the tab (150 MB)', 'tabMebibytes', 143), most(flooded, 'MiB of the server', 'residentMebibytes', 150)
  ]
}

export default {
  name: 'web',
  title: 'Web: how soon the page and its server answer',
  metrics: {
    ms: 'ms',
    againMs: 'ms for the same again',
    histogramMs: 'ms to the histogram',
    p99Ms: 'p99 ms',
    bytes: 'bytes',
    framesPerSecond: 'frames a second',
    slowFrames: 'frames above 50 ms',
    longTasks: 'long tasks',
    tabMebibytes: 'peak MiB of the tab',
    heapMebibytes: 'peak MiB of its heap',
    linesPerSecond: 'lines a second written',
    residentMebibytes: 'peak MiB of the server'
  },
  needs: { chromium: hasBrowser },
  prepare,
  scenarios,
  targets,
  measure
}
