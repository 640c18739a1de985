// Draws the screens that the docs show, including the page of `web`. It runs each real command on a log that is made for it. It writes the screen to
// docs/pictures, or below its command in docs/command-line.md. Run it with `npm run pictures` when a screen changes. test/cli/screens.test.ts fails when
// that is needed.
// @ts-check
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeScene, pageScenes, pictures, sceneEnvironment, wordsOf } from './scenes.js'
import { drawPage } from './page-picture.js'
import { terminalPicture } from './terminal-picture.js'

const program = fileURLToPath(new URL('../dist/cli.js', import.meta.url))
const folder = fileURLToPath(new URL('../docs/pictures/', import.meta.url))

mkdirSync(folder, { recursive: true })
for (const [name, { command, scene }] of Object.entries(pictures)) {
  const path = join(folder, `${name}.svg`)
  writeFileSync(path, terminalPicture(`pino-rotor ${command}`, screenOf(command, scene)))
  console.log(path)
}

const pagePicture = join(folder, 'web.png')
await drawPage(pagePicture)
console.log(pagePicture)

const page = fileURLToPath(new URL('../docs/command-line.md', import.meta.url))
writeFileSync(page, readFileSync(page, 'utf8').replaceAll(/(```\n\$ pino-rotor )(.*)\n[^]*?```/g, (_, before, command) => {
  const scene = pageScenes.find(([beginning]) => command.startsWith(beginning))?.[1]
  if (scene === undefined) throw new Error(`no scene for ${command}`)
  return `${before}${command}\n${screenOf(command, scene, { NO_COLOR: '1' }).trimEnd()}\n\`\`\``
}))
console.log(page)

/**
 * Returns what the command prints on a terminal.
 *
 * @param {string} command
 * @param {import('./scenes.js').Scene} scene
 * @param {NodeJS.ProcessEnv} [more]
 */
function screenOf (command, scene, more) {
  const work = mkdtempSync(join(tmpdir(), 'pino-rotor-picture-'))
  try {
    makeScene(work, scene)
    const { stdout, stderr } = spawnSync(process.execPath, [program, ...wordsOf(command)], { cwd: work, encoding: 'utf8', env: { ...sceneEnvironment, ...more } })
    if (stderr !== '') throw new Error(stderr)
    return stdout
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}
