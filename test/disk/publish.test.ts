import { existsSync, mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { publishCopy, removeFile, syncFolder } from '../../src/disk/publish.js'

let folder: string
let temporary: string
let final: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rotor-publish-'))
  temporary = join(folder, '.app.log.gz')
  final = join(folder, 'app.20251001_121111.log.gz')
  writeFileSync(temporary, 'the copy')
})

afterEach(() => { rmSync(folder, { recursive: true }) })

describe('publishCopy', () => {
  test('gives the copy its final name', () => {
    publishCopy({ temporary, final })
    expect(readFileSync(final, 'utf8')).toBe('the copy')
    expect(existsSync(temporary)).toBe(false)
  })

  test('overwrites nothing', () => {
    writeFileSync(final, 'was here before')
    expect(() => { publishCopy({ temporary, final }) }).toThrow(expect.objectContaining({ code: 'EEXIST', path: final }))
    expect(readFileSync(final, 'utf8')).toBe('was here before')
    expect(existsSync(temporary)).toBe(true)
  })

  test('overwrites no symbolic link, not even one that leads nowhere', () => {
    symlinkSync('nowhere', final)
    expect(() => { publishCopy({ temporary, final }) }).toThrow(expect.objectContaining({ code: 'EEXIST' }))
    expect(() => { publishCopy({ temporary, final, replace: true }) }).toThrow(expect.objectContaining({ code: 'ERR_ROTOR_FILE_TYPE' }))
    expect(readlinkSync(final)).toBe('nowhere')
  })

  test('replaces a regular file when told to', () => {
    writeFileSync(final, 'half a copy')
    publishCopy({ temporary, final, replace: true })
    expect(readFileSync(final, 'utf8')).toBe('the copy')
  })

  test('throws if the copy is gone', () => {
    unlinkSync(temporary)
    expect(() => { publishCopy({ temporary, final }) }).toThrow(expect.objectContaining({ code: 'ENOENT' }))
  })
})

describe('syncFolder', () => {
  test('resolves for a folder and rejects for a missing one', async () => {
    await expect(syncFolder(folder)).resolves.toBeUndefined()
    await expect(syncFolder(join(folder, 'missing'))).rejects.toMatchObject({ code: 'ENOENT' })
  })
})

describe('removeFile', () => {
  test('removes the file and says whether there was one', () => {
    expect(removeFile(temporary)).toBe(true)
    expect(removeFile(temporary)).toBe(false)
  })

  test('throws if it may not remove the file', () => {
    mkdirSync(final)
    expect(() => removeFile(final)).toThrow()
    expect(existsSync(final)).toBe(true)
  })
})
