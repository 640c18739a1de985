// The command line as a whole: help, version, and what is said of a call that cannot be meant.
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { beforeEach, describe, expect, test } from 'vitest'
import { canActAsOtherUser, fill, linesFrom, otherUser, noTerminal, outcomeOf, pictureOf, program, run, startOnTerminal, startWriter, temporaryFolder } from './command-line.js'

const names = ['status', 'rotate', 'sweep', 'bundle', 'cat', 'verify', 'doctor']
let folder: string
const cli = (...args: string[]) => run(args, { cwd: folder })

beforeEach(() => {
  folder = temporaryFolder()
  fill(join(folder, 'logs'), { 'app.log': linesFrom(0, 0, 3), 'app.20251001_121111.log.gz': linesFrom(0, 0, 3) })
})

describe('help', () => {
  test('names every command', async () => {
    const { status, stdout } = await cli('--help')
    expect(status).toBe(0)
    for (const name of names) expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'))
  })

  test.each(names)('of %s has its options and an example, in 80 columns', async (name) => {
    const { status, stdout, stderr } = await cli(name, '--help')
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toContain('--config PATH')
    expect(stdout).toMatch(new RegExp(`Example:\\n {2}pino-rotor ${name} `))
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
    expect((await cli('help', name)).stdout).toBe(stdout)
  })

  test('is printed for a call without arguments, with exit status 2', async () => {
    expect(await cli()).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining('Usage:') })
  })
})

test('--version prints the version of the package', async () => {
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'))
  expect(await cli('--version')).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' })
})

describe('starts quickly, since it loads', () => {
  const filesLoadedBy = (...args: string[]) => {
    const folder = temporaryFolder()
    spawnSync(process.execPath, [program, ...args], { env: { ...process.env, NODE_V8_COVERAGE: folder } })
    const reports = readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as { result: Array<{ url: string }> })
    return reports.flatMap(({ result }) => result.map(({ url }) => url)).sort()
  }
  const loadedBy = (...args: string[]) => {
    const files = filesLoadedBy(...args)
    return names.filter((name) => files.some((file) => file.includes(`/cli-${name}-`) || file.endsWith(`/${name}-program.js`)))
  }

  test('no command to say its version', () => { expect(loadedBy('--version')).toEqual([]) })

  test.each(names)('%s and no other command to run it', (name) => { expect(loadedBy(name, '--help')).toEqual([name]) })

  test('one file to run cat', () => {
    const ofPackage = filesLoadedBy('cat', '--help').filter((file) => file.startsWith(pathToFileURL(dirname(program)).href))
    expect(ofPackage.map((file) => basename(file))).toEqual(['cat-program.js', 'cli.js'])
  })
})

