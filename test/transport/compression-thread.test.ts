// gzip's own thread, in the built package, since only that has the file which the thread runs.
import { once } from 'node:events'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { CompressionThread } from '../../src/disk/compress/compression-thread.js'
import { rotor } from '../support/built-package.js'
import { closed } from '../support/events.js'
import { temporaryFolder } from '../support/temporary-folder.js'

/** How far each thread of this process steps back, as Linux tells it. */
function nicenesses (): number[] {
  const stats = readdirSync('/proc/self/task').map((id) => readFileSync(`/proc/self/task/${id}/stat`, 'utf8'))
  // The name, in brackets, may hold anything; niceness is the 17th field behind it.
  return stats.map((stat) => Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]))
}

test.skipIf(process.platform !== 'linux')('gzip steps back behind every other thread, and its thread ends with the stream', async () => {
  const folder = temporaryFolder()
  const before = nicenesses().filter((niceness) => niceness === constants.priority.PRIORITY_BELOW_NORMAL).length
  writeFileSync(join(folder, 'app.20251001_121111.log'), 'a line\n')
  const stream = await rotor({ file: join(folder, 'app.log'), limit: false })
  await once(stream, 'compressed')
  expect(gunzipSync(readFileSync(join(folder, 'app.20251001_121111.log.gz'))).toString()).toBe('a line\n')
  expect(nicenesses().filter((niceness) => niceness === constants.priority.PRIORITY_BELOW_NORMAL)).toHaveLength(before + 1)
  await closed(stream)
  await expect.poll(() => nicenesses().filter((niceness) => niceness === constants.priority.PRIORITY_BELOW_NORMAL).length).toBe(before)
})

test('gzip works without a thread if its file was left behind', async () => {
  const thread = new CompressionThread()
  const request = { source: '/dev/null', copy: '/dev/null', level: 6, index: [] }
  await expect(thread.pack(request, new AbortController().signal)).resolves.toBeNull()
})
