// Node's permission model: what the log needs is granted by path, and what is not granted is named.
import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runApplication, type Ending } from '../support/application.js'
import { filesOf } from '../support/kept.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const model = process.allowedNodeEnvironmentFlags.has('--permission') ? '--permission' : '--experimental-permission'
const opening = {
  handle: "transport({ file: 'logs/app.log', compress: false })",
  stream: "await rotor({ file: 'logs/app.log', compress: false })"
}

async function run (folder: string, face: keyof typeof opening, granted: readonly string[]): Promise<Ending> {
  const source = `import rotor, { transport } from 'pino-rotor'
const destination = ${opening[face]}
destination.write('one\\n')
await destination.rotate()
destination.write('two\\n')
destination.end()
`
  return await runApplication(folder, source, [model, '--no-warnings', '--allow-fs-read=*', ...granted]).ended
}

test.each([['handle', ['--allow-worker']], ['stream', []]] as const)('the %s rotates and keeps the mode if its folder may be written', async (face, granted) => {
  const folder = temporaryFolder()
  const file = join(folder, 'logs/app.log')
  mkdirSync(join(folder, 'logs'))
  writeFileSync(file, '')
  // A new file may be read by its owner alone until it has the rights of the one before.
  chmodSync(file, 0o640)
  const { code, stderr } = await run(folder, face, [`--allow-fs-write=${folder}/logs/`, ...granted])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(filesOf(file).map(({ content }) => content.toString())).toEqual(['one\n', 'two\n'])
  expect(statSync(file).mode & 0o777).toBe(0o640)
})

test('a folder that may not be written is named, and so is the right that is missing', async () => {
  const folder = temporaryFolder()
  const { code, stderr } = await run(folder, 'stream', [])
  expect(code).toBe(1)
  expect(stderr).toContain(`cannot open ${join(folder, 'logs/app.log')}`)
  expect(stderr).toContain("code: 'ERR_ACCESS_DENIED'")
  expect(stderr.length).toBeLessThan(5000)
})
