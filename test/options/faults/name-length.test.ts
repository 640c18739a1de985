import { mkdirSync, writeFileSync } from 'node:fs'
import type * as fs from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { RotorOptionsError, isError } from '../../../src/errors.js'
import { faultOfNameLength } from '../../../src/options/faults/name-length.js'
import { parseOptions } from '../../../src/options/parse-options.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

const world = vi.hoisted(() => ({ nameBytesMax: Infinity, bundleNameBytesMax: Infinity, tellsNone: false, asks: 0 }))

// A file system with a limit of its own, such as eCryptfs with 143 bytes.
vi.mock('node:fs', async (importOriginal) => {
  const real = await importOriginal<typeof fs>()
  return {
    ...real,
    lstatSync: (...given: Parameters<typeof fs.lstatSync>) => {
      world.asks++
      const [parent, bytes] = [dirname(String(given[0])), Buffer.byteLength(basename(String(given[0])))]
      const isLong = bytes > world.nameBytesMax || (bytes > world.bundleNameBytesMax && basename(parent) === 'bundles')
      // A folder that is missing tells nothing of names in it.
      const code = world.tellsNone || !real.existsSync(parent) ? 'ENOENT' : isLong ? 'ENAMETOOLONG' : null
      if (code !== null) throw Object.assign(new Error(code), { code })
      return real.lstatSync(...given)
    }
  }
})

let folder: string

beforeEach(() => {
  folder = temporaryFolder()
  onTestFinished(() => { Object.assign(world, { nameBytesMax: Infinity, bundleNameBytesMax: Infinity, tellsNone: false }) })
})

function faultsOf (options: object): string {
  try {
    parseOptions(options)
    return ''
  } catch (error) {
    if (error instanceof RotorOptionsError) return error.message
    throw isError(error) ? error : new Error(String(error))
  }
}

function fileOf (bytes: number): string {
  return join(folder, `${'a'.repeat(bytes - 4)}.log`)
}

describe('a file name', () => {
  test('is accepted up to the file system\'s limit, which the error states', () => {
    expect(faultsOf({ file: fileOf(227) })).toBe('')
    expect(faultsOf({ file: fileOf(228) })).toContain('a file name of at most 227 bytes')
    expect(faultsOf({ file: fileOf(228) })).toContain('at most 255 bytes')
  })

  test.each([143, 255, 100, 64])('is accepted up to what a file system of %i bytes takes', (limit) => {
    world.nameBytesMax = limit
    expect(faultsOf({ file: fileOf(limit - 28) })).toBe('')
    expect(faultsOf({ file: fileOf(limit - 27) })).toContain(`a file name of at most ${limit - 28} bytes (the file system takes names of at most ${limit} bytes`)
  })

  test('is accepted up to 255 characters with what archives add, if the file system tells no limit', () => {
    world.tellsNone = true
    expect(faultsOf({ file: fileOf(227) })).toBe('')
    expect(faultsOf({ file: fileOf(228) })).toContain('a file name of at most 227 bytes')
  })

  test('is accepted up to what the file system of the bundles takes', () => {
    const bundle = { directory: 'bundles' }
    mkdirSync(join(folder, 'bundles'))
    world.bundleNameBytesMax = 143
    expect(faultsOf({ file: fileOf(115), bundle })).toBe('')
    expect(faultsOf({ file: fileOf(116), bundle })).toContain('bundle.directory: expected a file name of at most 115 bytes')
    expect(faultsOf({ file: fileOf(116) })).toBe('')
    world.nameBytesMax = 143
    expect(faultsOf({ file: fileOf(116), bundle })).not.toContain('bundle.directory')
  })

  test('leaves room for the ending of a compressor that is loaded later', () => {
    const compress = { module: 'sonic-boom' }
    expect(faultsOf({ file: fileOf(199), compress })).toBe('')
    expect(faultsOf({ file: fileOf(200), compress })).toContain('at most 199 bytes')
  })

  test('is judged by the folder in which missing folders will be made', () => {
    world.nameBytesMax = 143
    expect(faultsOf({ file: join(folder, 'new/folder', basename(fileOf(116))) })).toContain('at most 115 bytes')
  })

  test('cannot be short enough if the file system takes only a few bytes', () => {
    world.nameBytesMax = 14
    expect(faultsOf({ file: join(folder, 'a.log') })).toContain('another folder')
  })

  test('of a link may be as long as the file system takes', () => {
    expect(faultsOf({ file: fileOf(7), symlink: 'l'.repeat(255) })).toBe('')
    expect(faultsOf({ file: fileOf(7), symlink: 'l'.repeat(256) })).toContain('symlink: expected a name of at most 255 bytes')
  })
})

test('asks once if the name fits', () => {
  mkdirSync(join(folder, 'logs'))
  writeFileSync(join(folder, 'logs/app.log'), '')
  world.asks = 0
  expect(faultOfNameLength(join(folder, 'logs'), 'app.log', 28)).toBeNull()
  expect(world.asks).toBe(1)
})
