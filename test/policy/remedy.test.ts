import { expect, test } from 'vitest'
import { remedyFor } from '../../src/policy/remedy.js'

test.each([
  ['EACCES', /write access/], ['EROFS', /read-write/], ['EFBIG', /ulimit -f/], ['EXDEV', /mount the folder/], ['EBUSY', /mount the folder/], ['EMFILE', /ulimit -n/]
])('says what would cure %s', (code, remedy) => {
  expect(remedyFor(code)).toMatch(remedy)
})

test.each(['EIO', 'UNKNOWN', 'toString'])('says nothing if no cure is known: %s', (code) => {
  expect(remedyFor(code)).toBe('')
})
