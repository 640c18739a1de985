// `status` and `doctor` on a log that is forwarded: how far behind it is, what the receiver answered last, and what to do.
import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeEach, expect, test } from 'vitest'
import type { LogStatus } from '../../src/policy/status/status-shape.js'
import { lineAt, outcomeOf, run, start, temporaryFolder } from '../cli/command-line.js'
import { startReceiver, type Receiver } from './receiver.js'

let folder: string
let receiver: Receiver

beforeEach(async () => {
  folder = temporaryFolder()
  receiver = await startReceiver()
  writeFileSync(join(folder, 'rotor.json'), JSON.stringify({ file: 'app.log', limit: { age: false }, forward: { to: 'otlp', url: receiver.url, from: 'oldest' } }))
})

async function status (): Promise<LogStatus> {
  return JSON.parse((await run(['status', '--config', 'rotor.json', '--json'], { cwd: folder })).stdout) as LogStatus
}

async function findings (): Promise<Array<{ state: string, message: string, remedy: string | null }>> {
  const { stdout } = await run(['doctor', '--config', 'rotor.json', '--json'], { cwd: folder })
  return (JSON.parse(stdout) as { findings: Array<{ check: string, state: string, message: string, remedy: string | null }> }).findings.filter(({ check }) => check === 'forward')
}

test('counts the lines, bytes and seconds that wait, from the cursor on and across archives', async () => {
  const line = lineAt(Date.now() - 100_000, 1)
  writeFileSync(join(folder, 'app.log'), line.repeat(5))
  expect((await run(['forward', '--config', 'rotor.json', '--until-sent'], { cwd: folder })).status).toBe(0)
  expect((await status()).forward).toMatchObject({ waiting: { lines: 0, bytes: 0 }, lagSeconds: 0, lastAnswer: { isAccepted: true, text: '200 {"partialSuccess":{}}' }, forwarderPid: null })
  expect(await findings()).toMatchObject([{ state: 'ok', message: 'every line was sent' }])
  writeFileSync(join(folder, 'app.20251001_121111.log.gz'), gzipSync(line.repeat(7)))
  writeFileSync(join(folder, 'app.log'), line.repeat(3))
  const { forward } = await status()
  expect(forward?.waiting).toEqual({ lines: 5, bytes: 5 * line.length })
  expect(forward?.lagSeconds).toBeGreaterThanOrEqual(100)
  expect(await findings()).toMatchObject([{ state: 'warning', remedy: 'start the application, or send them: pino-rotor forward app.log --config rotor.json --until-sent' }])
  expect((await run(['status', '--config', 'rotor.json'], { cwd: folder })).stdout).toMatch(/to be forwarded: 5 lines, \d+ B, 1\.\d minutes behind/)
})

test.each([
  [401, 'check the secret that "forward.headers" names, and its rights'],
  [404, 'check the path of "forward.url": OTLP is taken at /v1/logs'],
  [503, 'the receiver is overloaded or ill: nothing is lost, and it is tried again']
])('tells what the receiver answered last, and what to do after %i', async (code, remedy) => {
  receiver.answering = () => ({ status: code, text: 'not now' })
  writeFileSync(join(folder, 'app.log'), lineAt(Date.now(), 1))
  const child = start(['forward', '--config', 'rotor.json'], { cwd: folder })
  const ended = outcomeOf(child)
  await receiver.until(() => receiver.requests.length >= 2)
  child.kill('SIGTERM')
  await ended
  expect((await status()).forward?.lastAnswer).toMatchObject({ isAccepted: false, text: `${receiver.url} answered ${code} not now` })
  expect(await findings()).toMatchObject([{ state: 'problem', remedy }])
})

test('says nothing about forwarding if nothing was ever forwarded', async () => {
  appendFileSync(join(folder, 'app.log'), lineAt(Date.now(), 1))
  const { stdout } = await run(['status', 'app.log', '--json'], { cwd: folder })
  expect(JSON.parse(stdout)).not.toHaveProperty('forward')
})
