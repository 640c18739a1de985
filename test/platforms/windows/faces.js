// The three faces of the API.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import pino from 'pino'
import rotor, { transport } from 'pino-rotor'
import { close, expectEachOnce, expectNothingLeft, folder, start } from './scene.js'

export const tests = {
  async 'keeps every line of a process that just ends, with the target' () {
    const directory = folder()
    const { code, output } = await start(['ending-application.js', join(directory, 'app.log')]).ended
    assert.equal(code, 0, output)
    expectEachOnce(directory, 500)
  },

  async 'rotates, sweeps and tells its status through the handle' () {
    const directory = folder()
    const destination = transport({ file: join(directory, 'app.log'), report: false })
    pino(destination).info({ i: 0 })
    const { archive, bytes, reason } = await destination.rotate()
    assert.ok(bytes > 0)
    assert.equal(reason, 'request')
    assert.match(archive, /app\.\d{8}_\d{6}\.log$/)
    await destination.sweep()
    const { total } = await destination.status()
    assert.equal(total.files, 2)
    await close(destination)
    expectEachOnce(directory, 1)
    expectNothingLeft(directory)
  },

  async 'rotates in process' () {
    const directory = folder()
    const stream = await rotor({ file: join(directory, 'app.log'), report: false, compress: false })
    const logger = pino(stream)
    logger.info({ i: 0 })
    assert.equal((await stream.rotate()).reason, 'request')
    assert.equal(await stream.rotate(), null)
    logger.info({ i: 1 })
    await close(stream)
    expectEachOnce(directory, 2)
    expectNothingLeft(directory)
  }
}
