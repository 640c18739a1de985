// Receivers that fail in every way. Each time every line that reached a file arrives at least once and in order, and the repetitions are counted.
import { execFile, execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../../src/clock.js'
import type { FailedEvent, ForwardedEvent } from '../../src/events.js'
import { OtlpSender } from '../../src/forward/otlp-sender.js'
import type { ForwardOptions } from '../../src/options/options.js'
import { parseOptions } from '../../src/options/parse-options.js'
import { LogStream } from '../../src/stream.js'
import { run } from '../cli/command-line.js'
import { closed, collect, eventWhere } from '../support/events.js'
import { forwardedLines } from '../support/forwarded-lines.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { Receiver, startReceiver, taken } from './receiver.js'

let folder: string
let receiver: Receiver

beforeEach(async () => {
  folder = temporaryFolder()
  receiver = await startReceiver()
})

function open (forward: ForwardOptions = {}): LogStream {
  return new LogStream(parseOptions({ file: join(folder, 'app.log'), report: false, forward: { to: 'otlp', url: receiver.url, from: 'oldest', ...forward } }), systemClock)
}

function lines (from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, index) => `line ${from + index}`)
}

function text (from: number, to: number, more = ''): string {
  return lines(from, to).map((msg) => `${JSON.stringify({ level: 30, msg, more })}\n`).join('')
}

/** Each line once, in the order of its first arrival, and how many arrived again. */
function arrivals (): { readonly first: string[], readonly repeated: number } {
  const first = [...new Set(receiver.bodies)]
  return { first, repeated: receiver.bodies.length - first.length }
}

test('sends a batch again that a receiver had when it was killed, and no other', async () => {
  receiver.answering = (_, request) => {
    if (request === 2) void receiver.stop()
    return request === 2 ? { ...taken, isSilent: true } : taken
  }
  // Three batches of 1 MiB.
  writeFileSync(join(folder, 'app.log'), text(0, 300, 'x'.repeat(10_000)))
  const stream = open()
  const failed = eventWhere<FailedEvent>(stream, 'failed', ({ retryMs }) => retryMs > 0)
  expect((await failed).code).toMatch(/ECONN|EPIPE/)
  await receiver.start()
  await receiver.until(() => receiver.bodies.includes('line 299'))
  await closed(stream)
  const { first, repeated } = arrivals()
  expect(first).toEqual(lines(0, 300))
  expect(repeated).toBeGreaterThan(0)
  expect(repeated).toBeLessThanOrEqual(105)
})

test('keeps one batch under way while the receiver is slow, and the log is written meanwhile', async () => {
  let answer = (): void => {}
  receiver.answering = () => ({ ...taken, after: new Promise<void>((resolve) => { answer = resolve }) })
  writeFileSync(join(folder, 'app.log'), text(0, 300, 'x'.repeat(10_000)))
  const stream = open()
  for (let request = 1; request <= 4; request++) {
    await receiver.until(() => receiver.requests.length >= request)
    if (request === 1) {
      stream.write(text(300, 310))
      await new Promise((resolve) => { stream.flush(resolve) })
      expect(readFileSync(join(folder, 'app.log'), 'utf8')).toContain('line 309')
      // Time enough to prepare the next batch, and to send it if nothing held it back.
      for (let turn = 0; turn < 300; turn++) await stat(folder)
    }
    answer()
  }
  await receiver.until(() => receiver.bodies.includes('line 309'))
  answer()
  await closed(stream)
  expect(arrivals()).toEqual({ first: lines(0, 310), repeated: 0 })
  expect(receiver.openMax).toBe(1)
})

test('gives up a receiver that takes the lines and stays silent', async () => {
  receiver.answering = () => ({ ...taken, isSilent: true })
  const sender = new OtlpSender({ url: receiver.url, headers: {}, resource: {}, secrets: [], silenceMs: 50 }, systemClock.now, () => {})
  const sending = sender.send(forwardedLines(['{}']), new AbortController().signal)
  await expect(sending).rejects.toMatchObject({ code: 'ERR_ROTOR_STORE_SILENT', message: expect.stringMatching(/did not answer for 0\.05 s/) as string })
})

