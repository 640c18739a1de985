// Threads of zlib are ended at any instant, by their owner or by the end of the process, and the process never aborts.
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { EndingGate } from '../../src/platform/ending-gate.js'
import { buildStandalone } from '../support/standalone-build.js'

interface Ended { readonly status: number | string | null, readonly signal: string | null, readonly errors: string }

/** Without the gate, Node aborts at about every fiftieth. */
const threads = 300
const folder = mkdtempSync(join(tmpdir(), 'rotor-gate-'))

beforeAll(async () => { await buildStandalone(['gated-thread'], folder) })
afterAll(() => { rmSync(folder, { recursive: true }) })

async function run (...argumentsOfProcess: string[]): Promise<Ended> {
  return await new Promise((resolve) => {
    execFile(process.execPath, [join(folder, 'gated-thread.cjs'), ...argumentsOfProcess], (error, _output, errors) => {
      resolve({ status: error === null ? 0 : error.code ?? null, signal: error?.signal ?? null, errors })
    })
  })
}

test(`${threads} threads are ended while they call zlib, and the process goes on`, async () => {
  expect(await run('end', String(threads))).toEqual({ status: 0, signal: null, errors: '' })
}, 60_000)

test('a process that exits in the middle of a call waits for it, and keeps its status', async () => {
  const file = join(folder, 'call')
  expect(await run('exit', file)).toEqual({ status: 7, signal: null, errors: '' })
  expect(readFileSync(file, 'utf8')).toBe('whole')
})

test('a thread that has died in a call, or was ended already, counts as ended', async () => {
  const gate = new EndingGate()
  const worker = new Worker('Atomics.store(new Int32Array(require("node:worker_threads").workerData), 0, 1); process.exit()', { eval: true, workerData: gate.memory })
  await new Promise((resolve) => { worker.once('exit', resolve) })
  await gate.end(worker)
  await gate.end(worker)
})