describe('a wrong call gets one line, exit status 2, and changes nothing', () => {
  const bad: Array<[what: string, args: string[], says: RegExp]> = [
    ['an unknown command', ['statsu', 'logs/app.log'], /no command statsu, nearest: status/],
    ['an unknown flag', ['cat', 'logs/app.log', '--folow'], /no option --folow, nearest: --follow/],
    ['a short flag', ['status', 'logs/app.log', '-j'], /no option -j/],
    ['a flag without its value', ['cat', 'logs/app.log', '--since'], /--since/],
    ['a value that looks like a flag', ['cat', 'logs/app.log', '--since', '-5m'], /--since needs a value\. A value that begins with "-" is written --since=-/],
    ['a flag with a value that takes none', ['status', 'logs/app.log', '--json=yes'], /--json/],
    ['a flag before the command', ['--json', 'status'], /command comes first/],
    ['two files', ['sweep', 'logs/app.log', 'other.log'], /takes one FILE/],
    ['no file', ['rotate'], /which log\?/],
    ['a file that is not there', ['sweep', 'logs/ap.log', '--defaults'], /logs\/ap\.log does not exist, nearest: logs\/app\.log/],
    ['a folder that is not there', ['doctor', 'nowhere/app.log'], /nor does the folder nowhere/],
    ['a folder', ['sweep', 'logs', '--defaults'], /logs is a folder, not a log \(logs there: app\.log\)/],
    ['a time that is none', ['cat', 'logs/app.log', '--since', 'tomorrow-ish'], /"tomorrow-ish" is no time: write 02:10/],
    ['a day that is none', ['cat', 'logs/app.log', '--since', '2025-02-31T25:00:00Z'], /is no time/],
    ['a time before the other', ['cat', 'logs/app.log', '--since', '1h', '--until', '2h'], /--since is later/],
    ['a filter without a field', ['cat', 'logs/app.log', '--match', '=1'], /--match: expected FIELD=VALUE/],
    ['a level that is none', ['cat', 'logs/app.log', '--level', 'warm'], /--level: expected trace, debug/],
    ['an expression that is none', ['cat', 'logs/app.log', '--grep', '/(/'], /--grep: expected a valid regular expression/],
    ['a number of lines that is none', ['cat', 'logs/app.log', '-n', 'few'], /--tail: expected a whole number/],
    ['groups without a count', ['cat', 'logs/app.log', '--by', 'hour'], /add --count/],
    ['a count of lines that are printed', ['cat', 'logs/app.log', '--count', '--tail', '1'], /leave out --tail/],
    ['both ends', ['cat', 'logs/app.log', '--head', '1', '--tail', '1'], /exclude each other/],
    ['lines around none', ['cat', 'logs/app.log', '-C', '1'], /--context needs matches/],
    ['a zone that is none', ['cat', 'logs/app.log', '--timezone', 'Berlin'], /--timezone: expected "UTC"/],
    ['an end of what has none', ['cat', 'logs/app.log', '--follow', '--until', '1h'], /--follow never ends/],
    ['a size without a unit', ['status', 'logs/app.log', '--max-size', '5'], /5m/],
    ['a number that is none', ['status', 'logs/app.log', '--max-files', 'few'], /whole number/],
    ['--watch in a pipe', ['status', 'logs/app.log', '--watch'], /terminal/],
    ['a device', ['cat', '/dev/null'], /\/dev\/null is no file but a device: give it as standard input/],
    ['standard input for SQL', ['query', '-', 'select 1'], /query reads files, not standard input/],
    ['a config that is not there', ['status', '--config', 'nope.json'], /nope\.json does not exist/]
  ]

  test.each(bad)('%s', async (_, args, says) => {
    const before = pictureOf(join(folder, 'logs'))
    const { status, stdout, stderr } = await cli(...args)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toMatch(/^pino-rotor: [^\n]+\n$/)
    expect(stderr).toMatch(says)
    expect(pictureOf(join(folder, 'logs'))).toEqual(before)
  })

  const configs: Array<[what: string, name: string, text: string, says: RegExp]> = [
    ['JSON that is wrong', 'a.json', '{\n  "file": "logs/app.log",\n  "size" "50m"\n}\n', /a\.json:3:10: invalid JSON/],
    ['JSON with a comma too many', 'a.json', '{\n  "file": "logs/app.log",\n}\n', /a\.json:3:1: invalid JSON/],
    ['JSON that stops', 'a.json', '{\n  "file": "logs/', /a\.json:2:17: invalid JSON/],
    ['JSON that is no object', 'a.json', '[1]', /must contain the options as an object/],
    ['a module that is wrong', 'a.mjs', 'export default {\n  file: 1 2\n}\n', /a\.mjs:2:11: Unexpected number/],
    ['a CommonJS module that is wrong', 'a.cjs', '\nmodule.exports = }\n', /a\.cjs:2:18: Unexpected token/],
    ['a module that throws', 'a.mjs', 'throw new Error("no such\\nthing")', /a\.mjs cannot be loaded: no such/],
    ['a module without a default', 'a.mjs', 'export const options = {}', /no default export/],
    ['options with faults', 'a.json', '{ "file": "logs/app.log", "size": 50, "frequncy": "daily" }', /a\.json: size: expected .*; frequncy: expected .*frequency/]
  ]

  test.each(configs)('a config: %s', async (_, name, text, says) => {
    writeFileSync(join(folder, name), text)
    const { status, stdout, stderr } = await cli('status', '--config', name)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toMatch(/^pino-rotor: [^\n]+\n$/)
    expect(stderr).toMatch(says)
  })

  test.runIf(canActAsOtherUser)('a user without rights', async () => {
    chmodSync(folder, 0o755)
    chmodSync(join(folder, 'logs', 'app.log'), 0o600)
    const before = pictureOf(join(folder, 'logs'))
    for (const args of [['rotate', 'logs/app.log'], ['cat', 'logs/app.log']]) {
      const { status, stderr } = await run(args, { cwd: folder, uid: otherUser })
      expect(status).toBe(2)
      expect(stderr).toMatch(/^pino-rotor: [^\n]*EACCES[^\n]*\n$/m)
    }
    expect(pictureOf(join(folder, 'logs'))).toEqual(before)
  })
})

