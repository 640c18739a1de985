// `pino-rotor forward`: the built program sends what is in the files, beside an application that does not, and goes on after each end.
import { once } from 'node:events'
import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { getPriority } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeEach, expect, test } from 'vitest'
import { outcomeOf, run, start, temporaryFolder } from '../cli/command-line.js'
import { startReceiver, taken, type Receiver } from './receiver.js'

let folder: string
let receiver: Receiver

beforeEach(async () => {
  folder = temporaryFolder()
  receiver = await startReceiver()
})

function lines (from: number, to: number): string {
  return Array.from({ length: to - from }, (_, index) => `{"level":30,"msg":"line ${from + index}"}\n`).join('')
}

function bodies (from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, index) => `line ${from + index}`)
}

test('sends archives and the active file, follows across a rotation, and exits 0 on SIGTERM', async () => {
  writeFileSync(join(folder, 'app.20251001_121111.log.gz'), gzipSync(lines(0, 10)))
  writeFileSync(join(folder, 'app.log'), lines(10, 20))
  const child = start(['forward', 'app.log', '--url', receiver.url, '--from', 'oldest'], { cwd: folder })
  const outcome = outcomeOf(child)
  await receiver.until(() => receiver.records.length >= 20)
  appendFileSync(join(folder, 'app.log'), lines(20, 30))
  renameSync(join(folder, 'app.log'), join(folder, 'app.20251001_121112.log'))
  writeFileSync(join(folder, 'app.log'), lines(30, 40))
  await receiver.until(() => receiver.records.length >= 40)
  child.kill('SIGTERM')
  const { status, stderr, stdout } = await outcome
  const said = [`forwards app.log to ${receiver.url}`, 'app.log: there are older lines, and no record of which were sent: forwarding begins at the oldest line that is kept, so lines may arrive again']
  expect({ status, stderr }).toEqual({ status: 0, stderr: said.map((line) => `pino-rotor: ${line}\n`).join('') })
  expect(stdout).toMatch(/^app\.log: sent 10 lines, \d+ B\n/)
  expect(receiver.bodies).toEqual(bodies(0, 40))
  expect(existsSync(join(folder, '.app.log.rotor.forward'))).toBe(false)
})

test.skipIf(!existsSync('/proc/self/stat'))('yields to other processes: it runs at a lower priority than they do', async () => {
  writeFileSync(join(folder, 'app.log'), lines(0, 10))
  const child = start(['forward', 'app.log', '--url', receiver.url, '--from', 'oldest'], { cwd: folder })
  await receiver.until(() => receiver.records.length >= 10)
  expect(getPriority(child.pid)).toBeGreaterThan(getPriority())
})

test('begins at the next line unless --from is oldest, and continues from there at the next start', async () => {
  writeFileSync(join(folder, 'app.log'), lines(0, 10))
  const args = ['forward', 'app.log', '--url', receiver.url, '--until-sent']
  expect((await run(args, { cwd: folder })).status).toBe(0)
  appendFileSync(join(folder, 'app.log'), lines(10, 20))
  expect((await run([...args, '--from', 'oldest'], { cwd: folder })).status).toBe(0)
  expect(receiver.bodies).toEqual(bodies(10, 20))
})

test('with --until-sent, also sends the lines after a new archive', async () => {
  writeFileSync(join(folder, 'app.20251001_121111.log'), lines(0, 10))
  writeFileSync(join(folder, 'app.log'), lines(10, 20))
  expect((await run(['forward', 'app.log', '--url', receiver.url, '--from', 'oldest', '--until-sent'], { cwd: folder })).status).toBe(0)
  expect(receiver.bodies).toEqual(bodies(0, 20))
})

test('takes the receiver, its secret and every route from --config, and prints events with --json', async () => {
  writeFileSync(join(folder, 'app.log'), lines(0, 10))
  writeFileSync(join(folder, 'errors.log'), lines(10, 20))
  const config = { file: join(folder, 'app.log'), routes: [{ file: join(folder, 'errors.log'), match: { level: 'error' } }], forward: { to: 'otlp', url: `${receiver.url}?key=hidden`, from: 'oldest', headers: { authorization: 'Bearer ${OTLP_TOKEN}' } } }
  writeFileSync(join(folder, 'rotor.json'), JSON.stringify(config))
  const { status, stdout, stderr } = await run(['forward', '--config', 'rotor.json', '--until-sent', '--json'], { cwd: folder, env: { OTLP_TOKEN: 'geheim' } })
  expect(status).toBe(0)
  const events = stdout.trim().split('\n').map((line) => JSON.parse(line) as { event: string, file: string, lines?: number, code?: string })
  expect(events.map(({ event, file, lines: count, code }) => [event, file, count ?? code]).sort()).toEqual([
    ['failed', join(folder, 'app.log'), 'ERR_ROTOR_CURSOR_MISSING'],
    ['failed', join(folder, 'errors.log'), 'ERR_ROTOR_CURSOR_MISSING'],
    ['forwarded', join(folder, 'app.log'), 10],
    ['forwarded', join(folder, 'errors.log'), 10]
  ])
  expect(receiver.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer geheim', 'Bearer geheim'])
  expect(stdout + stderr).not.toMatch(/geheim|hidden/)
  expect(readFileSync(join(folder, '.app.log.rotor.sent'), 'utf8')).not.toMatch(/geheim/)
})

test('exits 1 with --until-sent if a line was rejected', async () => {
  receiver.answering = (records) => records.some(({ body }) => body === 'line 3') ? { status: 400 } : taken
  writeFileSync(join(folder, 'app.log'), lines(0, 10))
  const { status, stderr } = await run(['forward', 'app.log', '--url', receiver.url, '--from', 'oldest', '--until-sent'], { cwd: folder })
  expect(status).toBe(1)
  expect(stderr).toContain('a line was rejected (400)')
  expect(receiver.bodies).toEqual(bodies(0, 10).filter((body) => body !== 'line 3'))
})

test('waits while another process forwards the log, and says which', async () => {
  writeFileSync(join(folder, 'app.log'), lines(0, 10))
  const args = ['forward', 'app.log', '--url', receiver.url, '--from', 'oldest']
  const first = start(args, { cwd: folder })
  await receiver.until(() => receiver.records.length >= 10)
  const second = start(args, { cwd: folder })
  const [said] = await once(second.stderr, 'data') as [Buffer]
  expect(said.toString()).toBe(`pino-rotor: process ${first.pid} forwards app.log: this waits for it\n`)
  const ended = outcomeOf(second)
  second.kill('SIGINT')
  expect((await ended).status).toBe(0)
  expect(receiver.records).toHaveLength(10)
})

test.each([
  ['no receiver', [], 'forward needs a receiver: give --url URL, or --config PATH with the option "forward". Nothing was sent'],
  ['an address that is none', ['--url', 'collector'], 'forward.url: expected the address of a receiver'],
  ['a secret in the address', ['--url', 'http://user:word@127.0.0.1'], 'with secrets in "headers"']
])('refuses %s', async (_, more, message) => {
  writeFileSync(join(folder, 'app.log'), lines(0, 10))
  const { status, stderr } = await run(['forward', 'app.log', ...more], { cwd: folder })
  expect(status).toBe(2)
  expect(stderr).toContain(message)
  expect(stderr).not.toContain('word')
})
