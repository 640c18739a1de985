// The owner that a lock names.
import { once } from 'node:events'
import fs, { readFileSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { expect, test, vi } from 'vitest'
import { currentOwner, livenessOf } from '../../../src/disk/lock/owner.js'

// What imports a function by name gets the one that a spy has put into the module meanwhile.
vi.mock('node:fs', async (importOriginal) => {
  const original = await importOriginal<typeof fs & { default: typeof fs }>()
  return { ...original, readFileSync: (...given: Parameters<typeof fs.readFileSync>) => original.default.readFileSync(...given) }
})

test.runIf(process.platform === 'linux')('an owner is gone when its thread was terminated in a process that lives', async () => {
  const worker = new Worker(`
    const { parentPort } = require('node:worker_threads')
    parentPort.postMessage(Number(require('node:fs').readlinkSync('/proc/thread-self').split('/').at(-1)))
    setInterval(() => {}, 1000)
  `, { eval: true })
  const [thread] = await once(worker, 'message') as [number]
  const started = readFileSync(`/proc/${process.pid}/task/${thread}/stat`, 'latin1').split(') ')[1]?.split(' ')[19] ?? ''
  const owner = { ...currentOwner(), thread, started }
  expect(livenessOf(owner)).toBe('alive')
  await worker.terminate()
  expect(livenessOf(owner)).toBe('gone')
})

test.runIf(process.platform === 'linux')('a thread reads no file again to name itself in one more lock', () => {
  const owner = currentOwner()
  const read = vi.spyOn(fs, 'readFileSync')
  expect(currentOwner()).toEqual(owner)
  expect(read).not.toHaveBeenCalled()
  vi.restoreAllMocks()
})