test('waits as long as Retry-After asks after 429', async () => {
  receiver.answering = (_, request) => request === 1 ? { status: 429, headers: { 'Retry-After': '2' } } : taken
  const stream = open()
  const failed = eventWhere<FailedEvent>(stream, 'failed', () => true)
  stream.write(text(0, 10))
  expect(await failed).toMatchObject({ code: 'ERR_ROTOR_FORWARD_ANSWER', retryMs: 2000 })
  await receiver.until(() => receiver.requests.length === 2)
  await closed(stream)
  expect(arrivals()).toEqual({ first: lines(0, 10), repeated: 0 })
})

test.each([
  '{"partialSuccess":{"rejectedLogRecords":"2","errorMessage":"too old"}}',
  '{"partial_success":{"rejected_log_records":2}}'
])('counts what a receiver takes in part as rejected, and does not send it again: %s', async (answer) => {
  receiver.answering = () => ({ status: 200, text: answer })
  const stream = open()
  const told = eventWhere<ForwardedEvent>(stream, 'forwarded', () => true)
  stream.write(text(0, 10))
  expect(await told).toMatchObject({ lines: 8, rejected: 2 })
  await closed(stream)
  expect(receiver.requests).toHaveLength(1)
})

test('halves a batch that a receiver refuses by its length, even if it closes the connection at once', async () => {
  const bodies: string[] = []
  const bodyBytesMax = 4_000
  const isTooLong = (request: IncomingMessage): boolean => Number(request.headers['content-length']) > bodyBytesMax
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const found = gunzipSync(Buffer.concat(await request.toArray() as Buffer[])).toString().matchAll(/"body":\{"stringValue":"(.*?)"/g)
    bodies.push(...[...found].map(([, body = '']) => body))
    response.end('{}')
  }
  const server = createServer((request, response) => {
    if (isTooLong(request)) request.socket.resetAndDestroy()
    else void take(request, response)
  }).on('checkContinue', (request, response) => {
    if (isTooLong(request)) return response.writeHead(413).end()
    response.writeContinue()
    void take(request, response)
  }).listen(0, '127.0.0.1')
  onTestFinished(() => { server.close() })
  await once(server, 'listening')
  writeFileSync(join(folder, 'app.log'), lines(0, 40).map((msg) => `${JSON.stringify({ msg, more: randomBytes(500).toString('hex') })}\n`).join(''))
  const { status } = await run(['forward', 'app.log', '--url', `http://127.0.0.1:${(server.address() as AddressInfo).port}`, '--from', 'oldest', '--until-sent'], { cwd: folder })
  expect(status).toBe(0)
  expect(bodies).toEqual(lines(0, 40))
}, 120_000)

test('sends nothing to a receiver whose certificate is not trusted, and everything once it is', async () => {
  const file = (name: string): string => join(folder, name)
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', file('key.pem'), '-out', file('cert.pem')], { stdio: 'ignore' })
  const secure = new Receiver({ key: readFileSync(file('key.pem'), 'utf8'), cert: readFileSync(file('cert.pem'), 'utf8') })
  await secure.start()
  onTestFinished(async () => { await secure.stop() })
  const stream = open({ url: secure.url })
  const failed = eventWhere<FailedEvent>(stream, 'failed', () => true)
  stream.write(text(0, 10))
  expect((await failed).code).toBe('DEPTH_ZERO_SELF_SIGNED_CERT')
  await closed(stream)
  expect(secure.requests).toEqual([])
  writeFileSync(file('rotor.json'), JSON.stringify({ file: 'app.log', forward: { to: 'otlp', url: secure.url } }))
  const doctor = await run(['doctor', '--config', 'rotor.json'], { cwd: folder })
  expect(doctor.stdout.replace(/\s+/g, ' ')).toContain('give Node the authority of the certificate with NODE_EXTRA_CA_CERTS')
  expect((await run(['forward', '--config', 'rotor.json', '--until-sent'], { cwd: folder, env: { NODE_EXTRA_CA_CERTS: file('cert.pem') } })).status).toBe(0)
  expect(secure.bodies).toEqual(lines(0, 10))
})

