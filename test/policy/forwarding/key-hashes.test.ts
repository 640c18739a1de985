import { expect, test } from 'vitest'
import { KeyHashes } from '../../../src/policy/forwarding/key-hashes.js'

test('refuses a hash that is there, until it is cleared', () => {
  const hashes = new KeyHashes()
  expect([hashes.add(-5), hashes.add(7), hashes.last, hashes.add(-5)]).toEqual([true, true, 7, false])
  hashes.clear()
  expect(hashes.add(-5)).toBe(true)
})

test('refuses a 65th hash', () => {
  const hashes = new KeyHashes()
  expect(Array.from({ length: 65 }, (_, index) => hashes.add(index)).indexOf(false)).toBe(64)
})
