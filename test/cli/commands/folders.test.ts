// Commands on a folder of logs, through our own link, and beside files that other tools have rotated.
import { mkdirSync, readdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeEach, describe, expect, test } from 'vitest'
import { fill, linesFrom, run, temporaryFolder } from '../command-line.js'

let folder: string
const cli = (...args: string[]) => run(args, { cwd: folder })
const foreign = { 'app.log.1.gz': linesFrom(0, 0, 3), 'app.log-20250101': linesFrom(0, 0, 3), 'app-2025-01-01.log': linesFrom(0, 0, 3), 'app.3.log': linesFrom(0, 0, 3) }

beforeEach(() => {
  folder = temporaryFolder()
  fill(join(folder, 'logs'), { 'app.log': linesFrom(0, 0, 3), 'app.20251001_121111.log.gz': linesFrom(0, 0, 3), 'web.log': linesFrom(0, 0, 30) })
})

describe('a folder', () => {
  test('is verified log by log, with exit status 1 if one is damaged', async () => {
    const whole = await cli('verify', 'logs')
    expect(whole).toMatchObject({ status: 0, stdout: expect.stringMatching(/logs\/app\.log: 1 archive, .* all whole\nlogs\/web\.log: nothing beside it is ours/) as string })
    writeFileSync(join(folder, 'logs/web.20251001_121111.log.gz'), gzipSync(linesFrom(0, 0, 300)).subarray(0, 60))
    const { status, stdout } = await cli('verify', 'logs/', '--json')
    expect(status).toBe(1)
    expect((JSON.parse(stdout) as Array<{ faults: unknown[] }>).map(({ faults }) => faults.length)).toEqual([0, 1])
  })

  test('is examined by the doctor log by log', async () => {
    const { status, stdout } = await cli('doctor', 'logs')
    expect(status).toBe(0)
    expect(stdout.match(/^logs\/\S+$/gm)).toEqual(['logs/app.log', 'logs/web.log'])
    expect(JSON.parse((await cli('doctor', 'logs', '--json')).stdout)).toHaveLength(2)
  })

  test('is listed by size, with what in it is not ours', async () => {
    fill(join(folder, 'logs'), { 'notes.md': 'x' })
    mkdirSync(join(folder, 'logs/old'))
    symlinkSync('app.log', join(folder, 'logs/current.log'))
    const { stdout } = await cli('status', 'logs')
    expect(stdout.match(/^ {2}logs\/\S+/gm)).toEqual(['  logs/web.log', '  logs/app.log'])
    expect(stdout).toContain('2 files, 1 B (notes.md, old/)')
  })

  test.each(['cat', 'verify', 'status', 'doctor'])('with symbolic links that lead round in a circle or nowhere is read past them by %s', async (command) => {
    fill(join(folder, 'looped'), { 'app.log': linesFrom(0, 0, 3), 'app.20251001_121111.log.gz': linesFrom(0, 0, 3) })
    for (const [name, target] of [['a.log', 'b.log'], ['b.log', 'a.log'], ['self', 'self'], ['here', '.'], ['gone.log', 'nowhere']] as const) symlinkSync(target, join(folder, 'looped', name))
    const { status, stderr } = await run([command, 'looped'], { cwd: folder })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const named = await run([command, 'looped/a.log'], { cwd: folder })
    expect(named.status).toBe(2)
    expect(named.stderr).toMatch(/^pino-rotor: [^\n]*a regular file, not a symbolic link[^\n]*\n$/)
  })

  describe('in which a file has a name that the option "file" refuses or fills in', () => {
    const names = ['{pid}.log', 'a{b}.log', '$HOME.log', '%Y-%m-%d.log', '$(date).log', '100%s%.log', `${'n'.repeat(240)}.log`]
    beforeEach(() => { for (const name of names) fill(join(folder, 'odd', '{x}'), { [name]: linesFrom(0, 0, 3) }) })

    test.each([['cat', '--count'], ['verify'], ['status'], ['doctor']])('is read by %s', async (...args) => {
      fill(join(folder, 'odd', '{x}'), { 'app.20251001_121111.log.gz': linesFrom(0, 0, 3) })
      const { status, stdout, stderr } = await run([...args, 'odd/{x}'], { cwd: folder })
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
      if (args[0] === 'cat') expect(stdout).toBe('24\n')
    })

    test.each(['{pid}.log', '$HOME.log', '%Y-%m-%d.log', `${'n'.repeat(240)}.log`])('gives that file under its name: %s', async (name) => {
      expect(await cli('cat', `odd/{x}/${name}`, '--count')).toEqual({ status: 0, stdout: '3\n', stderr: '' })
      expect(JSON.parse((await cli('status', `odd/{x}/${name}`, '--json')).stdout)).toMatchObject({ file: join(folder, 'odd/{x}', name), total: { files: 1 } })
    })
  })

  test.each(['verify', 'status', 'doctor'])('in which nothing is ours is reported as such by %s', async (command) => {
    mkdirSync(join(folder, 'foreign'))
    writeFileSync(join(folder, 'foreign/notes.md'), 'x')
    expect(await cli(command, 'foreign')).toEqual({ status: 2, stdout: '', stderr: 'pino-rotor: foreign contains no logs: nothing in it is ours\n' })
  })

  test('with only files of other tools is not reported as whole', async () => {
    fill(join(folder, 'foreign'), { 'app.log': 'x\n', ...foreign })
    for (const path of ['foreign', 'foreign/app.log']) {
      const { status, stdout } = await cli('verify', path)
      expect({ status, isWhole: stdout.includes('whole'), saysSo: stdout.includes('is ours: no archive, no bundle') }).toEqual({ status: 0, isWhole: false, saysSo: true })
    }
  })
})

