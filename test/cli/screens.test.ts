// Every screen that a page or a picture shows is what the program prints: each is printed again, at an instant and of files that are made
// for it, and compared. Only what depends on the machine is left out: its free space and the user's name.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeScene, pageScenes, pictures, sceneEnvironment, wordsOf, type Scene } from '../../demo/scenes.js'
import { textOf } from '../../demo/terminal-picture.js'
import { fencesIn } from '../readme/fences.js'
import { run, temporaryFolder } from './command-line.js'

const repository = join(import.meta.dirname, '../..')

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
  const { stdout, stderr } = await run(wordsOf(command), { cwd: folder, env: { ...sceneEnvironment, NO_COLOR: '1' } })
  expect(stderr).toBe('')
  return ofAnyMachine(stdout)
}

const shown = fencesIn(readFileSync(join(repository, 'docs/command-line.md'), 'utf8'))
  .filter(({ code }) => code.startsWith('$ pino-rotor '))
  .map(({ code }) => [code.slice('$ pino-rotor '.length).split('\n')[0] ?? '', code] as const)

test.each(shown)('docs/command-line.md shows what "%s" prints; "npm run pictures" writes it anew', async (command, code) => {
  const scene = pageScenes.find(([beginning]) => command.startsWith(beginning))?.[1]
  expect(ofAnyMachine(code.split('\n').slice(1).join('\n'))).toBe(await screenOf(command, scene ?? { options: {}, files: {} }))
})

test('docs/command-line.md answers each question that people ask by one command, with its screen', () => {
  const commands = shown.map(([command]) => command)
  expect(commands.filter((command) => command.startsWith('cat '))).toEqual(['--since 2h --level error', '--match reqId=req-7', '--since 02:10 --until 02:20', '-n 20', '--since 2h --count --by minute'].map((flags) => `cat logs/app.log ${flags}`))
  for (const [beginning] of pageScenes) expect(commands.some((command) => command.startsWith(beginning))).toBe(true)
})

test.each(Object.entries(pictures))('docs/pictures/%s.svg shows what the command prints; "npm run pictures" redraws it', async (name, { command, scene }) => {
  const picture = readFileSync(join(repository, `docs/pictures/${name}.svg`), 'utf8')
  expect(ofAnyMachine(textOf(picture))).toBe(await screenOf(command, scene))
})
