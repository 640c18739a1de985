import type * as Os from 'node:os'
import { hostname } from 'node:os'
import { basename, isAbsolute, resolve } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { actAs } from '../../support/platform.js'
import { parseFileName } from '../../../src/options/values/file-name.js'

vi.mock('node:os', async importOriginal => {
  const original = await importOriginal<typeof Os>()
  return { ...original, hostname: vi.fn(original.hostname) }
})

afterEach(() => { vi.mocked(hostname).mockReset() })

describe('parseFileName', () => {
  test('resolves a path from the working directory', () => {
    expect(parseFileName('logs/app.log')).toEqual({ value: resolve('logs/app.log') })
    expect(parseFileName('/var/log/../app.log')).toEqual({ value: resolve('/var/app.log') })
  })

  test('fills in the process and the host', () => {
    vi.mocked(hostname).mockReturnValue('web-3.example')
    expect(parseFileName('{hostname}/app-{pid}-{pid}.log')).toEqual({ value: resolve(`web-3.example/app-${process.pid}-${process.pid}.log`) })
  })

  test('makes a host name safe for a file name', () => {
    vi.mocked(hostname).mockReturnValue('../web/3 ü')
    const outcome = parseFileName('/logs/app-{hostname}.log')
    expect(outcome).toEqual({ value: resolve('/logs/app-..-web-3-.log') })
    if ('value' in outcome) {
      expect(isAbsolute(outcome.value)).toBe(true)
      expect(basename(outcome.value)).toBe('app-..-web-3-.log')
    }
  })

  test.each([
    ['', 'the path of a file'],
    ['  ', 'the path of a file'],
    ['a\0b', 'the path of a file'],
    [undefined, 'as a string'],
    [42, 'as a string'],
    [Buffer.from('a'), 'as a string'],
    [new URL('file:///tmp/app.log'), 'as a string'],
    [() => 'app.log', 'a function cannot be passed to a worker'],
    ['file:///tmp/app.log', 'not a URL'],
    ['file:app.log', 'not a URL'],
    ['https://example.org/app.log', 'not a URL'],
    ['app-{date}.log', 'so not {date}'],
    ['app-{}.log', 'so not {}'],
    ['app-{PID}.log', 'so not {PID}'],
    ['app-{toString}.log', 'so not {toString}'],
    ['logs/', 'a file, not a folder'],
    ['.', 'a file, not a folder'],
    ['..', 'a file, not a folder'],
    ['logs/..', 'a file, not a folder'],
    ['/', 'a file, not a folder']
  ])('refuses %s', (raw, expected) => {
    expect(parseFileName(raw)).toEqual({ expected: expect.stringContaining(expected) as string })
  })
})

describe('on Windows, the name of a device', () => {
  test.each(['CON.log', 'logs/NUL', '{hostname}/aux.log'])('%j is refused, and elsewhere it is not', (path) => {
    expect(parseFileName(path)).toHaveProperty('value')
    actAs('win32')
    expect(parseFileName(path)).toEqual({ expected: expect.stringContaining('device') })
  })
})

test.each([
  ['~/logs/app.log', 'homedir()'],
  ['~', 'homedir()'],
  ['~bob/logs/app.log', 'write the path of that folder, or "./~bob"'],
  ['$HOME/app.log', 'process.env.HOME'],
  ['$env:TEMP/app.log', 'process.env.TEMP'],
  ['%ProgramFiles(x86)%/app.log', "process.env['ProgramFiles(x86)']"],
  ['logs/app-$(date +%F).log', 'archives get the date'],
  ['logs/$(hostname).log', 'commands of a shell are not run'],
  ['logs/`hostname`.log', 'commands of a shell are not run'],
  ['logs/app-%Y-%m-%d.log', 'archives get the date'],
  ['logs/app-%Y%m%d.log', 'archives get the date'],
  ['$' + '{LOG_DIR}/app.log', 'process.env.LOG_DIR'],
  ['%APPDATA%/app.log', 'process.env.APPDATA'],
  ['logs/app-%DATE%.log', 'archives get the date'],
  ['logs/%date%/app.log', 'archives get the date']
])('%s is refused, with what to write instead', (path, instead) => {
  expect(parseFileName(path)).toEqual({ expected: expect.stringContaining(instead) as string })
})

test.each(['~app.log', './~bob/app.log', '100%Free.log', '50%f.log', 'logs/it`s.log', 'logs/app~.log', 'a~b/~/app.log', 'us$/app.log', 'costs $5.log', '100%.log', '50% of 60%.log'])('%s is a name like any other', (path) => {
  expect(parseFileName(path)).toEqual({ value: resolve(path) })
})
