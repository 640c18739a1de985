// The shell examples of docs/command-line.md, run as they stand in a project whose log has an archive and an active file.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { OptionsHelp } from '../../src/cli/call/command.js'
import { commands } from '../../src/cli/commands.js'
import { ExampleProject } from '../readme/example-project.js'
import { fencesIn } from '../readme/fences.js'
import { tableUnder, wordsIn } from '../readme/tables.js'
import { fill, lineAt } from './command-line.js'

const page = readFileSync(join(import.meta.dirname, '../../docs/command-line.md'), 'utf8')
const examples = fencesIn(page).filter(({ language, notRun }) => language === 'sh' && notRun === null)
const printed: Readonly<Record<string, RegExp>> = {
  sweep: /^would have compressed app\.20251001_121111\.log\.gz/,
  status: /"checkedAt": /,
  bundle: /^would have joined 1 archive to app\.202510\.log\.gz$/m
}
const said: Readonly<Record<string, RegExp>> = { bundle: /^pino-rotor: the options have no "bundle": [^\n]+\n$/ }

/** What each question of the page finds in the log that the tests have. */
const found: ReadonlyArray<readonly [question: string, answer: RegExp]> = [
  ['--level error', /^\{"level":50,[^\n]*"msg":"request failed"\}\n$/],
  ['--match reqId=req-7', /^\{[^\n]*"reqId":"req-7"[^\n]*\n$/],
  ['--since 02:10 --until 02:20', /^\{[^\n]*"n":1,[^\n]*\n$/],
  ['-n 20', /^(?:\{[^\n]*\n){20}$/],
  ['--count --by minute', /^(?:\d{4}-\d\d-\d\d \d\d:\d\d +\d+\n)+$/]
]

let project: ExampleProject

beforeEach(() => {
  project = new ExampleProject()
  writeFileSync(join(project.folder, 'rotor.json'), '{ "file": "logs/app.log", "limit": { "age": false } }')
  fill(join(project.folder, 'logs'), { 'app.20251001_121111.log': lineAt(0, 0), 'app.log': activeLines() })
})
afterEach(() => { project.remove() })

/** A line of the last quarter past two in the night, then some of now, of which one has failed. */
function activeLines (): string {
  const night = new Date()
  night.setHours(2, 15, 0, 0)
  if (night.getTime() > Date.now()) night.setDate(night.getDate() - 1)
  // Where this runs in that quarter itself, the other lines are half an hour older.
  const isNight = new Date().getHours() === 2 && new Date().getMinutes() < 30
  const nowMs = Date.now() - (isNight ? 1_800_000 : 0)
  const now = Array.from({ length: 25 }, (_, index) => lineAt(nowMs, index + 2, `,"reqId":"req-${index}"`))
  return lineAt(night.getTime(), 1) + now.join('') + lineAt(nowMs, 30).replace('"level":30', '"level":50').replace('completed', 'failed')
}

test.each(examples.map(({ code, line }) => [`line ${line}`, code.trim()] as const))('runs as it stands: %s, %s', async (_, code) => {
  const { exitCode, stdout, stderr } = await project.runShell(code)
  const command = code.split(' ')[1] ?? ''
  expect(exitCode).toBe(0)
  expect(stderr).toMatch(said[command] ?? /^$/)
  const answer = found.find(([question]) => command === 'cat' && code.includes(question))?.[1]
  expect(stdout).toMatch(answer ?? printed[command] ?? /nothing is expected of this command/)
})

test('the page has an example of four commands, and of each question that people ask', () => {
  expect(examples.map(({ code }) => code.split(' ')[1])).toEqual(['sweep', 'status', ...found.map(() => 'cat'), 'bundle'])
})

describe('the tables of the page agree with what the commands accept:', () => {
  const optionsOf = async (name: string): Promise<OptionsHelp> => (await commands.find((command) => command.name === name)?.load())?.options ?? {}
  const flagsIn = (text: string): string[] => [...text.matchAll(/--([a-z][a-z-]*)/g)].map(([, flag = '']) => flag)

  test('every command has a row, and each flag in it is one of that command', async () => {
    const rows = tableUnder(page, 'Command line').map(([name = '', does = '']) => ({ name: wordsIn(name)[0] ?? '', flags: wordsIn(does).flatMap(flagsIn) }))
    expect(rows.map(({ name }) => name)).toEqual(commands.map(({ name }) => name))
    for (const { name, flags } of rows) expect(Object.keys(await optionsOf(name))).toEqual(expect.arrayContaining(flags))
  })

  test('every flag of cat is in its table, with its short form and the name of its value', async () => {
    const { config: _config, help: _help, ...options } = await optionsOf('cat')
    const rows = tableUnder(page, 'cat')
    const shown = rows.flatMap(([flags = '']) => wordsIn(flags))
    expect(new Set([...shown.flatMap(flagsIn), ...rows.flatMap(([, does = '']) => wordsIn(does).flatMap(flagsIn))])).toEqual(new Set(Object.keys(options)))
    for (const [name, { placeholder, short }] of Object.entries(options)) {
      if (!shown.flatMap(flagsIn).includes(name)) continue
      const value = placeholder === undefined ? '' : ` ${placeholder}`
      expect(shown).toContain(`--${name}${value}`)
      if (short !== undefined) expect(shown).toContain(`-${short}${value}`)
    }
  })

  test('no flag of a pino-rotor call on the page is unknown to its command', async () => {
    const calls = [...page.matchAll(/pino-rotor ([a-z]+)([^\n]*)/g)].flatMap(([, name = '', rest = '']) => commands.some((command) => command.name === name) ? [{ name, flags: flagsIn(rest.split('`')[0] ?? '') }] : [])
    expect(calls.length).toBeGreaterThan(20)
    for (const { name, flags } of calls) expect(Object.keys(await optionsOf(name))).toEqual(expect.arrayContaining(flags))
  })
})
