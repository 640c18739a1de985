// Which files may hold byte order marks in their midst, and their lines without them.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mayHoldMarks, withoutMarks } from '../../../../src/cli/commands/query/byte-order-marks.js'
import { chunkBytes } from '../../../../src/disk/open-file.js'
import { temporaryFolder } from '../../../support/temporary-folder.js'

const never = new AbortController().signal

test('finds a mark before a line wherever the file is read in pieces', async () => {
  const path = join(temporaryFolder(), 'app.log')
  for (let before = chunkBytes - 5; before <= chunkBytes + 1; before++) {
    writeFileSync(path, `${' '.repeat(before)}\n\ufeff{}\n`)
    expect(await mayHoldMarks(path, never), String(before)).toBe(true)
  }
  writeFileSync(path, `\ufeff{}\n${' '.repeat(chunkBytes)} \ufeff\n`)
  expect(await mayHoldMarks(path, never)).toBe(false)
})

test('leaves out one mark before each line, and nothing else', () => {
  fc.assert(fc.property(fc.array(fc.constantFrom('\ufeff', '\n', 'x'), { maxLength: 12 }), (parts) => {
    const text = parts.join('')
    expect(Buffer.concat([...withoutMarks(Buffer.from(text))]).toString()).toBe(text.replaceAll(/^\ufeff/gm, ''))
  }))
})
