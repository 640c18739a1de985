// On a terminal, every command that can take long shows within a second that it works, and goes on showing it until it prints. The
// commands run in process here. The test moves the clock: once when a command has begun, and once when its work is done.
import { appendFileSync, closeSync, openSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { answer } from '../../src/cli/answer.js'
import { commands } from '../../src/cli/commands.js'
import type { Face } from '../../src/cli/terminal/face.js'
import { Output, OutputClosedError } from '../../src/cli/terminal/output.js'
import { Progress } from '../../src/cli/terminal/progress.js'
import { fill, linesFrom, temporaryFolder } from './command-line.js'

const clear = '\r\u001b[K'

let folder: string
let file: string
/** What stderr gets. */
let shown: string[]

beforeEach(() => {
  folder = temporaryFolder()
  file = join(folder, 'logs', 'app.log')
  shown = []
  fill(join(folder, 'logs'), {
    'app.20251001_121111.log.gz': linesFrom(0, 0, 100),
    'app.20251002_121111.log': linesFrom(0, 100, 100),
    'app.log': linesFrom(0, 200, 10)
  })
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  vi.stubEnv('ARCHIVE_FOLDER', join(folder, 'store'))
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'key')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret')
})

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllEnvs()
})

/** The progress of a command. A second passes once the command has begun, before its first call of the system returns. */
class WatchedProgress extends Progress {
  constructor () { super((text) => { shown.push(text) }) }

  override begin (): void {
    super.begin()
    queueMicrotask(() => { vi.advanceTimersByTime(1000) })
  }
}

/** A terminal. `onWrite` is called before each output, with its number. */
function terminal (onWrite: (times: number) => void): Face {
  const descriptor = openSync(join(folder, 'printed'), 'a')
  onTestFinished(() => { closeSync(descriptor) })
  const progress = new WatchedProgress()
  const say = (line: string): void => {
    progress.giveWay()
    shown.push(line)
  }
  let times = 0
  const out = new Output(descriptor, () => {
    onWrite(++times)
    progress.giveWay()
  })
  return { out, progress, isTerminal: true, columns: 80, lineColumns: 80, paint: (_, text) => text, say, sayPart: (text) => { shown.push(text) } }
}

async function serve (listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  onTestFinished(() => { server.close().closeAllConnections() })
  await new Promise((resolve) => server.once('listening', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function configured (options: object): string {
  const path = join(folder, 'options.json')
  writeFileSync(path, JSON.stringify({ file, ...options }))
  return path
}

async function receiver (): Promise<string> {
  return await serve((request, response) => { request.resume().once('end', () => { response.setHeader('Content-Type', 'application/json').end('{}') }) })
}

const storeModule = join(import.meta.dirname, '../../examples/object-storage/folder-store.js')
const emptyList = '<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>'

/** How each command is called. */
const calls: Record<string, () => string[] | Promise<string[]>> = {
  status: () => ['status', file],
  'status DIR': () => ['status', join(folder, 'logs')],
  rotate: () => ['rotate', file],
  sweep: () => ['sweep', file, '--defaults'],
  'sweep --dry-run': () => ['sweep', file, '--defaults', '--dry-run'],
  bundle: () => ['bundle', file, '--defaults'],
  'bundle --dry-run': () => ['bundle', file, '--defaults', '--dry-run'],
  cat: () => ['cat', file],
  'cat with a hit at the end alone': () => ['cat', file, '--match', 'n=209'],
  'cat --tail': () => ['cat', file, '--tail', '3'],
  'cat --count': () => ['cat', file, '--count'],
  'cat --follow, through what is there': () => ['cat', file, '--follow', '--head', '1', '--match', 'n=199'],
  query: () => ['query', file, 'select count(*) as n from log'],
  upload: () => ['upload', '--config', configured({ upload: { module: storeModule } })],
  'upload --dry-run': () => ['upload', '--dry-run', '--config', configured({ upload: { module: storeModule } })],
  download: async () => ['download', '--since', '1h', '--config', configured({ upload: { to: 's3://bucket', endpoint: await serve((_, response) => { response.end(emptyList) }) } })],
  'forward --until-sent': async () => ['forward', file, '--from', 'oldest', '--until-sent', '--url', await receiver()],
  verify: () => ['verify', file],
  'verify DIR': () => ['verify', join(folder, 'logs')],
  doctor: () => ['doctor', file],
  'doctor DIR': () => ['doctor', join(folder, 'logs')]
}

test('every command is called here, but for those that print at once', () => {
  const called = new Set(Object.keys(calls).map((name) => name.split(' ')[0]))
  expect(commands.map(({ name }) => name).filter((name) => !called.has(name))).toEqual(['web', 'completion'])
})

test.each(Object.keys(calls))('shows that it works until it prints: %s', async (name) => {
  const args = await calls[name]?.() ?? expect.fail()
  let beforeOutput: string | undefined
  const status = await answer(args, terminal(() => {
    vi.advanceTimersByTime(1500)
    beforeOutput ??= shown.at(-1)
  }), commands)
  expect([0, 1]).toContain(status)
  expect(beforeOutput).toMatch(/working for \d s$|[█░] \d+ %$/)
  expect(shown.at(-1)).toBe(clear)
  expect(vi.getTimerCount()).toBe(0)
})

test('what is live shows no progress: cat --follow', async () => {
  const printedTwice = answer(['cat', file, '--follow', '--match', 'n>=209'], terminal((times) => {
    if (times === 1) appendFileSync(file, linesFrom(0, 210, 1))
    if (times === 1) return
    shown.length = 0
    vi.advanceTimersByTime(5000)
    throw new OutputClosedError()
  }), commands)
  expect(await printedTwice).toBe(0)
  expect(shown).toEqual([])
})

test('what is live shows no progress: forward', async () => {
  const before = process.listeners('SIGINT')
  const forwarding = answer(['forward', file, '--from', 'oldest', '--url', await receiver()], terminal(() => {
    shown.length = 0
    vi.advanceTimersByTime(5000)
    for (const interrupt of process.listeners('SIGINT')) if (!before.includes(interrupt)) interrupt('SIGINT')
  }), commands)
  expect(await forwarding).toBe(0)
  expect(shown).toEqual([])
})
