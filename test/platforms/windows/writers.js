// Two workers on one path. Wine's appends are made atomic, as those of Windows are. A plain program beside them shows that
// they are: it writes in the same way, without pino-rotor.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import pino from 'pino'
import { transport } from 'pino-rotor'
import { archivesIn, close, expectEachOnce, expectNothingLeft, failuresOf, folder } from './scene.js'

const options = { size: '20k', limit: false, report: false, rotateWhen: './atomic-appends.js' }

async function expectAtomicAppends () {
  const directory = folder()
  const workers = [0, 1].map((first) => new Worker('./appending-worker.js', { workerData: { file: join(directory, 'app.log'), first } }))
  await Promise.all(workers.map((worker) => once(worker, 'exit')))
  expectEachOnce(directory, 2_000)
}

function flushed (destination) {
  return new Promise((resolve) => destination.flush(resolve))
}

export const tests = {
  async 'keeps every line of two workers that rotate one path, as plain appends beside them do' () {
    await expectAtomicAppends()
    const directory = folder()
    const destinations = [0, 1].map(() => transport({ ...options, file: join(directory, 'app.log'), compress: false }))
    const failures = destinations.map(failuresOf)
    const loggers = destinations.map((destination) => pino(destination))
    for (let i = 0; i < 2_000; i++) {
      loggers[i % 2].info({ i })
      if (i % 20 === 0) await Promise.all(destinations.map(flushed))
    }
    await Promise.all(destinations.map(close))
    assert.deepEqual(failures, [[], []])
    expectEachOnce(directory, 2_000)
    assert.ok(archivesIn(directory).length >= 3, archivesIn(directory).join(', '))
    expectNothingLeft(directory)
  },

  async 'keeps every line of a worker whose file another one rotates and compresses' () {
    const directory = folder()
    const [rotating, following] = [0, 1].map(() => transport({ ...options, file: join(directory, 'app.log') }))
    const failures = [rotating, following].map(failuresOf)
    const loggers = [rotating, following].map((destination) => pino(destination))
    let count = 0
    for (let round = 0; round < 3; round++) {
      const compressed = Promise.race([rotating, following].map((destination) => once(destination, 'compressed')))
      for (let line = 0; line < 20; line++) loggers[line % 2].info({ i: count++ })
      await Promise.all([rotating, following].map(flushed))
      assert.notEqual(await rotating.rotate(), null)
      const afterwards = setInterval(() => { loggers[1].info({ i: count++ }) }, 50)
      await compressed
      clearInterval(afterwards)
    }
    await Promise.all([rotating, following].map(close))
    assert.deepEqual(failures, [[], []])
    expectEachOnce(directory, count)
    expectNothingLeft(directory)
  }
}
