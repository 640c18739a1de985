// The forwarder is killed at each system call on its cursor and its lock. The next start sends the rest: every line arrives, in order, and a
// crash repeats at most the batch that was under way.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { program } from '../cli/command-line.js'
import { readTrace, whyNoStrace } from '../support/fault-strace.js'
import { Receiver } from './receiver.js'

const reason = whyNoStrace()
if (reason !== null) console.log(`skipped: the forwarder's crashes, because ${reason}`)

/** Two batches of ten lines. */
const lineCount = 20
const linesOfBatch = 10
const calls = ['openat', 'write', 'fsync', 'close', 'rename', 'unlink', 'link', 'read', 'statx', 'utimensat']
const hidden = ['sent', 'sent.new', 'forward']
/** How many kills are made at a time. */
const atOnce = 4

function bodies (): string[] {
  return Array.from({ length: lineCount }, (_, index) => `line ${index}`)
}

async function forward (folder: string, receiver: Receiver, traced: readonly string[] = []): Promise<string | number | null> {
  const [command = '', ...args] = [...traced, process.execPath, program, 'forward', join(folder, 'app.log'), '--url', receiver.url, '--from', 'oldest', '--until-sent']
  const child = spawn(command, args, { stdio: 'ignore' })
  return await new Promise((resolve) => child.once('close', (code, signal) => { resolve(signal ?? code) }))
}

function strace (folder: string, trace: string, expressions: readonly string[]): string[] {
  return ['strace', '-f', '-qq', '-o', trace, ...hidden.flatMap((part) => ['-P', join(folder, `.app.log.rotor.${part}`)]), ...expressions.flatMap((each) => ['-e', each])]
}

async function inScene<Result> (act: (folder: string, receiver: Receiver) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'rotor-test-'))
  const receiver = new Receiver()
  await receiver.start()
  try {
    writeFileSync(join(folder, 'app.log'), bodies().map((msg) => `${JSON.stringify({ level: 30, msg, more: 'x'.repeat(104_000) })}\n`).join(''))
    return await act(folder, receiver)
  } finally {
    await receiver.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** How many lines arrived again after a kill at that call; null if there was no such call. */
async function killedAt (call: string, number: number): Promise<number | null> {
  return await inScene(async (folder, receiver) => {
    const ended = await forward(folder, receiver, strace(folder, '/dev/null', [`trace=${call}`, `inject=${call}:signal=KILL:when=${number}`]))
    if (ended === 0) return null
    expect(ended, `${call} ${number}`).toBe('SIGKILL')
    expect(await forward(folder, receiver), `${call} ${number}`).toBe(0)
    const first = [...new Set(receiver.bodies)]
    expect(first, `${call} ${number}`).toEqual(bodies())
    return receiver.bodies.length - first.length
  })
}

test.skipIf(reason !== null)('loses no line when it is killed at any call around its cursor, and repeats one batch at most', async () => {
  const made = await inScene(async (folder, receiver) => {
    const trace = join(folder, 'trace')
    expect(await forward(folder, receiver, strace(folder, trace, [`trace=${calls.join(',')}`]))).toBe(0)
    expect(readFileSync(join(folder, '.app.log.rotor.sent'), 'utf8')).toContain('"offset"')
    return new Map(calls.map((call) => [call, readTrace(trace).filter((each) => each.call === call).length]))
  })
  // A thread counts for itself, so a number may have no call in some run.
  const moments = [...made].flatMap(([call, count]) => Array.from({ length: count }, (_, index) => ({ call, number: index + 1 })))
  expect(moments.filter(({ call }) => call === 'rename').length).toBeGreaterThanOrEqual(3)
  const repeated: number[] = []
  const next = moments[Symbol.iterator]()
  const work = async (): Promise<void> => {
    for (const { call, number } of next) {
      const again = await killedAt(call, number)
      if (again !== null) repeated.push(again)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  console.log(`killed at ${repeated.length} of ${moments.length} calls; ${repeated.filter((count) => count > 0).length} kills repeated a batch`)
  expect(Math.max(...repeated)).toBeLessThanOrEqual(linesOfBatch)
  expect(repeated.length).toBeGreaterThan(moments.length / 2)
  expect(repeated.some((count) => count > 0)).toBe(true)
}, 900_000)
