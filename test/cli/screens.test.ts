// Every screen that a page or a picture shows is what the program prints: each is printed again, at an instant and of files that are made
// for it, and compared. Only what depends on the machine is left out: its free space and the user's name.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeScene, pictures, standStill, tenArchives, type Scene } from '../../demo/scenes.js'
import { textOf } from '../../demo/terminal-picture.js'
import { fencesIn } from '../readme/fences.js'
import { run, temporaryFolder } from './command-line.js'

const repository = join(import.meta.dirname, '../..')

// The scenes of the page's screens, by the command's name.
const scenes: Readonly<Record<string, Scene>> = {
  status: {
    options: { limit: { count: 20, age: '90d', totalSize: '1g' } },
    files: tenArchives
  },
  doctor: {
    options: { size: '5m', frequency: 'hourly', limit: { count: 8 } },
    files: { ...tenArchives, 'app.20251001.log.bak': 10, '.app.log.rotor.pack.app.log': 4 }
  }
}

// How wide the free space is written sets the second column of its table.
function ofAnyMachine (screen: string): string {
  return screen
    .replace(/^( {2}disk free) .*$/m, '$1')
    .replace(/^ {2}(limit|archives|age|total size) .*(now|no limit|\d).*$/gm, (row) => row.replaceAll(/ {2,}/g, '  '))
    .replace(/\d[\d.]* [KMGTP]?B free$/m, 'free')
    .replace(/(rights +user) \S+/, '$1')
    .trimEnd()
}

async function screenOf (command: string, scene: Scene): Promise<string> {
  const folder = temporaryFolder()
  makeScene(folder, scene)
  const { stdout, stderr } = await run(command.split(' '), { cwd: folder, env: { NODE_OPTIONS: `--import=data:text/javascript,${standStill}` } })
  expect(stderr).toBe('')
  return ofAnyMachine(stdout)
}

const shown = fencesIn(readFileSync(join(repository, 'docs/command-line.md'), 'utf8'))
  .filter(({ code }) => code.startsWith('$ pino-rotor '))
  .map(({ code }) => [code.split(' ')[2] ?? '', code] as const)

test.each(shown)('docs/command-line.md shows what %s prints', async (name, code) => {
  const [command = '', ...screen] = code.split('\n')
  expect(ofAnyMachine(screen.join('\n'))).toBe(await screenOf(command.replace('$ pino-rotor ', ''), scenes[name] ?? { options: {}, files: {} }))
})

test('docs/command-line.md shows every scene', () => {
  expect(shown.map(([name]) => name)).toEqual(Object.keys(scenes))
})

test.each(Object.entries(pictures))('docs/pictures/%s.svg shows what the command prints; "npm run pictures" redraws it', async (name, { command, scene }) => {
  const picture = readFileSync(join(repository, `docs/pictures/${name}.svg`), 'utf8')
  expect(ofAnyMachine(textOf(picture))).toBe(await screenOf(command, scene))
})
