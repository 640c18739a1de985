// Where gzip has a thread of its own: there the Nth call on a file fails, never returns or is the last, for every N, and
// what is left is looked at.
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { BroadcastChannel } from 'node:worker_threads'
import { gunzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { compressFile, type CompressedCopy } from '../../../src/disk/compress/compress.js'
import { CompressionThread } from '../../../src/disk/compress/compression-thread.js'
import { giveCompressionThreadFile } from '../../support/compression-thread-file.js'
import type { ThreadFault } from '../../support/failing-compression.js'
import { content, makePackingSource } from '../../support/packing-source.js'

const methods = ['openSync', 'fstatSync', 'readSync', 'writeSync', 'closeSync'] as const

let folder: string
let source: string
let temporary: string

beforeAll(async () => { await giveCompressionThreadFile(afterAll) })

beforeEach(() => { ({ folder, source, temporary } = makePackingSource()) })

afterEach(() => { delete process.env['ROTOR_THREAD_FAULT'] })

async function run (fault: ThreadFault, signal = new AbortController().signal): Promise<CompressedCopy> {
  process.env['ROTOR_THREAD_FAULT'] = JSON.stringify(fault)
  const thread = new CompressionThread()
  try {
    return await compressFile({ source, temporary, codec: 'gzip', level: 6, index: [], signal, thread })
  } finally {
    thread.close()
  }
}

function expectOnlySource (when: string): void {
  expect(readdirSync(folder), when).toEqual(['app.20251001_121111.log'])
  expect(readFileSync(source).equals(content), when).toBe(true)
}

/** Runs with a fault at the first call, the second and so on until none is left for it; each of the others rejects. */
async function atEachCall (fault: Omit<ThreadFault, 'number'>, expectRejected: (run: Promise<CompressedCopy>, when: string) => Promise<void>, makeSignal?: () => AbortSignal): Promise<void> {
  for (let number = 1; ; number++) {
    const when = `${fault.method} ${number}`
    const running = run({ ...fault, number }, makeSignal?.())
    if (await running.then(() => true, () => false)) {
      expect(number, when).toBeGreaterThan(2)
      return
    }
    await expectRejected(running, when)
    expectOnlySource(when)
  }
}

test.each(methods)('any %s that fails in the thread is reported with its file and leaves only the source', async (method) => {
  await atEachCall({ method, effect: 'fail' }, async (running, when) => {
    await expect(running, when).rejects.toMatchObject({ code: 'ENOSPC', path: expect.stringMatching(/app\.20251001_121111\.log/) as string })
  })
})

test.each(methods)('a thread that ends at a %s, whichever it is, leaves only the source', async (method) => {
  await atEachCall({ method, effect: 'end' }, async (running, when) => {
    await expect(running, when).rejects.toThrow('the compression thread has ended')
  })
})

test.each(methods)('an abort while a %s hangs in the thread, whichever it is, does not wait for it and leaves only the source', async (method) => {
  const hangs = new BroadcastChannel('rotor-thread-hangs')
  await atEachCall({ method, effect: 'hang' }, async (running, when) => {
    await expect(running, when).rejects.toMatchObject({ name: 'AbortError' })
  }, () => {
    const abort = new AbortController()
    hangs.onmessage = () => { abort.abort() }
    return abort.signal
  })
  hangs.close()
})

test('an abort before the request starts no thread', async () => {
  const started: unknown[] = []
  const note = (worker: unknown): void => { started.push(worker) }
  process.on('worker', note)
  await expect(new CompressionThread().pack({ source, copy: temporary, level: 6, index: [] }, AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' })
  expect(started).toEqual([])
  const thread = new CompressionThread()
  writeFileSync(temporary, '')
  await thread.pack({ source, copy: temporary, level: 6, index: [] }, new AbortController().signal)
  thread.close()
  process.off('worker', note)
  expect(started).toHaveLength(1)
})

test('writes in the thread that take only a part are continued', async () => {
  const copy = await run({ method: 'writeSync', number: 'every', effect: 'takeLittle' })
  expect(gunzipSync(readFileSync(temporary)).equals(content)).toBe(true)
  expect(copy.compressedBytes).toBe(statSync(temporary).size)
})

test('a write in the thread that takes nothing and reports nothing is soon given up', async () => {
  await expect(run({ method: 'writeSync', number: 'every', effect: 'takeNothing' })).rejects.toMatchObject({ code: 'ERR_ROTOR_WRITE_STALLED', path: temporary })
  expectOnlySource('a write that takes nothing')
})
