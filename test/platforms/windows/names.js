// Names and paths: what is refused and what is supported.
import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import pino from 'pino'
import rotor from 'pino-rotor'
import { archivesIn, close, expectEachOnce, expectNothingLeft, folder } from './scene.js'

async function expectLog (directory, file) {
  const stream = await rotor({ file, limit: false, report: false })
  const logger = pino(stream)
  logger.info({ i: 0 })
  assert.notEqual(await stream.rotate(), null)
  logger.info({ i: 1 })
  await stream.sweep()
  await close(stream)
  expectEachOnce(directory, 2)
  assert.match(archivesIn(directory).join(), /\.log\.gz$/)
  expectNothingLeft(directory)
}

export const tests = {
  async 'refuses names that are no plain files' () {
    const directory = folder()
    for (const name of ['NUL', 'CON.log', 'a:b.log', 'app.log.', 'app.log ', 'aux/app.log', 'a?b.log']) {
      await assert.rejects(async () => await rotor({ file: `${directory}\\${name}` }), { code: 'ERR_ROTOR_OPTIONS' }, name)
    }
    await assert.rejects(async () => await rotor({ file: 'C:app.log' }), { code: 'ERR_ROTOR_OPTIONS' })
  },

  async 'refuses routes that differ by case alone' () {
    const directory = folder()
    const routes = [{ file: join(directory, 'APP.log'), match: { level: 'error' } }]
    await assert.rejects(async () => await rotor({ file: join(directory, 'app.log'), routes }), { code: 'ERR_ROTOR_OPTIONS' })
  },

  async 'logs under a drive letter with either slash' () {
    const [backward, forward] = [folder(), folder()]
    await expectLog(backward, `${backward}\\app.log`)
    await expectLog(forward, `${forward.replaceAll('\\', '/')}/app.log`)
  },

  async 'logs under a path from the working folder, with backslashes' () {
    const directory = folder()
    process.chdir(directory)
    await expectLog(join(directory, 'logs'), 'logs\\app.log')
  },

  async 'goes on with the log that is there if its name is written in another case' () {
    const directory = folder()
    await expectLog(directory, join(directory, 'app.log'))
    const stream = await rotor({ file: join(directory, 'APP.LOG'), limit: false, compress: false, report: false })
    pino(stream).info({ i: 2 })
    assert.match((await stream.rotate()).archive, /app\.\d{8}_\d{6}(?:\.1)?\.log$/)
    await close(stream)
    expectEachOnce(directory, 3)
  },

  async 'logs under an extended path' () {
    const directory = folder()
    await expectLog(directory, `\\\\?\\${directory}\\app.log`)
  },

  async 'logs under a path of more than 260 characters' () {
    const directory = join(folder(), ...Array.from({ length: 6 }, (_, index) => `${index}`.repeat(50)))
    assert.ok(directory.length > 260)
    mkdirSync(directory, { recursive: true })
    await expectLog(directory, join(directory, 'app.log'))
  }
}