test('follows no redirect, since the secret would go to another place', async () => {
  receiver.answering = (_, request) => request <= 2 ? { status: 308, headers: { Location: '/elsewhere' } } : taken
  const stream = open()
  stream.write(text(0, 10))
  await receiver.until(() => receiver.records.length >= 10)
  await closed(stream)
  expect(receiver.requests.map(({ path }) => path)).toEqual(['/v1/logs', '/v1/logs', '/v1/logs'])
  expect(arrivals()).toEqual({ first: lines(0, 10), repeated: 0 })
})

test('sends a line of 20 MB as a batch of its own, between its neighbours', async () => {
  const long = 'y'.repeat(20_000_000)
  writeFileSync(join(folder, 'app.log'), `{"msg":"before"}\n{"msg":"${long}"}\n{"msg":"after"}\n`)
  const stream = open()
  await receiver.until(() => receiver.records.length >= 3)
  await closed(stream)
  expect(receiver.bodies.map((body) => body.length)).toEqual([6, 20_000_000, 5])
  expect(receiver.bodies[1] === long).toBe(true)
})

test('trusts a receiver that acknowledges and forgets: nothing is sent twice', async () => {
  receiver.answering = (_, request) => request === 1 ? { ...taken, isForgotten: true } : taken
  writeFileSync(join(folder, 'app.log'), text(0, 10))
  const stream = open()
  const told = collect<FailedEvent>(stream, 'failed')
  await receiver.until(() => receiver.requests.length >= 1)
  stream.write(text(10, 20))
  await receiver.until(() => receiver.records.length >= 10)
  await closed(stream)
  expect(receiver.bodies).toEqual(lines(10, 20))
  expect(told).toMatchObject([{ code: 'ERR_ROTOR_CURSOR_MISSING' }])
})

test('never shows a secret, even if the receiver repeats it', async () => {
  const secret = 'canary-7c1f5e'
  receiver.answering = () => ({ status: 401, text: `the token ${secret} is unknown` })
  writeFileSync(join(folder, 'app.log'), text(0, 10))
  writeFileSync(join(folder, 'rotor.json'), JSON.stringify({ file: 'app.log', report: true, metrics: 'rotor.prom', forward: { to: 'otlp', url: receiver.url, from: 'oldest', headers: { authorization: 'Bearer ${CANARY}' } } }))
  const application = `import { transport } from ${JSON.stringify(join(import.meta.dirname, '../../dist/index.js'))}
import { readFileSync } from 'node:fs'
const destination = transport(JSON.parse(readFileSync('rotor.json', 'utf8')))
destination.write('{"msg":"last"}\\n')
// The lines that are there already are older than the record of what was sent.
destination.on('failed', async (event) => {
  if (event.code === 'ERR_ROTOR_CURSOR_MISSING') return
  console.log(JSON.stringify([event, await destination.status()]))
  destination.end()
})
const alive = setInterval(() => {}, 1000)
destination.on('close', () => { clearInterval(alive) })
`
  writeFileSync(join(folder, 'application.mjs'), application)
  const environment = { cwd: folder, env: { ...process.env, CANARY: secret }, encoding: 'utf8' as const }
  const shown = await new Promise<string>((resolve) => { execFile(process.execPath, ['application.mjs'], environment, (_, stdout, stderr) => { resolve(stdout + stderr) }) })
  expect(receiver.requests[0]?.headers.authorization).toBe(`Bearer ${secret}`)
  expect(shown).toContain('the token … is unknown')
  const commands = [['status', '--config', 'rotor.json', '--json'], ['doctor', '--config', 'rotor.json'], ['status', '--config', 'rotor.json', '--prometheus']]
  const printed = await Promise.all(commands.map(async (args) => { const { stdout, stderr } = await run(args, { cwd: folder, env: { CANARY: secret } }); return stdout + stderr }))
  const kept = ['.app.log.rotor.sent', 'rotor.prom'].map((name) => readFileSync(join(folder, name), 'utf8'))
  expect([shown, ...printed, ...kept].filter((each) => each.includes(secret))).toEqual([])
})
