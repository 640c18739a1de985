import { existsSync, lstatSync, mkdtempSync, readFileSync, readlinkSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { isPlaced, placeLink } from '../../src/disk/symbolic-link.js'

let folder: string
let request: { link: string, target: string, temporary: string }

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pino-rotor-link-'))
  request = { link: join(folder, 'current.log'), target: 'app.log', temporary: join(folder, '.app.log.rotor.link') }
})

afterEach(() => { rmSync(folder, { recursive: true, force: true }) })

test('makes a link at a free path', () => {
  expect(isPlaced(request)).toBe(false)
  placeLink(request)
  expect(isPlaced(request)).toBe(true)
  expect(readlinkSync(request.link)).toBe('app.log')
})

test('replaces a link that leads elsewhere, such as one that pino-roll left', () => {
  symlinkSync('app.7.log', request.link)
  placeLink(request)
  expect(readlinkSync(request.link)).toBe('app.log')
  expect(readdirSync(folder)).toEqual(['current.log'])
})

test('replaces a hidden link that a crash left', () => {
  symlinkSync('app.7.log', request.link)
  symlinkSync('app.log', request.temporary)
  placeLink(request)
  expect(isPlaced(request)).toBe(true)
  expect(existsSync(request.temporary)).toBe(false)
})

test('never replaces a file', () => {
  writeFileSync(request.link, 'precious')
  expect(() => { placeLink(request) }).toThrow(expect.objectContaining({ code: 'ERR_ROTOR_FILE_TYPE' }))
  expect(lstatSync(request.link).isFile()).toBe(true)
  expect(readFileSync(request.link, 'utf8')).toBe('precious')
  expect(readdirSync(folder)).toEqual(['current.log'])
})
