import { expect, test } from 'vitest'
import { cureOf } from '../../src/policy/write-cure.js'

test.each([['EFBIG', 'new file'], ['EOVERFLOW', 'new file'], ...['EBADF', 'ESTALE', 'ENOTCONN', 'ENODEV', 'ENXIO'].map((code) => [code, 'reopen']), ['ENOSPC', 'wait'], ['EIO', 'wait'], ['UNKNOWN', 'wait']])('%s is cured by: %s', (code, cure) => {
  expect(cureOf(code)).toBe(cure)
})
