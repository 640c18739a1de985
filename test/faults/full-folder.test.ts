// A folder with a hundred thousand other files in it: calm, and no hang.
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { rotor } from '../support/built-package.js'
import { closed } from '../support/events.js'
import { kept } from '../support/kept.js'
import { SmallDisk, canMount } from '../support/small-disk.js'

describe.runIf(canMount)('a folder with 100,000 entries', () => {
  test('is rotated and swept, no rotation delays the writer for two seconds, and nothing else in it is touched', async () => {
    const { directory } = new SmallDisk('size=64m,nr_inodes=200k')
    for (let entry = 0; entry < 100_000; entry++) writeFileSync(join(directory, `other-${entry}`), '')
    const file = join(directory, 'app.log')
    const log = await rotor({ file, report: false })
    let longestMs = 0
    for (let rotation = 0; rotation < 20; rotation++) {
      const startedMs = performance.now()
      log.write(`{"number":${rotation}}\n`)
      await log.rotate()
      longestMs = Math.max(longestMs, performance.now() - startedMs)
    }
    await log.sweep()
    await closed(log)
    expect(longestMs).toBeLessThan(2_000)
    expect(kept(file).toString().split('\n')).toHaveLength(11) // The limit keeps ten archives.
    expect(readdirSync(directory).filter((name) => name.startsWith('other-'))).toHaveLength(100_000)
  })
})
