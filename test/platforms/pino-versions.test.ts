// The versions of pino that the package's manifest allows: the oldest one, the last whose thread-stream throws at an event, and the
// versions since. Every other test uses the newest one.
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { runApplication } from '../support/application.js'
import { keptLines } from '../support/kept.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { fetchProgram } from './fetched.js'

interface Manifest { readonly peerDependencies: { readonly pino: string }, readonly peerDependenciesMeta: { readonly pino: object } }

const { peerDependencies, peerDependenciesMeta } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as Manifest
const oldest = /^>=(\d+\.\d+\.\d+)$/.exec(peerDependencies.pino)?.[1] ?? peerDependencies.pino

test('pino is an optional peer, so that the commands can be installed without it', () => {
  expect(peerDependencies).toMatchObject({ pino: '>=7.11.0' })
  expect(peerDependenciesMeta).toMatchObject({ pino: { optional: true } })
})

test.each([
  [oldest, 0],
  ['8.0.0', 0],
  ['9.0.0', 2]
])('pino %s keeps every line through the handle and the plain target, whose events are: %i rotations', async (version, rotations) => {
  const pino = fetchProgram(`pino@${version}`, 'pino/pino.js')
  expect(pino, `npm package pino@${version} cannot be fetched`).not.toBeNull()
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(dirname(pino ?? ''), join(folder, 'node_modules/pino'), 'junction')
  const { code, stdout, stderr } = await runApplication(folder, `
    import { once } from 'node:events'
    import pino from 'pino'
    import { transport } from 'pino-rotor'
    const alive = setInterval(() => {}, 1000)
    const optionsOf = (name) => ({ file: name + '.log', size: '8k', compress: false, limit: false })
    const use = async (destination) => {
      let rotated = 0
      destination.on('rotated', () => { rotated++ })
      await once(destination, 'ready')
      const logger = pino({ base: null }, destination)
      for (let n = 0; n < 500; n++) logger.info({ n })
      destination.end()
      await once(destination, 'close')
      return rotated
    }
    const target = await use(pino.transport({ target: 'pino-rotor', options: optionsOf('target') }))
    process.stdout.write(JSON.stringify({ target, handle: await use(transport(optionsOf('handle'))) }))
    clearInterval(alive)
  `).ended
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(JSON.parse(stdout)).toEqual({ target: rotations, handle: 2 })
  for (const name of ['target', 'handle']) {
    expect(keptLines(join(folder, `${name}.log`)).map((line) => (JSON.parse(line) as { n: number }).n)).toEqual(Array.from({ length: 500 }, (_, n) => n))
  }
})