describe('a config', () => {
  test.each([
    ['a.json', '\ufeff{ "file": "logs/app.log", "limit": { "count": 3 } }'],
    ['a.mjs', 'export default { file: "logs/app.log", limit: { count: 3 } }'],
    ['a.cjs', 'module.exports = { file: "logs/app.log", limit: { count: 3 } }']
  ])('%s gives the options, so that FILE may be left out', async (name, text) => {
    writeFileSync(join(folder, name), text)
    const { status, stdout } = await cli('status', '--config', name, '--json')
    expect(status).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ file: join(folder, 'logs/app.log'), limits: { count: { archivesMax: 3 } } })
  })

  test('is overridden by FILE if both name a file', async () => {
    mkdirSync(join(folder, 'other'))
    writeFileSync(join(folder, 'other', 'web.log'), '')
    writeFileSync(join(folder, 'a.json'), '{ "file": "logs/app-{pid}.log" }')
    expect(JSON.parse((await cli('status', 'other/web.log', '--config', 'a.json', '--json')).stdout)).toMatchObject({ file: join(folder, 'other/web.log') })
  })
})

describe.skipIf(noTerminal !== null)(`on a terminal${noTerminal === null ? '' : ` (${noTerminal})`}`, () => {
  test('output has colours, and none if NO_COLOR is set or TERM is dumb', async () => {
    const shown = async (env: NodeJS.ProcessEnv) => (await outcomeOf(startOnTerminal(['doctor', 'logs/app.log'], { cwd: folder, env }))).stdout
    expect(await shown({})).toContain('\u001b[3')
    // On a busy machine it also clears the line that says for how long it works.
    expect((await shown({ NO_COLOR: '1' })).replaceAll('\u001b[K', '')).not.toContain('\u001b')
    expect(await shown({ TERM: 'dumb' })).not.toContain('\u001b')
  })

  test('every command works beside a live writer, as it does in a pipe', async () => {
    const file = join(folder, 'live', 'app.log')
    const writer = await startWriter(file, { size: '200k', limit: false })
    const outcomes = []
    for (const name of names) {
      const flags = name === 'sweep' || name === 'bundle' ? ['--defaults'] : []
      const onTerminal = await outcomeOf(startOnTerminal([name, file, ...flags], { cwd: folder }))
      const inPipe = await cli(name, file, ...flags)
      const failures = [onTerminal, inPipe].filter(({ status }) => status !== 0).map(({ status, stdout, stderr }) => ({ status, stdout, stderr }))
      outcomes.push({ name, failures, prints: [onTerminal.stdout, inPipe.stdout].map((text) => text !== '') })
    }
    await writer.stop()
    expect(outcomes).toEqual(names.map((name) => ({ name, failures: [], prints: [true, true] })))
  }, 60_000)

  test('prints the same without colours in a pipe', async () => {
    expect((await cli('doctor', 'logs/app.log')).stdout).not.toContain('\u001b')
  })
})
