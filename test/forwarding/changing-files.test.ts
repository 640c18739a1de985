// Files, disks and clocks that change while lines are forwarded: every line that reached a file arrives once, in order.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeEach, expect, test } from 'vitest'
import { systemClock } from '../../src/clock.js'
import type { FailedEvent } from '../../src/events.js'
import type { RotorOptions } from '../../src/options/options.js'
import { parseOptions } from '../../src/options/parse-options.js'
import { LogStream } from '../../src/stream.js'
import { outcomeOf, program, run, start } from '../cli/command-line.js'
import { closed, eventWhere } from '../support/events.js'
import { canMount, SmallDisk } from '../support/small-disk.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { startReceiver, taken, type Receiver } from './receiver.js'

const hasFaketime = spawnSync('faketime', ['--version']).status === 0
if (!hasFaketime) console.log('skipped: the forwarder under a clock that jumps, because the Debian package faketime is missing')

let folder: string
let receiver: Receiver

beforeEach(async () => {
  folder = temporaryFolder()
  receiver = await startReceiver()
})

function open (options: Partial<RotorOptions> = {}, directory = folder): LogStream {
  return new LogStream(parseOptions({ file: join(directory, 'app.log'), report: false, forward: { to: 'otlp', url: receiver.url, from: 'oldest' }, ...options }), systemClock)
}

function lines (from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, index) => `line ${from + index}`)
}

function text (from: number, to: number, bytes = 0): string {
  return lines(from, to).map((msg) => `${JSON.stringify({ level: 30, msg, more: 'x'.repeat(bytes) })}\n`).join('')
}

/** Answers the request of that number only when it is told to. */
function hold (number: number): () => void {
  let release = (): void => {}
  const after = new Promise<void>((resolve) => { release = resolve })
  receiver.answering = (_, request) => request === number ? { ...taken, after } : taken
  return release
}

test('reads an archive to its end although it is removed meanwhile', async () => {
  const release = hold(1)
  const archive = join(folder, 'app.20251001_121111.log.gz')
  writeFileSync(archive, gzipSync(text(0, 300, 10_000)))
  writeFileSync(join(folder, 'app.log'), text(300, 310))
  const stream = open()
  await receiver.until(() => receiver.requests.length >= 1)
  rmSync(archive)
  release()
  await receiver.until(() => receiver.records.length >= 310)
  await closed(stream)
  expect(receiver.bodies).toEqual(lines(0, 310))
})

test('continues at its place while its files are rotated, compressed and bundled', async () => {
  const release = hold(2)
  writeFileSync(join(folder, 'app.20251001_121111.log'), text(0, 150, 10_000))
  writeFileSync(join(folder, 'app.20251002_121111.log'), text(150, 300, 10_000))
  const stream = open({ bundle: {}, limit: { age: false } })
  await receiver.until(() => receiver.requests.length >= 2)
  stream.write(text(300, 310))
  await stream.rotate()
  await stream.sweep()
  await closed(stream)
  release()
  const config = { file: join(folder, 'app.log'), limit: { age: false }, bundle: {}, forward: { to: 'otlp', url: receiver.url, from: 'oldest' } }
  writeFileSync(join(folder, 'rotor.json'), JSON.stringify(config))
  expect((await run(['bundle', '--config', 'rotor.json'], { cwd: folder })).status).toBe(0)
  expect(readdirSync(join(folder, 'archive'))).toContain('app.202510.log.gz')
  expect(existsSync(join(folder, 'app.20251001_121111.log'))).toBe(false)
  const again = open({ bundle: {}, limit: { age: false } })
  await receiver.until(() => receiver.bodies.includes('line 309'))
  await closed(again)
  const first = [...new Set(receiver.bodies)]
  expect(first).toEqual(lines(0, 310))
  // The rest of the first archive, which was under way at the end, and nothing of the batch before it.
  expect(receiver.bodies.length - first.length).toBeLessThan(105)
})

test('says which file is gone if it is removed before all its lines were sent, and goes on', async () => {
  writeFileSync(join(folder, 'app.log'), text(0, 10))
  expect((await run(['forward', 'app.log', '--url', receiver.url, '--from', 'oldest', '--until-sent'], { cwd: folder })).status).toBe(0)
  writeFileSync(join(folder, 'app.log'), text(20, 25))
  const { stderr } = await run(['forward', 'app.log', '--url', receiver.url, '--until-sent'], { cwd: folder })
  expect(stderr).toContain('a file was removed before all its lines were sent')
  expect(receiver.bodies).toEqual([...lines(0, 10), ...lines(20, 25)])
})

test.skipIf(!canMount)('sends one batch and waits while a full disk refuses its record, and then goes on', async () => {
  const disk = new SmallDisk('size=8m')
  const release = hold(1)
  writeFileSync(join(disk.directory, 'app.log'), text(0, 300, 10_000))
  const stream = open({ size: false }, disk.directory)
  const failed = eventWhere<FailedEvent>(stream, 'failed', ({ step, retryMs }) => step === 'forward' && retryMs > 0)
  const recovered = eventWhere(stream, 'recovered', () => true)
  await receiver.until(() => receiver.requests.length >= 1)
  disk.fillUp()
  release()
  expect((await failed).code).toBe('ENOSPC')
  expect(receiver.requests).toHaveLength(1)
  disk.empty()
  await recovered
  await receiver.until(() => receiver.records.length >= 300)
  await closed(stream)
  expect(receiver.bodies).toEqual(lines(0, 300))
})

test.skipIf(!hasFaketime)('continues at its place after its clock has jumped by years, either way', async () => {
  const send = async (shift: string): Promise<void> => {
    const child = spawn('faketime', ['-f', shift, process.execPath, program, 'forward', 'app.log', '--url', receiver.url, '--from', 'oldest', '--until-sent'], { cwd: folder, stdio: 'ignore' })
    await new Promise((resolve) => child.once('close', resolve))
  }
  writeFileSync(join(folder, 'app.log'), text(0, 10))
  await send('+3650d')
  writeFileSync(join(folder, 'app.20251001_121111.log.gz'), gzipSync(text(0, 10) + text(10, 20)))
  writeFileSync(join(folder, 'app.log'), text(20, 30))
  await send('-3650d')
  expect(receiver.bodies).toEqual(lines(0, 30))
})

test('sends each line once if two processes start to forward at the same time', async () => {
  writeFileSync(join(folder, 'app.log'), text(0, 300, 10_000))
  const args = ['forward', 'app.log', '--url', receiver.url, '--from', 'oldest', '--until-sent']
  const outcomes = await Promise.all([start(args, { cwd: folder }), start(args, { cwd: folder })].map(outcomeOf))
  expect(outcomes.map(({ status }) => status)).toEqual([0, 0])
  expect(receiver.bodies).toEqual(lines(0, 300))
})
