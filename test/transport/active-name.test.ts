// Guarantee 3 as another program sees it: a process that does nothing but look at the active name, thousands of times a
// second, during thousands of rotations.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runApplication } from '../support/application.js'
import { rotor, transport } from '../support/built-package.js'
import { closed } from '../support/events.js'
import { archivesOf } from '../support/kept.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const rotations = 2_000

const watcher = `
  import { existsSync, lstatSync, openSync, readSync } from 'node:fs'
  let looks = 0
  let missing = 0
  let strange = 0
  const inodes = new Set()
  while (!existsSync('app.log')) {}
  process.stdout.write('watching')
  while (!existsSync('enough')) {
    for (let look = 0; look < 1_000; look++) {
      const stats = lstatSync('app.log', { throwIfNoEntry: false })
      looks++
      if (stats === undefined) missing++
      else if (!stats.isFile()) strange++
      else inodes.add(stats.ino + ' ' + stats.birthtimeMs)
    }
  }
  process.stdout.write(' ' + JSON.stringify({ looks, missing, strange, files: inodes.size }))
`

test.each([
  { face: 'stream', open: rotor },
  { face: 'handle', open: async (options: Parameters<typeof transport>[0]) => transport(options) }
])('a process that looks all the time always finds the active file of the $face', async ({ open }) => {
  const folder = temporaryFolder()
  const file = join(folder, 'app.log')
  const destination = await open({ file, size: '20b', compress: false, limit: false })
  const looking = runApplication(folder, watcher)
  await looking.said('watching')
  for (let number = 0; number <= rotations; number++) {
    destination.write(`{"line":${String(number).padStart(9, '0')}}\n`)
    // The end of a transport waits ten seconds for all that is on its way, which may be long where a machine has much else to do.
    if (number % 100 === 0) await new Promise<void>((resolve) => { destination.flush(() => { resolve() }) })
  }
  await closed(destination)
  const end = await rotor({ file: join(folder, 'enough') })
  await closed(end)
  const { stdout, stderr } = await looking.ended
  const { looks, missing, strange, files } = JSON.parse(stdout.slice('watching '.length)) as Record<string, number>
  expect({ missing, strange, stderr }).toEqual({ missing: 0, strange: 0, stderr: '' })
  expect(archivesOf(file)).toHaveLength(rotations)
  // It did look while the file was swapped.
  expect(looks).toBeGreaterThan(1_000)
  expect(files).toBeGreaterThan(10)
})
