// The command line on files, without an application.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pino from 'pino'
import { transport } from 'pino-rotor'
import { archivesIn, close, command, expectEachOnce, folder } from './scene.js'

function log () {
  const directory = folder()
  writeFileSync(join(directory, 'app.20250901_010101.log'), '{"i":0}\n')
  writeFileSync(join(directory, 'app.log'), '{"i":1}\n{"i":2}\n')
  return { directory, file: join(directory, 'app.log') }
}

async function run (...args) {
  const { code, output } = await command(...args)
  assert.equal(code, 0, `${args[0]}: ${output}`)
  return output
}

export const tests = {
  async 'prints the status' () {
    const { total } = JSON.parse(await run('status', log().file, '--json'))
    assert.equal(total.files, 2)
  },

  async 'prints every line in order, also for a path in another case' () {
    assert.deepEqual((await run('cat', log().file.replace('app', 'App'))).trim().split(/\r?\n/), ['{"i":0}', '{"i":1}', '{"i":2}'])
  },

  async 'verifies the archives' () {
    await run('verify', log().file)
  },

  async 'says in the doctor what it cannot tell' () {
    const output = await run('doctor', log().file)
    assert.match(output, /cannot tell what user/)
    assert.match(output, /cannot tell which processes/)
  },

  async 'rotates, also under a live writer, which follows' () {
    const { directory, file } = log()
    const destination = transport({ file, limit: false, compress: false, report: false })
    const logger = pino(destination)
    logger.info({ i: 3 })
    await new Promise((resolve) => destination.flush(resolve))
    await run('rotate', file)
    logger.info({ i: 4 })
    await close(destination)
    expectEachOnce(directory, 5)
    assert.equal(archivesIn(directory).length, 2)
  },

  async 'sweeps' () {
    const { directory, file } = log()
    const config = join(directory, 'rotor.json')
    writeFileSync(config, JSON.stringify({ file, limit: false }))
    await run('sweep', file, '--config', config)
    assert.deepEqual(archivesIn(directory), ['app.20250901_010101.log.gz'])
  },

  async 'bundles' () {
    const { directory, file } = log()
    const config = join(directory, 'rotor.json')
    writeFileSync(config, JSON.stringify({ file, bundle: {}, limit: false }))
    await run('bundle', file, '--config', config)
    assert.deepEqual(archivesIn(join(directory, 'archive')), ['app.202509.log.gz'])
  }
}
