// The messages about lines that are missing.
import { expect, test } from 'vitest'
import { describeTrouble } from '../../../src/cli/screen/trouble.js'

const source = { name: 'logs/app.log.1.zst', selection: 'whole', open: async () => await Promise.resolve(null) } as const

test('a file that cannot be read is named, whether or not the error names it', () => {
  expect(describeTrouble({ kind: 'unreadable', source, error: new Error('this Node has no zstd') })).toBe('logs/app.log.1.zst was not read: this Node has no zstd')
  expect(describeTrouble({ kind: 'unreadable', source, error: new Error("EIO: i/o error, open 'logs/app.log.1.zst'") })).toBe("EIO: i/o error, open 'logs/app.log.1.zst'")
})
