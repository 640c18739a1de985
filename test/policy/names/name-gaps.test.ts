// Which archives are missing between others, by their names.
import { expect, test } from 'vitest'
import { nameGaps } from '../../../src/policy/names/name-gaps.js'

function gaps (...ids: string[]): string[] {
  return nameGaps(ids.map((id) => ({ stamp: id.slice(0, 8), n: Number(id.slice(9)) }))).map(({ stamp, n }) => `${stamp} ${n}`)
}

test('finds none in a row without any, in one archive, or in none', () => {
  expect(gaps()).toEqual([])
  expect(gaps('20251001 0')).toEqual([])
  expect(gaps('20251001 0', '20251001 1', '20251003 0', '20251003 1')).toEqual([])
})

test('lets the oldest stamp begin at any number, since retention takes from there', () => {
  expect(gaps('20251001 7', '20251001 8', '20251002 0')).toEqual([])
})

test('names the first that is missing, within a stamp and at its beginning', () => {
  expect(gaps('20251001 0', '20251001 2', '20251001 5')).toEqual(['20251001 1', '20251001 3'])
  expect(gaps('20251001 0', '20251002 1')).toEqual(['20251002 0'])
})

test('counts the two files of one archive once', () => {
  expect(gaps('20251001 0', '20251001 0', '20251001 1')).toEqual([])
})
