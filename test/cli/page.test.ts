// The shell examples of docs/command-line.md, run as they stand in a project whose log has an archive and an active file.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ExampleProject } from '../readme/example-project.js'
import { fencesIn } from '../readme/fences.js'
import { fill, lineAt } from './command-line.js'

const page = readFileSync(join(import.meta.dirname, '../../docs/command-line.md'), 'utf8')
const examples = fencesIn(page).filter(({ language, notRun }) => language === 'sh' && notRun === null)
const printed: Readonly<Record<string, RegExp>> = {
  cat: /request completed/,
  sweep: /^would have compressed app\.20251001_121111\.log\.gz/,
  status: /"checkedAt": /,
  bundle: /^would have joined 1 archive to app\.202510\.log\.gz$/m
}
const said: Readonly<Record<string, RegExp>> = { bundle: /^pino-rotor: the options have no "bundle": [^\n]+\n$/ }

let project: ExampleProject

beforeEach(() => {
  project = new ExampleProject()
  writeFileSync(join(project.folder, 'rotor.json'), '{ "file": "logs/app.log", "limit": { "age": false } }')
  fill(join(project.folder, 'logs'), { 'app.20251001_121111.log': lineAt(0, 0), 'app.log': lineAt(Date.now(), 1) })
})
afterEach(() => { project.remove() })

test.each(examples.map(({ code, line }) => [`line ${line}`, code.trim()] as const))('runs as it stands: %s, %s', async (_, code) => {
  const { exitCode, stdout, stderr } = await project.runShell(code)
  const command = code.split(' ')[1] ?? ''
  expect(exitCode).toBe(0)
  expect(stderr).toMatch(said[command] ?? /^$/)
  expect(stdout).toMatch(printed[command] ?? /nothing is expected of this command/)
})

test('the page has an example of four commands', () => {
  expect(examples.map(({ code }) => code.split(' ')[1])).toEqual(['cat', 'sweep', 'status', 'bundle'])
})
