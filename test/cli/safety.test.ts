// What the command line never does: remove files by options that it only guesses, rotate what is no active file, or hand control
// characters to a terminal.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeEach, describe, expect, test } from 'vitest'
import { requireActivePath } from '../../src/cli/targets/active-target.js'
import { processFace } from '../../src/cli/terminal/face.js'
import { fill, linesFrom, pictureOf, run, temporaryFolder } from './command-line.js'

let folder: string
let logs: string

beforeEach(() => {
  folder = temporaryFolder()
  logs = join(folder, 'logs')
  writeFileSync(join(folder, 'rotor.json'), '{ "file": "logs/app.log", "limit": { "count": false, "age": false } }')
  const archives = Array.from({ length: 12 }, (_, index) => [`app.202509${String(index + 10)}_121111.log.gz`, linesFrom(0, index, 1)] as const)
  fill(logs, { ...Object.fromEntries(archives), 'app.log': linesFrom(0, 300, 10) })
})

const call = (...args: string[]) => run(args, { cwd: folder })

describe.each(['sweep', 'bundle'])('%s', (command) => {
  test.each([[], ['--dry-run'], ['--json']])('changes nothing and exits 2 without the options that it needs (%s)', async (...flags) => {
    const before = pictureOf(logs)
    const { status, stdout, stderr } = await call(command, 'logs/app.log', ...flags)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toMatch(/give --config PATH, or --defaults/)
    expect(pictureOf(logs)).toEqual(before)
  })

  test('uses the default options with --defaults', async () => {
    expect((await call(command, 'logs/app.log', '--defaults')).status).toBe(0)
    expect(readdirSync(logs).filter((name) => name.endsWith('.gz'))).toEqual([])
  })

  test('refuses --config and --defaults together', async () => {
    expect(await call(command, '--config', 'rotor.json', '--defaults')).toMatchObject({ status: 2, stdout: '' })
  })
})

test('sweep keeps what the options of the application keep', async () => {
  expect((await call('sweep', '--config', 'rotor.json')).status).toBe(0)
  expect(readdirSync(logs).filter((name) => name.endsWith('.gz'))).toHaveLength(12)
})

describe('status', () => {
  test.each([
    ['those of the application', ['--config', 'rotor.json'], "limits of the application's options", 'config'],
    ['the default ones', ['logs/app.log'], 'limits by default', 'defaults']
  ])('says whose limits it shows: %s', async (_, args, sentence, from) => {
    expect((await call('status', ...args)).stdout).toContain(sentence)
    expect(JSON.parse((await call('status', ...args, '--json')).stdout)).toMatchObject({ limits: { from } })
  })
})

