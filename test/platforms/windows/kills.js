// Kills at random moments and between the steps of a swap.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, readFileSync, watch, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import pino from 'pino'
import rotor from 'pino-rotor'
import { close, expectEachOnce, expectNothingLeft, failuresOf, folder, keptNumbers, start } from './scene.js'

const kills = 20
const killDelayMsMax = 150

async function sweepWhatIsLeft (file) {
  const stream = await rotor({ file, size: '20k', limit: false, report: false })
  const failures = failuresOf(stream)
  await stream.sweep()
  await close(stream)
  assert.deepEqual(failures, [])
}

// The journal's last line may be cut off by the kill.
function journaled (journal) {
  return existsSync(journal) ? readFileSync(journal, 'utf8').split('\n').slice(0, -1).map(Number) : []
}

async function changeOf (path) {
  const watcher = watch(path)
  await once(watcher, 'change')
  watcher.close()
}

function expectFlushedOnce (directory, flushed) {
  const kept = keptNumbers(directory)
  const times = new Map()
  for (const number of kept) times.set(number, (times.get(number) ?? 0) + 1)
  assert.deepEqual(flushed.filter((number) => times.get(number) !== 1), [], 'flushed lines that are not there exactly once')
  assert.equal(times.size, kept.length, 'a line is there twice')
}

async function killInSwap (step) {
  const directory = folder()
  const file = join(directory, 'app.log')
  const { code, output } = await start(['swap-killed-application.js', file, step]).ended
  assert.notEqual(code, 0, output)
  const stream = await rotor({ file, limit: false, compress: false, report: false })
  const failures = failuresOf(stream)
  pino(stream).info({ i: 1 })
  await stream.sweep()
  await close(stream)
  assert.deepEqual(failures, [])
  expectEachOnce(directory, 2)
  expectNothingLeft(directory)
}

export const tests = {
  async 'keeps every flushed line once through twenty random kills' () {
    const directory = folder()
    const journals = folder()
    const journal = join(journals, 'journal')
    for (let kill = 0; kill < kills; kill++) {
      const change = changeOf(journals)
      const { child, ended } = start(['pouring-application.js', join(directory, 'app.log'), journal, String(kill * 1_000_000), kill % 2 === 0 ? 'worker' : 'in process'])
      await change
      await setTimeout(kill * 7919 % killDelayMsMax)
      child.kill('SIGKILL')
      await ended
    }
    await sweepWhatIsLeft(join(directory, 'app.log'))
    const flushed = journaled(journal)
    assert.ok(flushed.length > kills, `${flushed.length} flushed lines`)
    expectFlushedOnce(directory, flushed)
    expectNothingLeft(directory)
  },

  async 'takes over from a worker that was terminated while it rotated' () {
    const directory = folder()
    const file = join(directory, 'app.log')
    // Its lock names this process, which lives on.
    writeFileSync(join(directory, '.app.log.rotor.lock'), `host=${hostname()} pid=${process.pid} thread=1 started=\nholder.1\n`)
    writeFileSync(join(directory, '.app.log.rotor.next'), '')
    const target = pino.transport({ target: 'pino-rotor', options: { file, size: '1k', limit: false, compress: false, report: false } })
    target.on('error', () => {})
    const logger = pino(target)
    await once(target, 'ready')
    for (let i = 0; i < 100; i++) logger.info({ i })
    target.flushSync()
    await target.worker.terminate()
    const stream = await rotor({ file, limit: false, compress: false, report: false })
    const failures = failuresOf(stream)
    pino(stream).info({ i: 100 })
    assert.equal((await stream.rotate()).reason, 'request')
    await stream.sweep()
    await close(stream)
    assert.deepEqual(failures, [])
    expectEachOnce(directory, 101)
    expectNothingLeft(directory)
  },

  async 'puts right a kill before the archive name is reserved' () {
    await killInSwap('reserve')
  },

  async 'puts right a kill before the active file is renamed' () {
    await killInSwap('rename active')
  },

  async 'puts right a kill before the successor is renamed' () {
    await killInSwap('rename successor')
  },

  async 'puts right a kill before the lock is given back' () {
    await killInSwap('unlock')
  }
}
