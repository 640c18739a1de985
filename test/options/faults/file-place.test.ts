import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { faultOfPlace } from '../../../src/options/faults/file-place.js'

const onWindows = process.platform === 'win32'
const asRoot = process.getuid?.() === 0

let folder: string

beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'pino-rotor-place-')) })
afterEach(() => { rmSync(folder, { recursive: true, force: true }) })

describe('faultOfPlace', () => {
  test('accepts a regular file, and a name that is free', () => {
    writeFileSync(join(folder, 'app.log'), 'a line\n')
    expect(faultOfPlace(join(folder, 'app.log'), false)).toBeNull()
    expect(faultOfPlace(join(folder, 'other.log'), false)).toBeNull()
  })

  test('accepts folders that do not exist yet, and creates none', () => {
    expect(faultOfPlace(join(folder, 'a', 'b', 'app.log'), true)).toBeNull()
    expect(readdirSync(folder)).toEqual([])
  })

  test('names the missing folder if none may be created', () => {
    expect(faultOfPlace(join(folder, 'a', 'app.log'), false)).toContain(`"mkdir" is false and ${join(folder, 'a')} is missing`)
  })

  test('refuses a folder', () => {
    expect(faultOfPlace(folder, true)).toBe('a file, not a folder')
  })

  test.each([['app.log'], ['a/app.log'], ['a/b/app.log']])('names the file that is in the way of %s', rest => {
    const inTheWay = join(folder, 'file')
    writeFileSync(inTheWay, '')
    expect(faultOfPlace(join(inTheWay, rest), true)).toContain(`${inTheWay} is not a folder`)
    expect(faultOfPlace(join(inTheWay, rest), false)).toContain(`${inTheWay} is not a folder`)
  })

  test.skipIf(onWindows)('refuses a symbolic link to anything', () => {
    writeFileSync(join(folder, 'real.log'), '')
    symlinkSync(join(folder, 'real.log'), join(folder, 'app.log'))
    symlinkSync(join(folder, 'nowhere'), join(folder, 'dangling.log'))
    expect(faultOfPlace(join(folder, 'app.log'), true)).toBe('a regular file, not a symbolic link')
    expect(faultOfPlace(join(folder, 'dangling.log'), true)).toBe('a regular file, not a symbolic link')
  })

  test.skipIf(onWindows)('follows links on the way, and names one that leads nowhere', () => {
    mkdirSync(join(folder, 'real'))
    symlinkSync(join(folder, 'real'), join(folder, 'link'))
    symlinkSync(join(folder, 'nowhere'), join(folder, 'dangling'))
    expect(faultOfPlace(join(folder, 'link', 'app.log'), false)).toBeNull()
    expect(faultOfPlace(join(folder, 'dangling', 'app.log'), true)).toContain(`${join(folder, 'dangling')} is a link that leads nowhere`)
  })

  test.skipIf(onWindows)('leaves a loop of links to the opening', () => {
    symlinkSync(join(folder, 'loop'), join(folder, 'loop'))
    expect(faultOfPlace(join(folder, 'loop', 'app.log'), true)).toBeNull()
  })

  test.skipIf(onWindows)('refuses a FIFO, a socket and a device', async () => {
    execFileSync('mkfifo', [join(folder, 'fifo')])
    const server = createServer()
    await new Promise<void>(resolve => server.listen(join(folder, 'socket'), resolve))
    expect(faultOfPlace(join(folder, 'fifo'), true)).toBe('a regular file, not a FIFO')
    expect(faultOfPlace(join(folder, 'socket'), true)).toBe('a regular file, not a socket')
    expect(faultOfPlace('/dev/null', true)).toBe('a regular file, not a device')
    await new Promise(resolve => server.close(resolve))
  })

  // Root may write anywhere, so the refusal cannot be had there.
  test.skipIf(onWindows || asRoot)('names the folder that may not be written', () => {
    chmodSync(folder, 0o555)
    expect(faultOfPlace(join(folder, 'a', 'app.log'), true)).toContain(`${folder} cannot be written`)
    chmodSync(folder, 0o755)
  })
})
