// Keys of objects: made from the name alone, and read back.
import { expect, test } from 'vitest'
import fc from 'fast-check'
import { commonPrefix, nameInKey, objectKey } from '../../../src/policy/uploading/object-key.js'

const usual = 'logs/host-1/{yyyy}/{mm}/{dd}/{name}'

test('puts the date of the name and the name into the key', () => {
  expect(objectKey(usual, 'app.20251001_121111.log.gz', '20251001')).toBe('logs/host-1/2025/10/01/app.20251001_121111.log.gz')
  expect(objectKey('host=h/date={yyyy}-{mm}-{dd}/{name}', 'app.20251001.log.gz', '20251001')).toBe('host=h/date=2025-10-01/app.20251001.log.gz')
})

test('gives every listing the part before the first date or name', () => {
  expect(commonPrefix(usual)).toBe('logs/host-1/')
  expect(commonPrefix('{name}')).toBe('')
})

test('finds any name in a key that it made', () => {
  fc.assert(fc.property(fc.string({ minLength: 1 }).filter((name) => !name.includes('/') && !/\n/.test(name)), (name) => {
    expect(nameInKey(usual, objectKey(usual, name, '20251001'))).toBe(name)
  }))
})

test('finds no name in a key of another pattern', () => {
  expect(nameInKey(usual, 'logs/host-2/2025/10/01/app.log.gz')).toBeNull()
  expect(nameInKey(usual, 'logs/host-1/2025/10/01/sub/app.log.gz')).toBeNull()
  expect(nameInKey(usual, 'xlogs/host-1/2025/10/01/app.log.gz')).toBeNull()
})