describe('what another tool has rotated', () => {
  test.each(['status', 'doctor', 'verify'])('is distinguished from ours by %s', async (command) => {
    fill(join(folder, 'logs'), foreign)
    const { status, stdout } = await cli(command, 'logs/app.log')
    const words = stdout.replaceAll(/\s+/g, ' ')
    expect(status).toBe(0)
    expect(words).toMatch(/rotated (?:by another tool: )?4 files/)
    if (command === 'status') for (const name of Object.keys(foreign)) expect(words).toContain(name)
    expect(words).toContain(command === 'status' ? 'archives, compressed 1 file' : '')
  })
})

describe('current.log, the link that the option "symlink" makes,', () => {
  const commands = [['status'], ['verify'], ['doctor'], ['cat'], ['rotate', '--dry-run'], ['sweep', '--defaults', '--dry-run'], ['bundle', '--defaults', '--dry-run']]

  test.each(commands)('is FILE for %s', async (command, ...flags) => {
    symlinkSync('app.log', join(folder, 'logs/current.log'))
    const [linked, named] = await Promise.all(['logs/current.log', 'logs/app.log'].map(async (path) => await cli(command, path, ...flags)))
    const lasting = (text = '') => text.replaceAll(/\d[\d.,]* (?:[KMGT]?B|seconds?|UTC)|less than a second|\d\d:\d\d:\d\d|\d{8}_\d{6}/g, '')
    expect({ status: linked?.status, stdout: lasting(linked?.stdout) }).toEqual({ status: 0, stdout: lasting(named?.stdout) })
  })

  test('gets the options of the file that it leads to', async () => {
    symlinkSync('web.log', join(folder, 'logs/current.log'))
    writeFileSync(join(folder, 'rotor.json'), JSON.stringify({ file: 'logs/app.log', routes: [{ file: 'logs/web.log', match: { level: 'error' }, limit: { count: 7 } }] }))
    const { stdout } = await cli('status', 'logs/current.log', '--config', 'rotor.json', '--json')
    expect(JSON.parse(stdout)).toMatchObject({ file: join(folder, 'logs/web.log'), limits: { count: { archivesMax: 7 } } })
  })
})

describe('lines come once', () => {
  test.each<[says: string, ...files: string[]]>([
    ['a file that is named twice', 'logs/app.log', './logs/app.log', 'logs/web.log'],
    ['a folder and a log in it', 'logs', 'logs/app.log', 'logs/web.log'],
    ['a log and its archive', 'logs/app.log', 'logs/app.20251001_121111.log.gz', 'logs/web.log'],
    ['a folder under two paths', 'logs', 'linked'],
    ['a log under two paths', 'logs/app.log', 'linked/app.log', 'logs/web.log'],
    ['an archive under another path than its log', 'logs', 'linked/app.20251001_121111.log.gz'],
    ['our own link and its log', 'logs/current.log', 'logs']
  ])('of %s', async (_, ...files) => {
    symlinkSync('logs', join(folder, 'linked'))
    symlinkSync('app.log', join(folder, 'logs/current.log'))
    expect(await cli('cat', ...files, '--count')).toEqual({ status: 0, stdout: '36\n', stderr: '' })
  })
})

test.skipIf(process.platform !== 'linux')('a file whose name is not UTF-8 is not missing without a word', async () => {
  renameSync(Buffer.from(join(folder, 'logs/web.log')), Buffer.from(`${join(folder, 'logs')}/w\xffb.log`, 'latin1'))
  const [shown = ''] = readdirSync(join(folder, 'logs')).filter((name) => name.startsWith('w'))
  const read = await cli('cat', 'logs', '--count')
  expect(read).toEqual({ status: 1, stdout: '6\n', stderr: expect.stringContaining(`logs/${shown} cannot be opened: its name is not UTF-8`) as string })
  expect(await cli('cat', `logs/${shown}`)).toEqual({ status: 2, stdout: '', stderr: expect.stringContaining('its name is not UTF-8') as string })
  for (const command of ['status', 'verify', 'doctor']) {
    expect(await cli(command, 'logs')).toMatchObject({ status: 0, stderr: `pino-rotor: logs/${shown} is left out: its name is not UTF-8\n` })
  }
})
