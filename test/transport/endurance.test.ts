// Guarantee 11: ten thousand rotations in one worker leave descriptors and memory as they were.
import { join } from 'node:path'
import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { runApplication } from '../support/application.js'
import { temporaryFolder } from '../support/temporary-folder.js'

interface Measure { readonly rotations: number, readonly descriptors: number, readonly heapBytes: number, readonly residentBytes: number }

const rounds = 10
const rotationsEach = 1_000

// The worker is asked for its heap from within: the target is wrapped in a module that answers with what it measures.
const worker = `
  const rotor = require('pino-rotor').default
  const { readdirSync } = require('node:fs')
  const { parentPort } = require('node:worker_threads')
  module.exports = async (options) => {
    const stream = await rotor(options)
    let rotations = 0
    stream.on('rotated', () => { rotations++ })
    parentPort.on('message', async (message) => {
      if (message !== 'measure') return
      // A compression under way has a few descriptors open.
      await stream.sweep()
      globalThis.gc()
      globalThis.gc()
      const { heapUsed, external, rss } = process.memoryUsage()
      const descriptors = readdirSync('/proc/self/fd').length
      parentPort.postMessage({ code: 'EVENT', name: 'measure', args: [{ rotations, descriptors, heapBytes: heapUsed + external, residentBytes: rss }] })
    })
    return stream
  }
`

const application = `
  import { once } from 'node:events'
  import { writeFileSync } from 'node:fs'
  import pino from 'pino'
  writeFileSync('worker.cjs', ${JSON.stringify(worker)})
  const destination = pino.transport({ target: process.cwd() + '/worker.cjs', options: { file: 'app.log', size: '200b', limit: { count: 5 }, report: false } })
  const alive = setInterval(() => {}, 1000)
  await once(destination, 'ready')
  const measures = []
  let line = 0
  for (let round = 0; round < ${rounds}; round++) {
    let rotations = 0
    const enough = new Promise((resolve) => destination.on('rotated', () => { if (++rotations === ${rotationsEach}) resolve() }))
    for (let rotation = 0; rotation < ${rotationsEach} + (round === 0 ? 1 : 0); rotation++) destination.write(String(line++).padEnd(149, '.') + '\\n')
    await enough
    destination.removeAllListeners('rotated')
    const measured = once(destination, 'measure')
    destination.emit('message', 'measure')
    measures.push(...await measured)
  }
  process.stdout.write(JSON.stringify(measures))
  destination.end()
  await once(destination, 'close')
  clearInterval(alive)
`

test.skipIf(!existsSync('/proc/self/fd'))('ten thousand rotations with compression and retention leave descriptors and memory flat', async () => {
  const folder = temporaryFolder()
  const { code, stdout, stderr } = await runApplication(folder, application, ['--expose-gc']).ended
  expect(code, stderr).toBe(0)
  const measures = JSON.parse(stdout) as Measure[]
  expect(measures.map(({ rotations }) => rotations)).toEqual(Array.from({ length: rounds }, (_, round) => (round + 1) * rotationsEach))
  const [, early, ...later] = measures
  const last = later.at(-1)
  if (early === undefined || last === undefined) throw new Error('too few measures')
  const mebibyte = 1024 * 1024
  console.log(`after 2,000 and 10,000 rotations: descriptors ${early.descriptors} and ${last.descriptors}, heap ${(early.heapBytes / mebibyte).toFixed(1)} and ${(last.heapBytes / mebibyte).toFixed(1)} MiB, resident ${(early.residentBytes / mebibyte).toFixed(0)} and ${(last.residentBytes / mebibyte).toFixed(0)} MiB`)
  for (const { descriptors } of later) expect(Math.abs(descriptors - early.descriptors)).toBeLessThanOrEqual(2)
  // Eight thousand rotations that kept a kilobyte each would show as 8 MiB.
  expect(last.heapBytes - early.heapBytes).toBeLessThan(4 * mebibyte)
  expect(last.residentBytes - early.residentBytes).toBeLessThan(64 * mebibyte)
  expect(existsSync(join(folder, 'app.log'))).toBe(true)
}, 120_000)
