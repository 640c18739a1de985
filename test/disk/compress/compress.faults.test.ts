// Fails, cuts short or aborts the Nth call on a file, for every N, and looks at what is left.
import { existsSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { compressFile, type CompressedCopy } from '../../../src/disk/compress/compress.js'
import { CompressionThread } from '../../../src/disk/compress/compression-thread.js'
import { giveCompressionThreadFile } from '../../support/compression-thread-file.js'
import { content, makePackingSource } from '../../support/packing-source.js'

const methods = ['read', 'write', 'stat', 'utimes', 'sync', 'close'] as const
type Method = typeof methods[number]
/** Where gzip has a thread of its own, the calling thread reads and writes nothing. */
const methodsBesideThread = methods.filter((method) => method !== 'read' && method !== 'write')
type Where = 'pool' | 'thread'
const faults: Array<[method: Method, where: Where]> = [...methods.map((method): [Method, Where] => [method, 'pool']), ...methodsBesideThread.map((method): [Method, Where] => [method, 'thread'])]

const calls = vi.hoisted(() => ({
  intercept: (_method: string): void => {},
  writeAtMostBytes: Infinity
}))

vi.mock('node:fs/promises', async (importOriginal) => {
  const original = await importOriginal<typeof import('node:fs/promises')>()
  return {
    ...original,
    open: async (...openArguments: Parameters<typeof original.open>) => watched(await original.open(...openArguments))
  }
})

function watched (handle: FileHandle): FileHandle {
  return new Proxy(handle, {
    get (target, name) {
      const value: unknown = Reflect.get(target, name, target)
      if (typeof value !== 'function') return value
      return async (...given: unknown[]): Promise<unknown> => {
        if (name === 'close') await Reflect.apply(value, target, given) // The descriptor is gone even if that is told as a failure.
        if (methods.includes(name as Method)) calls.intercept(String(name))
        if (name === 'write') given[2] = Math.min(Number(given[2]), calls.writeAtMostBytes)
        return await Reflect.apply(value, target, given) as unknown
      }
    }
  })
}

let folder: string
let source: string
let temporary: string

beforeAll(async () => { await giveCompressionThreadFile(afterAll) })

beforeEach(() => { ({ folder, source, temporary } = makePackingSource()) })

afterEach(() => {
  calls.intercept = () => {}
  calls.writeAtMostBytes = Infinity
})

async function run (signal = new AbortController().signal, where: Where = 'pool'): Promise<CompressedCopy> {
  const request = { source, temporary, codec: 'gzip', level: 6, index: [], signal } as const
  if (where === 'pool') return await compressFile(request)
  const thread = new CompressionThread()
  try {
    return await compressFile({ ...request, thread })
  } finally {
    thread.close()
  }
}

async function callsOf (method: Method, where: Where): Promise<number> {
  let count = 0
  calls.intercept = (name) => { if (name === method) count++ }
  await run(undefined, where)
  rmSync(temporary)
  return count
}

function atCall (method: Method, number: number, act: () => void): void {
  let count = 0
  calls.intercept = (name) => { if (name === method && ++count === number) act() }
}

test.each(['read', 'write'] as const)('gzip in a thread of its own needs no %s in the calling one', async (method) => {
  await expect(callsOf(method, 'thread')).resolves.toBe(0)
})

test.each(faults)('any %s that fails, with gzip in the %s, is reported and leaves only the source', async (method, where) => {
  const count = await callsOf(method, where)
  expect(count).toBeGreaterThan(0)
  for (let number = 1; number <= count; number++) {
    const fault = Object.assign(new Error(`ENOSPC: no space left on device, ${method}`), { code: 'ENOSPC' })
    atCall(method, number, () => { throw fault })
    await expect(run(undefined, where), `call ${number}`).rejects.toBe(fault)
    expect(fault).toHaveProperty('path')
    expect(readdirSync(folder), `call ${number}`).toEqual(['app.20251001_121111.log'])
    expect(readFileSync(source).equals(content)).toBe(true)
  }
})

test.each(faults)('an abort at a %s, with gzip in the %s, whichever it is, leaves only the source', async (method, where) => {
  const count = await callsOf(method, where)
  for (let number = 1; number <= count; number++) {
    const abort = new AbortController()
    atCall(method, number, () => { abort.abort() })
    // At the very last call, the closing, the copy is made already and stays.
    const left = await run(abort.signal, where).then(() => 'copy', () => 'nothing')
    expect(existsSync(temporary), `call ${number}`).toBe(left === 'copy')
    rmSync(temporary, { force: true })
  }
})

test('an abort does not wait for an fsync that hangs', async () => {
  const abort = new AbortController()
  let release = (): void => {}
  const hanging = new Promise<void>((resolve) => { release = resolve })
  const handlePrototype = { sync: async () => { abort.abort(); await hanging } }
  const { open } = await vi.importActual<typeof import('node:fs/promises')>('node:fs/promises')
  const probe = await open(source)
  const prototype = Object.getPrototypeOf(probe) as FileHandle
  await probe.close()
  const spy = vi.spyOn(prototype, 'sync').mockImplementation(handlePrototype.sync)
  await expect(run(abort.signal)).rejects.toMatchObject({ name: 'AbortError' })
  expect(existsSync(temporary)).toBe(false)
  release()
  spy.mockRestore()
})

test('writes that take only a part are continued', async () => {
  calls.writeAtMostBytes = 1000
  const copy = await run()
  expect(gunzipSync(readFileSync(temporary)).equals(content)).toBe(true)
  expect(copy.compressedBytes).toBe(statSync(temporary).size)
})

test('a write that takes nothing and reports nothing is soon given up', async () => {
  calls.writeAtMostBytes = 0
  await expect(run()).rejects.toMatchObject({ code: 'ERR_ROTOR_WRITE_STALLED', path: temporary })
  expect(existsSync(temporary)).toBe(false)
})

test('a copy is proven by another checksum if Node has no crc32', async () => {
  vi.resetModules()
  vi.doMock('node:zlib', async (importOriginal) => ({ createZstdCompress: undefined, createZstdDecompress: undefined, ...await importOriginal<typeof import('node:zlib')>(), crc32: undefined }))
  const { compressFile: compressOnOldNode } = await import('../../../src/disk/compress/compress.js')
  const copy = await compressOnOldNode({ source, temporary, codec: 'gzip', level: 6, index: [], signal: new AbortController().signal })
  vi.doUnmock('node:zlib')
  expect(copy.sourceBytes).toBe(content.length)
  expect(gunzipSync(readFileSync(temporary)).equals(content)).toBe(true)
})
