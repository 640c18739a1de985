import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatArchiveName, logName, parseArchiveName } from '../../../src/policy/names/archive-name.js'
import { asidePart, hiddenName, isHiddenName, isSuccessorName, packPart, parseAsideName, successorPart } from '../../../src/policy/names/hidden-name.js'

const app = logName('/var/log/app.log')
const parts = ['next', successorPart('0b2e7a3c-2f4b-4c9e-9d49-8f1f8f3f8a11'), 'lock', 'sweep', 'link', 'lock.break', packPart({ name: 'app.20251001.log' })]

const bases = fc.oneof(
  fc.string({ minLength: 1, unit: 'grapheme' }),
  fc.string({ minLength: 90, maxLength: 230, unit: fc.constantFrom(...'ab.ü€😀') }),
  fc.string({ minLength: 1, unit: fc.constantFrom(...'ab.01_-+*?()[]{}|^$\\ \n') })
).filter((base) => !base.includes('/') && base !== '.' && base !== '..')

test('is recognised, and only by its own log', () => {
  const name = hiddenName(app, 'next')
  expect(name).toBe('.app.log.rotor.next')
  expect(isHiddenName(name, app)).toBe(true)
  expect(isHiddenName(name, logName('/var/log/app.http.log'))).toBe(false)
})

test.each(['.app.log.rotor.', '.app.log.rotor', 'app.log.rotor.next', '.appXlog.rotor.next', '.app.log'])('is not %j', (name) => {
  expect(isHiddenName(name, app)).toBe(false)
})

test('is never an archive\'s name', () => {
  fc.assert(fc.property(bases, fc.string({ minLength: 1 }), (base, part) => {
    const log = logName(`/logs/${base}`)
    expect(isHiddenName(hiddenName(log, part), log)).toBe(true)
    expect(parseArchiveName(hiddenName(log, part), log)).toBeNull()
  }))
})

test('is as long for every archive of a log', () => {
  const names = ['app.20251001.log', 'app.20251001_121111.123456.log'].map((name) => hiddenName(app, packPart({ name })))
  expect(new Set(names).size).toBe(2)
  expect(new Set(names.map(({ length }) => length)).size).toBe(1)
})

test('fits wherever an archive\'s name fits, and in the 143 bytes of an encrypted folder, for any log name', () => {
  fc.assert(fc.property(bases, fc.constantFrom(...parts), (base, part) => {
    const log = logName(`/logs/${base}`)
    const bytes = Buffer.byteLength(hiddenName(log, part))
    expect(bytes).toBeLessThanOrEqual(128)
    expect(bytes).toBeLessThanOrEqual(Buffer.byteLength(base) + 28)
  }))
})

test('holds whole characters only, and differs between long names that begin alike', () => {
  fc.assert(fc.property(bases, (base) => {
    const name = hiddenName(logName(`/logs/${base}`), 'next')
    expect(Buffer.from(name).toString()).toBe(name)
  }))
  const long = 'a'.repeat(180)
  const [one, other] = [`${long}1.log`, `${long}2.log`].map((base) => logName(`/logs/${base}`))
  expect(one !== undefined && other !== undefined && hiddenName(one, 'lock') !== hiddenName(other, 'lock')).toBe(true)
})

test('is recognised as 0.1 gave it, with the whole of a long name and the archive\'s in it', () => {
  const log = logName(`/logs/${'a'.repeat(186)}.log`)
  const archive = formatArchiveName(log, { stamp: '20251001', n: 0 }, '')
  expect(isHiddenName(`.${log.base}.rotor.pack.${archive}`, log)).toBe(true)
  expect(isHiddenName('.app.log.rotor.pack.app.20251001.log', app)).toBe(true)
})

test('names the archive that was taken aside, and no other hidden name does', () => {
  const id = { stamp: '20251001_121111', n: 12 }
  expect(parseAsideName(hiddenName(app, asidePart(id)), app)).toEqual(id)
  for (const name of ['.app.log.rotor.next', '.app.log.rotor.gone.', '.other.log.rotor.gone.20251001.0', 'app.20251001.log', '.app.log.rotor.gone.20251001.00']) {
    expect(parseAsideName(name, app)).toBeNull()
  }
})

test('tells the successors of each writer apart, and from other hidden names', () => {
  const [one, other] = ['0b2e7a3c-2f4b-4c9e-9d49-8f1f8f3f8a11', '0b2e7a3c-2f4b-4c9e-9d49-8f1f8f3f8a12'].map((identifier) => hiddenName(app, successorPart(identifier)))
  expect(one).toBe('.app.log.rotor.next.8f3f8a11')
  expect(other).toBe('.app.log.rotor.next.8f3f8a12')
  for (const name of [one, other, '.app.log.rotor.next']) expect(isSuccessorName(name ?? '', app)).toBe(true)
  for (const name of ['.app.log.rotor.lock', '.other.log.rotor.next', 'app.log.next']) expect(isSuccessorName(name, app)).toBe(false)
})
