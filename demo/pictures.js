// Draws the terminal screens of the docs: each command is run for real on a log that is made for it, and its screen is written to
// docs/pictures. Run it with `npm run pictures` when a screen changes; test/cli/screens.test.ts tells when that is needed.
// @ts-check
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeScene, pictures, standStill } from './scenes.js'
import { terminalPicture } from './terminal-picture.js'

const program = fileURLToPath(new URL('../dist/cli.js', import.meta.url))
const folder = fileURLToPath(new URL('../docs/pictures/', import.meta.url))

mkdirSync(folder, { recursive: true })
for (const [name, { command, scene }] of Object.entries(pictures)) {
  const path = join(folder, `${name}.svg`)
  writeFileSync(path, terminalPicture(`pino-rotor ${command}`, screenOf(command, scene)))
  console.log(path)
}

/**
 * What the command prints on a terminal.
 *
 * @param {string} command
 * @param {import('./scenes.js').Scene} scene
 */
function screenOf (command, scene) {
  const work = mkdtempSync(join(tmpdir(), 'pino-rotor-picture-'))
  try {
    makeScene(work, scene)
    // Colours are for terminals; a pipe that says it is one gets them too.
    const terminal = `--import=data:text/javascript,${encodeURIComponent(`${standStill};process.stdout.isTTY=true`)}`
    const { stdout, stderr } = spawnSync(process.execPath, [terminal, program, ...command.split(' ')], { cwd: work, encoding: 'utf8', env: { TERM: 'xterm' } })
    if (stderr !== '') throw new Error(stderr)
    return stdout
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}
