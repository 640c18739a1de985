// A file as the body of an upload: the memory that it takes does not grow with the file.
import { truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readFrom } from '../../src/disk/open-file.js'
import { bodyOf } from '../../src/remote/object-source.js'
import { temporaryFolder } from '../support/temporary-folder.js'

test.each([1, 64])('sends a file of %i MiB through one buffer of 64 KiB', async (mebibytes) => {
  const path = join(temporaryFolder(), 'a.gz')
  writeFileSync(path, '')
  truncateSync(path, mebibytes * 1024 ** 2)
  const buffers = new Set<ArrayBufferLike>()
  let bytes = 0
  await readFrom(path, async (file) => {
    for await (const chunk of bodyOf(file, mebibytes * 1024 ** 2)) {
      buffers.add(chunk.buffer)
      bytes += chunk.length
    }
  })
  expect(bytes).toBe(mebibytes * 1024 ** 2)
  expect([...buffers].map(({ byteLength }) => byteLength)).toEqual([64 * 1024])
})
