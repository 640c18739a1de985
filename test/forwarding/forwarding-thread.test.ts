// The built package forwards in a thread of its own, at a low priority.
import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { watch } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeEach, expect, test } from 'vitest'
import type { FailedEvent, ForwardedEvent, RecoveredEvent } from '../../src/events.js'
import type { RotorOptions } from '../../src/options/options.js'
import { target, transport } from '../support/built-package.js'
import { closed, eventWhere } from '../support/events.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { startReceiver, taken, type Receiver } from './receiver.js'

let folder: string
let receiver: Receiver

beforeEach(async () => {
  folder = temporaryFolder()
  receiver = await startReceiver()
})

function open (options: Partial<RotorOptions> = {}): ReturnType<typeof transport> {
  return transport({ file: join(folder, 'app.log'), report: false, compress: false, forward: { to: 'otlp', url: receiver.url, from: 'oldest' }, ...options })
}

/** How many threads of this process have a low priority. */
function lowThreads (): number {
  // The 19th field. The second one, a name in brackets, may have spaces.
  return readdirSync('/proc/self/task').filter((id) => readFileSync(`/proc/self/task/${id}/stat`, 'utf8').split(') ')[1]?.split(' ')[16] === '10').length
}

const lines = Array.from({ length: 500 }, (_, index) => `line ${index}`)

test.skipIf(process.platform !== 'linux')('sends from a thread at a low priority, which ends with the log', async () => {
  const before = lowThreads()
  const destination = open()
  for (const msg of lines) destination.write(`${JSON.stringify({ level: 30, msg })}\n`)
  await receiver.until(() => receiver.records.length >= lines.length)
  expect(lowThreads() - before).toBe(1)
  await closed(destination)
  expect(lowThreads() - before).toBe(0)
  expect(receiver.bodies).toEqual(lines)
  expect(readdirSync(folder).filter((name) => name.endsWith('.forward'))).toEqual([])
})

test('reports from the thread that forwarding fails, and that it works again', async () => {
  receiver.answering = (_, request) => request === 1 ? { status: 503 } : taken
  const destination = open()
  const failed = eventWhere<FailedEvent>(destination, 'failed', ({ step }) => step === 'forward')
  const recovered = eventWhere<RecoveredEvent>(destination, 'recovered', ({ step }) => step === 'forward')
  destination.write('{"level":30,"msg":"one"}\n')
  expect(await failed).toMatchObject({ code: 'ERR_ROTOR_FORWARD_ANSWER', path: receiver.url })
  await recovered
  await closed(destination)
  expect(receiver.bodies).toEqual(['one'])
})

test.skipIf(process.platform !== 'linux')('sends from the thread that writes, if a module packs the archives', async () => {
  writeFileSync(join(folder, 'packer.mjs'), "import { createGzip, createGunzip } from 'node:zlib'\nexport default { extension: '.packed', create: () => createGzip(), restore: () => createGunzip() }\n")
  const before = lowThreads()
  const destination = open({ compress: { module: join(folder, 'packer.mjs') } })
  destination.write('{"level":30,"msg":"one"}\n')
  await receiver.until(() => receiver.records.length >= 1)
  expect(lowThreads() - before).toBe(0)
  await closed(destination)
  expect(receiver.bodies).toEqual(['one'])
})

/** A sender of the user's own that holds up its thread from the first line on, until the file `go` is there, and then keeps the lines. */
function blockingModule (): string {
  const [began, go, kept] = ['began', 'go', 'kept'].map((name) => JSON.stringify(join(folder, name)))
  writeFileSync(join(folder, 'send.mjs'), `import { appendFileSync, existsSync, writeFileSync } from 'node:fs'
export default async (lines) => {
  writeFileSync(${began}, '')
  const pause = new Int32Array(new SharedArrayBuffer(4))
  while (!existsSync(${go})) Atomics.wait(pause, 0, 0, 10)
  for (const line of lines) appendFileSync(${kept}, line + '\\n')
}
`)
  return join(folder, 'send.mjs')
}

async function appearance (name: string): Promise<void> {
  const watching = watch(folder)
  if (existsSync(join(folder, name))) return
  for await (const { filename } of watching) if (filename === name) return
}

test('writes on while a module holds up the thread that it sends from, and sends every line afterwards', async () => {
  const destination = open({ forward: { module: blockingModule(), from: 'oldest' } })
  destination.write('{"level":30,"msg":"one"}\n')
  await appearance('began')
  destination.write('{"level":30,"msg":"two"}\n')
  await new Promise((resolve) => { destination.flush(resolve) })
  await destination.rotate()
  expect(existsSync(join(folder, 'kept'))).toBe(false)
  const forwarded = eventWhere<ForwardedEvent>(destination, 'forwarded', () => true)
  writeFileSync(join(folder, 'go'), '')
  await forwarded
  await appearance('kept')
  await closed(destination)
  expect(readFileSync(join(folder, 'kept'), 'utf8')).toContain('"one"')
})

// Only a resolver's file is loaded in this package's threads. This one has a name like that.
const deadly = `
const { existsSync, writeFileSync } = require('node:fs')
const { workerData } = require('node:worker_threads')
if (workerData?.present !== undefined && !existsSync(MARK)) {
  writeFileSync(MARK, '')
  setImmediate(() => { throw new Error('the thread has died') })
}
`

const application = `
import { transport } from 'pino-rotor'
const destination = transport(JSON.parse(process.argv[2]))
destination.on('failed', ({ code, message }) => { console.log('failed', code, message) })
destination.on('recovered', ({ step }) => {
  console.log('recovered', step)
  destination.write('{"level":30,"msg":"two"}\\n')
  destination.flush(() => { destination.end() })
})
destination.on('close', () => {
  console.log('closed')
  clearTimeout(stay)
})
destination.write('{"level":30,"msg":"one"}\\n')
const stay = setTimeout(() => {}, 30_000)
`

test('goes on in a new thread when the one that forwards has died, and holds up neither lines nor the end', async () => {
  const preload = join(folder, '.pnp.cjs')
  writeFileSync(preload, deadly.replaceAll('MARK', JSON.stringify(join(folder, 'died'))))
  const script = join(folder, 'application.mjs')
  writeFileSync(script, application.replace("'pino-rotor'", JSON.stringify(target)))
  const options = { file: join(folder, 'app.log'), report: false, compress: false, forward: { to: 'otlp', url: receiver.url, from: 'oldest' } }
  const { stdout } = await promisify(execFile)(process.execPath, ['--require', preload, script, JSON.stringify(options)])
  expect(stdout.trim().split('\n')).toEqual(['failed ERR_ROTOR_FORWARD_THREAD the thread that forwards has ended: Error: the thread has died', 'recovered forward', 'closed'])
  expect(readFileSync(join(folder, 'app.log'), 'utf8').trim().split('\n')).toHaveLength(2)
  expect(receiver.bodies.slice(0, 1)).toEqual(['one'])
})
