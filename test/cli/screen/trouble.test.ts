// The messages about lines that are missing.
import { expect, test } from 'vitest'
import { describeTrouble } from '../../../src/cli/screen/trouble.js'
import { PatternTimeoutError } from '../../../src/reading/scan/scan-pool.js'

const source = { name: 'logs/app.log.1.zst', selection: 'whole', open: async () => await Promise.resolve(null) } as const

test('a regular expression that never ends is no fault of the file', () => {
  expect(describeTrouble({ kind: 'unreadable', source, error: new PatternTimeoutError() })).toMatch(/^the regular expression took/)
})

test('a file that cannot be read is named, whether or not the error names it', () => {
  expect(describeTrouble({ kind: 'unreadable', source, error: new Error('this Node has no zstd') })).toBe('logs/app.log.1.zst was not read: this Node has no zstd')
  expect(describeTrouble({ kind: 'unreadable', source, error: new Error("EIO: i/o error, open 'logs/app.log.1.zst'") })).toBe("EIO: i/o error, open 'logs/app.log.1.zst'")
})
