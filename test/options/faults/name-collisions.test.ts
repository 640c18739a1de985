// Names that would get in each other's way are refused before any file is touched.
import { linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../../src/clock.js'
import { RotorOptionsError } from '../../../src/errors.js'
import type { RotorOptions } from '../../../src/options/options.js'
import { parseOptions } from '../../../src/options/parse-options.js'
import { LogStream } from '../../../src/stream.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

let folder: string

beforeEach(() => { folder = temporaryFolder() })

/** The paths of the options that are refused. */
function refused (options: Partial<RotorOptions>): string[] {
  try {
    parseOptions({ file: join(folder, 'app.log'), ...options })
    return []
  } catch (error) {
    if (!(error instanceof RotorOptionsError)) throw error
    return error.faults.map(({ path }) => path)
  }
}

function refusedBeside (main: string, other: string, common: Partial<RotorOptions> = {}): string[] {
  return refused({ file: join(folder, main), ...common, routes: [{ file: join(folder, other), match: { level: 'error' } }] })
}

/** Makes the folder look like one that takes names which differ by case for the same name. */
function foldCase (): void {
  writeFileSync(join(folder, 'note'), '')
  linkSync(join(folder, 'note'), join(folder, 'NOTE'))
}

describe('a route is refused', () => {
  test.each([
    ['an archive', 'app.log', 'app.20251001.log'],
    ['a compressed archive', 'app.log', 'app.20251001_121111.3.log.gz'],
    ['a name whose archives are taken for those of the other', 'app', 'app.gz'],
    ['the same the other way round', 'app.zst', 'app'],
    ['a name whose archives are taken for numbered ones', 'app', 'app.7'],
    ['a name whose archives begin with a stamp', 'app.log', 'app.20251001.log'],
    ['a hidden file of the other', 'app.log', '.app.log.rotor.x'],
    ['a hidden file of any log', 'app.log', '.other.log.rotor.lock']
  ])('that has the name of %s: %s beside %s', (_, main, other) => {
    expect(refusedBeside(main, other)).toEqual(['routes.0.file'])
  })

  test('that is a bundle of the other', () => {
    expect(refusedBeside('app.log', 'archive/app.202510.log.gz', { bundle: {} })).toContain('routes.0.file')
  })

  test('that differs only by case, on a disk that takes both for one name', () => {
    expect(refusedBeside('app.log', 'APP.log')).toEqual([])
    foldCase()
    expect(refusedBeside('app.log', 'APP.log')).toEqual(['routes.0.file'])
    expect(refusedBeside('app.log', 'App.20251001.LOG')).toEqual(['routes.0.file'])
  })

  test('that is the same file by another path to the folder', () => {
    mkdirSync(join(folder, 'logs'))
    symlinkSync('logs', join(folder, 'link'))
    expect(refusedBeside('logs/app.log', 'link/app.log')).toEqual(['routes.0.file'])
  })
})

test.each([['app', 'app.log'], ['app.log', 'app.http.log'], ['app.log', 'apple.log'], ['app.log', 'app.json'], ['app.log', 'app-20251001.log'], ['app.1.log', 'app.log']])('%s and %s are two logs', (main, other) => {
  expect(refusedBeside(main, other)).toEqual([])
})

describe('a link is refused', () => {
  test.each(['app.20251001.log', 'app.20251001_121111.1.log.br', '.app.log.rotor.link', '.x.rotor.y', 'app.log'])('that is called %s', (symlink) => {
    expect(refused({ symlink })).toEqual(['symlink'])
  })

  test('that has the name of an archive of a route, or of its file by case', () => {
    expect(refusedBeside('app.log', 'error.log', { symlink: 'error.20251001.log' })).toEqual(['routes.0.symlink'])
    foldCase()
    expect(refusedBeside('app.log', 'error.log', { symlink: 'ERROR.log' })).toEqual(['routes.0.symlink'])
  })
})

describe('a folder for bundles is refused', () => {
  test.each(['app.20251001.log', '.app.log.rotor.bundles', 'kept/.app.log.rotor.x', 'app.20251001_121111.log.gz', 'current.log'])('that is called %s', (directory) => {
    expect(refused({ bundle: { directory }, symlink: true })).toEqual(['bundle.directory'])
  })

  test('that has the name of the file or of an archive of a route', () => {
    for (const directory of ['error.log', 'error.20251001.log', 'error.log/kept']) expect(refusedBeside('app.log', 'error.log', { bundle: { directory } }), directory).toContain('routes.0.bundle.directory')
  })
})

describe('on a disk that takes names which differ by case for one name', () => {
  beforeEach(foldCase)

  test('a link is refused that has the name of an archive', () => {
    expect(refused({ symlink: 'App.20251001.LOG' })).toEqual(['symlink'])
  })

  test('a folder for bundles is refused that has the name of the file of a route', () => {
    expect(refusedBeside('app.log', 'ARCHIVE', { bundle: {} })).toContain('routes.0.bundle.directory')
  })
})

test('a hidden name is refused for the only log too', () => {
  expect(refused({ file: join(folder, '.app.log.rotor.x') })).toEqual(['file'])
})

test('two routes that turn out to be one file are refused when they are opened', () => {
  // Before any file is there, nothing shows how the disk takes names. A link stands for the disk that takes both for one.
  const settings = parseOptions({ file: join(folder, 'logs/app.log'), report: false, routes: [{ file: join(folder, 'LOGS/app.log'), match: { level: 'error' } }] })
  mkdirSync(join(folder, 'logs'))
  symlinkSync('logs', join(folder, 'LOGS'))
  expect(() => new LogStream(settings, systemClock)).toThrow(/differs by more than case/)
})
