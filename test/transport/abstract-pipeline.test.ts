// A pipeline whose transform is made with pino-abstract-transport, as pino's documentation shows and as examples/pipeline does.
import { copyFileSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runApplication } from '../support/application.js'
import { keptLines } from '../support/kept.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const repository = join(import.meta.dirname, '../..')

test('the lines of a transform made with pino-abstract-transport are all kept, whole and in order', async () => {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(join(repository, 'node_modules/pino-abstract-transport'), join(folder, 'node_modules/pino-abstract-transport'), 'junction')
  copyFileSync(join(repository, 'examples/pipeline/add-service.js'), join(folder, 'add-service.mjs'))
  const { code, stdout, stderr } = await runApplication(folder, `
    import { once } from 'node:events'
    import pino from 'pino'
    const alive = setInterval(() => {}, 1000)
    const transport = pino.transport({
      pipeline: [
        { target: new URL('add-service.mjs', import.meta.url).href, options: { service: 'shop' } },
        { target: 'pino-rotor', options: { file: 'app.log', size: '16k', compress: false, limit: false } }
      ]
    })
    let rotations = 0
    transport.on('rotated', () => { rotations++ })
    await once(transport, 'ready')
    const logger = pino(transport)
    for (let n = 0; n < 1000; n++) logger.info({ n }, 'a line')
    transport.end()
    await once(transport, 'close')
    process.stdout.write(String(rotations))
    clearInterval(alive)
  `).ended
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(Number(stdout)).toBeGreaterThan(1)
  const lines = keptLines(join(folder, 'app.log')).map((line) => JSON.parse(line) as { n: number, service: string })
  expect(lines.map(({ n }) => n)).toEqual(Array.from({ length: 1000 }, (_, n) => n))
  expect(lines.every(({ service }) => service === 'shop')).toBe(true)
})
