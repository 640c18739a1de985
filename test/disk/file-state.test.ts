import { appendFileSync, linkSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { isUnchanged, stateAt } from '../../src/disk/file-state.js'

let folder: string
let path: string
let other: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rotor-file-state-'))
  path = join(folder, 'app.20251001_121111.log')
  other = join(folder, 'app.20251001_121112.log')
  writeFileSync(path, 'the copy')
})

afterEach(() => { rmSync(folder, { recursive: true }) })

describe('isUnchanged', () => {
  function standing (): NonNullable<ReturnType<typeof stateAt>> {
    const found = stateAt(path)
    if (found === null) throw new Error('the file is missing')
    return found
  }

  test('is true for an untouched file, even under another name', () => {
    const before = standing()
    expect(isUnchanged(path, before)).toBe(true)
    linkSync(path, other)
    expect(isUnchanged(other, before)).toBe(true)
  })

  test('is false once the file has grown or was written to', () => {
    const before = standing()
    appendFileSync(path, 'more')
    expect(isUnchanged(path, before)).toBe(false)
    const grown = standing()
    utimesSync(path, 1, 1)
    expect(isUnchanged(path, grown)).toBe(false)
  })

  test('is false for another file, a symbolic link to the same, a folder, and nothing', () => {
    const before = standing()
    renameSync(path, other)
    expect(isUnchanged(path, before)).toBe(false)
    symlinkSync(other, path)
    expect(isUnchanged(path, before)).toBe(false)
    unlinkSync(path)
    writeFileSync(path, 'the copy')
    expect(isUnchanged(path, before)).toBe(false)
    unlinkSync(path)
    mkdirSync(path)
    expect(isUnchanged(path, before)).toBe(false)
    expect(stateAt(path)).toBeNull()
  })
})
