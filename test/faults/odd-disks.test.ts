// File systems whose numbers and limits are unlike those of ext4, made with FUSE.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { target } from '../support/built-package.js'
import { besides, filesOf, kept } from '../support/kept.js'
import { mountOddDisk, whyNoOddDisk } from '../support/odd-disk.js'

const reason = whyNoOddDisk()
if (reason !== null) console.log(`skipped: ${reason}`)

function line (n: number): string {
  return `${JSON.stringify({ n, text: 'x'.repeat(80) })}\n`
}

/** In a process of its own, since this one would wait for itself where the file system is slow. */
async function log (file: string, count: number): Promise<number> {
  const code = `
    const { default: rotor } = await import(${JSON.stringify(pathToFileURL(target).href)})
    const stream = await rotor({ file: ${JSON.stringify(file)}, size: '16k', limit: false, report: false })
    for (let n = 0; n < ${count}; n++) {
      stream.write(JSON.stringify({ n, text: 'x'.repeat(80) }) + '\\n')
      if (n % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    }
    await new Promise((resolve) => setTimeout(resolve, 1_100))
    await stream.sweep()
    stream.end()`
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'ignore', 'inherit'] })
  const [status] = await once(child, 'exit') as [number]
  return status
}

function logged (count: number): string {
  return Array.from({ length: count }, (_, n) => line(n)).join('')
}

test.runIf(reason === null).each([
  ['inode numbers beyond 2^53', ['first=144115205255725056']],
  ['another inode number at each look', ['unstable']],
  ['names of at most 143 bytes', ['name=143']]
])('keeps every line once and compresses on a file system with %s', async (_manner, manners) => {
  const file = join(await mountOddDisk(...manners), `${'a'.repeat(111)}.log`)
  expect(await log(file, 1_000)).toBe(0)
  expect(kept(file).toString()).toBe(logged(1_000))
  expect(filesOf(file).filter(({ name }) => name.endsWith('.gz')).length).toBeGreaterThanOrEqual(5)
  expect(besides(file)).toEqual([])
  expect(lstatSync(file).isFile()).toBe(true)
})
