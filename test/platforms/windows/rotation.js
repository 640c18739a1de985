// Size, time, routes, compression and bundles.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pino from 'pino'
import { transport } from 'pino-rotor'
import { archivesIn, close, expectEachOnce, expectNothingLeft, failuresOf, folder, keptNumbers } from './scene.js'

async function expectCompressed (compress, ending) {
  const directory = folder()
  const destination = transport({ file: join(directory, 'app.log'), size: '100k', limit: false, compress, report: false })
  const failures = failuresOf(destination)
  const logger = pino(destination)
  for (let i = 0; i < 5_000; i++) logger.info({ i }, 'x'.repeat(80))
  await new Promise((resolve) => destination.flush(resolve))
  await destination.sweep()
  await close(destination)
  expectEachOnce(directory, 5_000)
  const archives = archivesIn(directory)
  assert.ok(archives.length >= 6 && archives.every((name) => name.endsWith(ending)), archives.join(', '))
  for (const name of readdirSync(directory)) assert.ok(statSync(join(directory, name)).size <= 100 * 1024, name)
  assert.deepEqual(failures, [])
  expectNothingLeft(directory)
}

export const tests = {
  async 'keeps every line once in files of the size, and compresses them with gzip' () {
    await expectCompressed('gzip', '.log.gz')
  },

  async 'compresses them with brotli' () {
    await expectCompressed('brotli', '.log.br')
  },

  async 'rotates at each boundary and keeps as many archives as the limit says' () {
    const directory = folder()
    const destination = transport({ file: join(directory, 'app.log'), frequency: '1s', limit: { count: 2 }, compress: false, report: false })
    const failures = failuresOf(destination)
    const reasons = []
    destination.on('rotated', ({ reason }) => { reasons.push(reason) })
    const logger = pino(destination)
    for (let i = 0; i < 4; i++) {
      logger.info({ i })
      await once(destination, 'rotated')
    }
    await destination.sweep()
    await close(destination)
    assert.deepEqual(reasons, ['time', 'time', 'time', 'time'])
    assert.equal(archivesIn(directory).length, 2)
    assert.deepEqual(keptNumbers(directory), [2, 3])
    assert.deepEqual(failures, [])
  },

  async 'writes each line into the file of its route, and rotates each' () {
    const directory = folder()
    const destination = transport({ file: join(directory, 'app.log'), compress: false, report: false, routes: [{ file: join(directory, 'error.log'), match: { level: 'error' } }] })
    const logger = pino(destination)
    for (let i = 0; i < 100; i++) logger[i % 2 === 0 ? 'info' : 'error']({ i })
    await destination.rotate()
    for (let i = 100; i < 200; i++) logger[i % 2 === 0 ? 'info' : 'error']({ i })
    await close(destination)
    const even = Array.from({ length: 100 }, (_, i) => 2 * i)
    assert.deepEqual(keptNumbers(directory), even)
    assert.deepEqual(keptNumbers(directory, /^error.*\.log$/), even.map((i) => i + 1))
    assert.equal(readdirSync(directory).length, 4)
  },

  async 'joins the archives of a closed month into a bundle' () {
    const directory = folder()
    for (const stamp of ['20250901_010101', '20250902_010101']) writeFileSync(join(directory, `app.${stamp}.log`), '{"i":1}\n')
    const destination = transport({ file: join(directory, 'app.log'), bundle: {}, limit: false, report: false })
    const failures = failuresOf(destination)
    await once(destination, 'bundled')
    await destination.sweep()
    await close(destination)
    assert.deepEqual(keptNumbers(join(directory, 'archive')), [1, 1])
    assert.deepEqual(archivesIn(directory), [])
    assert.deepEqual(failures, [])
  },

  async 'reports a removal once, and when the name is gone' () {
    const directory = folder()
    const old = join(directory, 'app.20250901_010101.log')
    for (const path of [old, join(directory, 'app.20250901_010102.log')]) writeFileSync(path, '{"i":0}\n')
    const destination = transport({ file: join(directory, 'app.log'), limit: { count: 1, age: false }, compress: false, report: false })
    const removed = []
    destination.on('removed', ({ file }) => { removed.push([file, readdirSync(directory).includes('app.20250901_010101.log')]) })
    await once(destination, 'removed')
    await destination.sweep()
    await close(destination)
    assert.deepEqual(removed, [[old, false]])
  },

  async 'swaps nothing for a leftover that an older version left half done by a link' () {
    const directory = folder()
    const file = join(directory, 'app.log')
    writeFileSync(file, '{"i":0}\n')
    const { linkSync } = await import('node:fs')
    linkSync(file, join(directory, 'app.20250901_010101.log'))
    writeFileSync(join(directory, '.app.log.rotor.next'), '')
    const destination = transport({ file, limit: false, compress: false, report: false })
    const failures = failuresOf(destination)
    pino(destination).info({ i: 1 })
    await destination.sweep()
    await destination.sweep()
    await close(destination)
    expectEachOnce(directory, 2)
    assert.deepEqual(archivesIn(directory), ['app.20250901_010101.log'])
    assert.deepEqual(failures, [])
    expectNothingLeft(directory)
  }
}
