// The scripts with which the shells complete the command line, each asked by its own shell, and the manual page.
import { execFileSync, spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pino from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { commands } from '../../src/cli/commands.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { program, run } from './command-line.js'
import { manPage } from './man-page.js'

const page = join(import.meta.dirname, '../../pino-rotor.1')
const names = commands.map(({ name }) => name)
const levels = Object.values(pino.levels.labels)
const loaded = await Promise.all(commands.map(async ({ load }) => await load()))

function has (program: string, ...args: readonly string[]): boolean {
  const isHere = spawnSync(program, args).status === 0
  if (!isHere) console.log(`skipped: tests with ${program}, because it is not installed`)
  return isHere
}

function wordsOf (shell: string, args: readonly string[]): string[] {
  const { stdout, stderr } = spawnSync(shell, args, { encoding: 'utf8' })
  expect(stderr).toBe('')
  return stdout.split('\n').filter((line) => line !== '')
}

describe('completion', () => {
  let folder = ''
  beforeAll(() => {
    folder = temporaryFolder(afterAll)
    for (const shell of ['bash', 'zsh', 'fish']) writeFileSync(join(folder, shell), execFileSync(process.execPath, [program, 'completion', shell]))
  })

  describe.skipIf(!has('bash', '--version'))('in bash', () => {
    const completed = (...words: readonly string[]): string[] => wordsOf('bash', ['-c', 'source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _pino_rotor; printf "%s\\n" "${COMPREPLY[@]}"', join(folder, 'bash'), ...words])

    test('gives every command, every option of a command, and values that can be listed', () => {
      expect(completed('pino-rotor', '')).toEqual([...names, '--help', '--version'])
      for (const { name, options } of loaded) expect(completed('pino-rotor', name, '--').sort()).toEqual(Object.keys(options).map((option) => `--${option}`).sort())
      expect(completed('pino-rotor', 'cat', '--le')).toEqual(['--level'])
      expect(completed('pino-rotor', 'cat', '--level', '')).toEqual(levels)
      expect(completed('pino-rotor', 'cat', '--level', 'e')).toEqual(['error'])
      expect(completed('pino-rotor', 'cat', '--by', '')).toEqual(['minute', 'hour', 'day', 'level'])
      expect(completed('pino-rotor', 'query', '--timezone', '')).toEqual(['UTC', 'local'])
      expect(completed('pino-rotor', 'completion', 'f')).toEqual(['fish'])
    })

    test('leaves FILE to the shell', () => {
      expect(completed('pino-rotor', 'cat', 'lo')).toEqual([])
      expect(wordsOf('bash', ['-c', 'source "$0"; complete -p pino-rotor', join(folder, 'bash')])).toEqual(['complete -o default -F _pino_rotor pino-rotor'])
    })
  })

  // The functions that zsh completes with need a terminal, so they only print what they are given.
  describe.skipIf(!has('zsh', '--version'))('in zsh', () => {
    const asked = (...words: readonly string[]): string[] => wordsOf('zsh', ['-fc', 'compdef () {}; _describe () { print -l -- $commands }; _arguments () { print -l -- "$@" }; source $0; words=("$@"); CURRENT=$#; _pino_rotor', join(folder, 'zsh'), ...words])

    test('gives every command and every option of a command', () => {
      expect(asked('pino-rotor', '').map((line) => line.split(':')[0])).toEqual(names)
      for (const { name, options } of loaded) {
        const given = asked('pino-rotor', name, '--').join('\n')
        for (const option of Object.keys(options)) expect(given).toMatch(new RegExp(`--${option}\\[`))
      }
      expect(asked('pino-rotor', 'cat', '--').join('\n')).toContain(`:LEVEL:(${levels.join(' ')})`)
      expect(asked('pino-rotor', 'cat', '--').join('\n')).toMatch(/--by\[.*:GROUP:\(minute hour day level\)/)
      expect(asked('pino-rotor', 'cat', '--').join('\n')).toMatch(/--timezone\[.*:ZONE:\(UTC local\)/)
    })
  })

  describe.skipIf(!has('fish', '--version'))('in fish', () => {
    const completed = (line: string): string[] => wordsOf('fish', ['-c', `source ${join(folder, 'fish')}; complete -C ${JSON.stringify(line)}`]).map((each) => each.split('\t')[0] ?? '')

    test('gives every command, every option of a command, and values that can be listed', () => {
      expect(completed('pino-rotor ')).toEqual(expect.arrayContaining(names))
      for (const { name, options } of loaded) expect(completed(`pino-rotor ${name} --`)).toEqual(expect.arrayContaining(Object.keys(options).map((option) => `--${option}`)))
      expect(completed('pino-rotor cat --level ').sort()).toEqual([...levels].sort())
      expect(completed('pino-rotor cat --level e')).toEqual(['error'])
      expect(completed('pino-rotor cat --by ').sort()).toEqual(['day', 'hour', 'level', 'minute'])
      expect(completed('pino-rotor query --timezone ').sort()).toEqual(['UTC', 'local'])
    })
  })

  test('for another shell is a wrong call', async () => {
    expect(await run(['completion', 'tcsh'], { cwd: folder })).toEqual({ status: 2, stdout: '', stderr: expect.stringMatching(/expected bash, zsh or fish, received "tcsh"/) as string })
  })
})

describe('the manual page', () => {
  test('says of every command and option what the help says', async () => {
    await expect(manPage(loaded)).toMatchFileSnapshot(page)
  })

  test.skipIf(!has('mandoc', '-T', 'lint', '-W', 'fatal', '/dev/null'))('is one that mandoc draws without a complaint', () => {
    const { status, stdout, stderr } = spawnSync('mandoc', ['-T', 'lint', '-W', 'warning', page], { encoding: 'utf8' })
    expect(stdout + stderr).toBe('')
    expect(status).toBe(0)
  })
})
