// The owner that a lock names.
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { currentOwner, livenessOf } from '../../../src/disk/lock/owner.js'

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