describe('what is no active file', () => {
  const compressed = gzipSync('{"n":1}\n')

  beforeEach(() => {
    mkdirSync(join(logs, 'archive'))
    for (const [name, content] of Object.entries({
      'app.20251001_121111.log': 'line\n',
      'app.20251001_121111.7.log': 'line\n',
      'app.20251001.log': 'line\n',
      'app.20251001_121111.log.br': 'packed',
      'other.20251001_121111.jsonl.zst': 'packed',
      'archive/app.202510.log.gz': compressed,
      'archive/app.2025W40.log.gz': compressed,
      '.app.log.rotor.lock': '',
      '.app.log.rotor.pack.123456': 'half',
      'app.log.1': 'line\n',
      'app.1.log': 'line\n',
      'app.log-20251001': 'line\n',
      'app.log.2025-10-01': 'line\n',
      'app-2025-10-01.log': 'line\n',
      'app.log.bak': 'line\n',
      'app.log~': 'line\n',
      'app.log.gz': compressed,
      'app.log.xz': 'packed',
      packed: compressed
    })) writeFileSync(join(logs, name), content)
  })

  const paths: Array<[string, string]> = [
    ...[
      'app.20250910_121111.log.gz', 'app.20251001_121111.log', 'app.20251001_121111.7.log', 'app.20251001.log', 'app.20251001_121111.log.br'
    ].map((path): [string, string] => [path, 'it is an archive of app.log: give ']),
    ['other.20251001_121111.jsonl.zst', 'it is an archive of other.jsonl: give '],
    ['archive/app.202510.log.gz', 'it is a bundle of app.log: give the path of app.log'],
    ['archive/app.2025W40.log.gz', 'it is a bundle of app.log: give the path of app.log'],
    ['.app.log.rotor.lock', 'it is a lock or an unfinished file of a log'],
    ['.app.log.rotor.pack.123456', 'it is a lock or an unfinished file of a log'],
    ...['app.log.1', 'app.1.log', 'app.log-20251001', 'app.log.2025-10-01', 'app-2025-10-01.log'].map((path): [string, string] => [path, 'it is a rotated file of app.log: give ']),
    ['app.log.bak', 'it is a copy of app.log: give '],
    ['app.log~', 'it is a copy of app.log: give '],
    ['app.log.gz', 'its name is that of a compressed file'],
    ['app.log.xz', 'its name is that of a compressed file'],
    ['packed', 'it holds compressed data']
  ]

  test.each(paths)('is refused: %s, because %s', async (path, reason) => {
    const refused = requireActivePath({ file: join(logs, path), files: [], flags: new Set(), values: new Map(), lists: new Map(), face: processFace() })
    await expect(refused).rejects.toThrow(`is no active file: ${reason}`)
  })

  test.each(['app.1.log', 'app-2025-10-01.log', 'app.log-20251001', 'app.log.old'])('is an active file, though its name looks like a rotated one, if no log is beside it: %s', async (name) => {
    const file = join(temporaryFolder(), name)
    writeFileSync(file, 'line\n')
    await expect(requireActivePath({ file, files: [], flags: new Set(), values: new Map(), lists: new Map(), face: processFace() })).resolves.toBeUndefined()
  })

  test.each(['archive/app.202510.log.gz', 'archive/app.2025W40.log.gz'])('rotate leaves the bundle %s as it is', async (path) => {
    const before = pictureOf(join(logs, 'archive'))
    expect(await call('rotate', `logs/${path}`)).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining('is a bundle of app.log') })
    expect(pictureOf(join(logs, 'archive'))).toEqual(before)
  })

  test.each([['rotate'], ['sweep', '--defaults'], ['bundle', '--defaults'], ['status'], ['verify'], ['doctor'], ['sweep', '--config', '../rotor.json']])('is refused by every command that works on an active file: %s %s', async (command, ...flags) => {
    const before = readdirSync(logs)
    expect(await run([command, 'app.20250910_121111.log.gz', ...flags], { cwd: logs })).toMatchObject({ status: 2, stderr: expect.stringContaining('is an archive of app.log: give app.log') })
    expect(readdirSync(logs)).toEqual(before)
  })

  test('is an active file if the options of the application name it', async () => {
    writeFileSync(join(folder, 'dated.json'), '{ "file": "logs/app.20251001.log" }')
    expect(await call('rotate', 'logs/app.20251001.log', '--config', 'dated.json')).toMatchObject({ status: 0 })
  })
})

describe('control characters never reach the terminal', () => {
  const evil = 'a\u001b[31mb\u0007\u009b2Jc\u007f\r\u202ed'
  // eslint's rule against control characters in patterns is there for typing errors; these are spelled as properties.
  const raw = /[\p{Cc}\p{Bidi_Control}]/u

  beforeEach(() => {
    fill(logs, { [`${evil}.log`]: linesFrom(0, 0, 2), [`${evil}.20251001_121111.log`]: linesFrom(0, 0, 2) })
    writeFileSync(join(logs, `${evil}.20251002_121111.log.gz`), 'damaged')
    writeFileSync(join(logs, `${evil}.20251001.log.bak`), '')
    writeFileSync(join(logs, `.${evil}.log.rotor.next`), 'half')
    writeFileSync(join(folder, 'evil.json'), JSON.stringify({ file: `logs/${evil}.log`, [evil]: 1 }))
  })

  test.each([
    ['status'], ['status', '--json'], ['verify'], ['verify', '--json'], ['doctor'], ['doctor', '--json'], ['rotate', '--dry-run'],
    ['sweep', '--defaults', '--dry-run'], ['bundle', '--defaults', '--dry-run'], ['cat', '--since', evil], ['rotate', `--${evil}`]
  ])('from the names of a log: %s %s %s', async (command, ...flags) => {
    const { stdout, stderr } = await call(command, `logs/${evil}.log`, ...flags)
    const text = (stdout + stderr).replaceAll('\n', '')
    expect(text).not.toMatch(raw)
    expect(text).toContain('\\u001b')
  })

  test.each([
    ['a folder', ['status', 'logs']], ['a missing file', ['status', `${evil}.log`]], ['an unknown command', [evil]], ['options', ['status', '--config', 'evil.json']],
    ['a missing file of options', ['status', '--config', `${evil}.json`]]
  ])('from %s', async (_, args) => {
    const { stdout, stderr } = await call(...args)
    const text = (stdout + stderr).replaceAll('\n', '')
    expect(text).not.toMatch(raw)
    expect(text).toContain('\\u001b')
  })
})
