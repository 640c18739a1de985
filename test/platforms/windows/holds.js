// Another program holds a file for a moment, as virus scanners, indexers and backups do.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import fs, { readFileSync, readdirSync, watch, writeFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import pino from 'pino'
import rotor, { transport } from 'pino-rotor'
import { archivesIn, close, expectEachOnce, expectNothingLeft, failuresOf, folder, start } from './scene.js'

const archive = 'app.20250901_010101.log'
const newer = 'app.20250901_010102.log'

/** Resolves to the other program once it holds the file. It lets go after that time, or when it is killed. */
async function hold (path, forMs) {
  const ready = folder()
  const watcher = watch(ready)
  const held = once(watcher, 'change')
  const { child, ended } = start(['holding-application.js', path, join(ready, 'held'), String(forMs)])
  await Promise.race([held, ended.then(({ output }) => { throw new Error(`${path} could not be held: ${output}`) })])
  watcher.close()
  return { child, ended }
}

export const tests = {
  async 'waits at the start for a held active file' () {
    const directory = folder()
    const file = join(directory, 'app.log')
    writeFileSync(file, '{"i":0}\n')
    const { ended } = await hold(file, 400)
    const stream = await rotor({ file, report: false })
    const failures = failuresOf(stream)
    pino(stream).info({ i: 1 })
    await close(stream)
    assert.equal((await ended).code, 0)
    assert.deepEqual(failures, [])
    expectEachOnce(directory, 2)
  },

  async 'compresses a held archive when it is let go, while lines go on' () {
    const directory = folder()
    writeFileSync(join(directory, archive), '{"i":0}\n')
    const { ended } = await hold(join(directory, archive), 1_500)
    const destination = transport({ file: join(directory, 'app.log'), limit: false, report: false })
    const failures = failuresOf(destination)
    const compressed = once(destination, 'compressed')
    pino(destination).info({ i: 1 })
    await new Promise((resolve) => destination.flush(resolve))
    assert.match(readFileSync(join(directory, 'app.log'), 'utf8'), /"i":1/)
    await compressed
    await close(destination)
    await ended
    assert.deepEqual(failures, [])
    assert.deepEqual(archivesIn(directory), [`${archive}.gz`])
    expectEachOnce(directory, 2)
  },

  async 'removes a held archive when it is let go' () {
    const directory = folder()
    writeFileSync(join(directory, archive), '{"i":0}\n')
    writeFileSync(join(directory, newer), '{"i":1}\n')
    const { child, ended } = await hold(join(directory, archive), 60_000)
    const { unlink } = fs.promises
    // It is let go before the first attempt has failed.
    fs.promises.unlink = async (path) => await unlink(path).finally(async () => {
      child.kill()
      await ended
    })
    syncBuiltinESMExports()
    const stream = await rotor({ file: join(directory, 'app.log'), limit: { count: 1, age: false }, compress: false, report: false })
    const failures = failuresOf(stream)
    await once(stream, 'removed')
    await close(stream)
    assert.deepEqual(failures, [])
    assert.deepEqual(archivesIn(directory), [newer])
  },

  async 'reports a removal that is held for longer once, and that it works again' () {
    const directory = folder()
    writeFileSync(join(directory, archive), '{"i":0}\n')
    writeFileSync(join(directory, newer), '{"i":1}\n')
    const { child } = await hold(join(directory, archive), 60_000)
    const stream = await rotor({ file: join(directory, 'app.log'), limit: { count: 1, age: false }, compress: false, report: false })
    const failures = failuresOf(stream)
    const removed = once(stream, 'removed')
    const recovered = once(stream, 'recovered')
    await once(stream, 'failed')
    child.kill()
    await removed
    await recovered
    await close(stream)
    assert.deepEqual(failures.map(({ step }) => step), ['remove'])
  },

  async 'removes an archive once, and reports it once, that a reader has open' () {
    const directory = folder()
    writeFileSync(join(directory, archive), '{"i":0}\n')
    writeFileSync(join(directory, newer), '{"i":1}\n')
    const reader = fs.openSync(join(directory, archive), 'r')
    const stream = await rotor({ file: join(directory, 'app.log'), limit: { count: 1, age: false }, compress: false, report: false })
    const failures = failuresOf(stream)
    const removed = []
    stream.on('removed', ({ file }) => { removed.push(file) })
    for (let sweep = 0; sweep < 2; sweep++) await stream.sweep()
    assert.deepEqual(removed, [])
    const gone = once(stream, 'removed')
    fs.closeSync(reader)
    await gone
    await stream.sweep()
    await close(stream)
    assert.deepEqual(removed, [join(directory, archive)])
    assert.deepEqual(failures, [])
  },

  async 'rotates although the file of the lock is held for a moment' () {
    const directory = folder()
    const stream = await rotor({ file: join(directory, 'app.log'), limit: false, compress: false, report: false })
    pino(stream).info({ i: 0 })
    await stream.sweep()
    const lock = join(directory, '.app.log.rotor.lock')
    writeFileSync(lock, '')
    const { ended } = await hold(lock, 300)
    assert.equal((await stream.rotate()).reason, 'request')
    await close(stream)
    await ended
    expectEachOnce(directory, 1)
    expectNothingLeft(directory)
  },

  async 'writes into the full file while it cannot be renamed, and rotates afterwards' () {
    const directory = folder()
    const file = join(directory, 'app.log')
    const stream = await rotor({ file, limit: false, compress: false, size: '1k', report: false })
    const failures = failuresOf(stream)
    const { renameSync } = fs
    let refusals = 3
    fs.renameSync = (from, to) => {
      if (from === file && refusals-- > 0) throw Object.assign(new Error('EBUSY: held'), { code: 'EBUSY' })
      renameSync(from, to)
    }
    syncBuiltinESMExports()
    const rotated = once(stream, 'rotated')
    const logger = pino(stream)
    for (let i = 0; i < 20; i++) logger.info({ i }, 'x'.repeat(100))
    assert.equal(readdirSync(directory).filter((name) => name.startsWith('app.')).length, 1)
    const turns = setInterval(() => { logger.info({ i: -1 }) }, 50)
    await rotated
    clearInterval(turns)
    await close(stream)
    assert.deepEqual(failures, [])
    assert.ok(archivesIn(directory).length >= 1)
    expectNothingLeft(directory)
  }
}
