// File systems whose numbers and limits are unlike those of ext4, made with FUSE.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import { text } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { run } from '../cli/command-line.js'
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
    const stream = await rotor({ file: ${JSON.stringify(file)}, size: '16k', limit: { count: false, age: false, minFree: '1m' }, report: false })
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

async function ended (child: ChildProcess): Promise<{ readonly status: number, readonly stdout: string, readonly stderr: string }> {
  const [stdout, stderr, [status]] = await Promise.all([textOf(child.stdout), textOf(child.stderr), once(child, 'exit')]) as [string, string, [number]]
  return { status, stdout, stderr }
}

async function textOf (pipe: Readable | null): Promise<string> {
  return pipe === null ? '' : await text(pipe)
}

function logged (count: number): string {
  return Array.from({ length: count }, (_, n) => line(n)).join('')
}

test.runIf(reason === null).each([
  ['inode numbers beyond 2^53', ['first=144115205255725056']],
  ['another inode number at each look', ['unstable']],
  ['names of at most 143 bytes', ['name=143']],
  ['names in which case does not count', ['folding']],
  ['no owners and no modes', ['nochown']],
  ['no times and no syncs', ['noutimes']],
  ['no number of blocks', ['zero']],
  ['no hard links (EMLINK)', ['link=EMLINK']],
  ['no hard links (EPERM) and slow renames', ['link=EPERM', 'slow']],
  ['no hard links (ENOTSUP) and no syncs (EINVAL)', ['link=ENOTSUP', 'sync=EINVAL']],
  ['listings that show names which are gone', ['stale']],
  ['all of these manners', ['first=144115205255725056', 'name=143', 'folding', 'nochown', 'noutimes', 'zero']]
])('keeps every line once and compresses on a file system with %s', async (_manner, manners) => {
  const file = join(await mountOddDisk(...manners), `${'a'.repeat(111)}.log`)
  expect(await log(file, 1_000)).toBe(0)
  // So long this file system lists a name that is gone. The test lists the folder too.
  if (manners.includes('stale')) await setTimeout(1_100)
  expect(kept(file).toString()).toBe(logged(1_000))
  expect(filesOf(file).filter(({ name }) => name.endsWith('.gz')).length).toBeGreaterThanOrEqual(5)
  expect(besides(file)).toEqual([])
  expect(lstatSync(file).isFile()).toBe(true)
})

test.runIf(reason === null)('reports once, with a remedy, that the file cannot be renamed, and keeps every line in it', async () => {
  const folder = await mountOddDisk('exdev')
  const file = join(folder, 'app.log')
  const code = `
    const { default: rotor } = await import(${JSON.stringify(pathToFileURL(target).href)})
    const stream = await rotor({ file: ${JSON.stringify(file)}, size: '16k', limit: false, report: false })
    const told = []
    for (const name of ['failed', 'rotated', 'dropped']) stream.on(name, (event) => { told.push({ name, ...event }) })
    for (let n = 0; n < 1_000; n++) stream.write(JSON.stringify({ n, text: 'x'.repeat(80) }) + '\\n')
    stream.on('close', () => { console.log(JSON.stringify(told)) })
    stream.end()`
  const { stdout, status } = await ended(spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] }))
  expect(status).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject([{ name: 'failed', step: 'rotate', code: 'EXDEV', message: expect.stringMatching(/to cure it, mount the folder.*quota project/) as string }])
  expect(kept(file).toString()).toBe(logged(1_000))
  expect(filesOf(file)).toHaveLength(1)
})

test.runIf(reason === null)('refuses two routes whose files differ only by case on a disk that ignores case, and says why', async () => {
  const folder = await mountOddDisk('folding')
  const code = `
    const { default: rotor } = await import(${JSON.stringify(pathToFileURL(target).href)})
    const stream = await rotor({ file: ${JSON.stringify(join(folder, 'app.log'))}, report: false, compress: false, routes: [{ file: ${JSON.stringify(join(folder, 'APP.log'))}, match: { level: 'error' } }] })
    stream.end()`
  const { stderr, status } = await ended(spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'ignore', 'pipe'] }))
  expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringMatching(/case/) as string })
})

test.runIf(reason === null)('continues an existing log if its name is written in another case, and so do the commands', async () => {
  const folder = await mountOddDisk('folding')
  const written = join(folder, 'APP.log')
  const logTo = (path: string): string => `
    const stream = await rotor({ file: ${JSON.stringify(path)}, report: false, compress: false, limit: { count: 2, age: false } })
    stream.write(JSON.stringify({ n: n++ }) + '\\n')
    await stream.rotate()
    stream.write(JSON.stringify({ n: n++ }) + '\\n')
    await stream.sweep()
    await new Promise((resolve) => stream.on('close', resolve).end())`
  const code = `
    const { default: rotor } = await import(${JSON.stringify(pathToFileURL(target).href)})
    let n = 0
    {${logTo(join(folder, 'app.log'))}}
    {${logTo(written)}}
    {${logTo(join(folder, 'App.LOG'))}}`
  const { status, stderr } = await ended(spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'ignore', 'pipe'] }))
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  // Of three rotations, the limit keeps two.
  const kept = Array.from({ length: 5 }, (_, n) => `{"n":${n + 1}}\n`).join('')
  expect(readdirSync(folder).filter((name) => !/^app(?:\.\d{8}_\d{6}(?:\.\d)?)?\.log$/.test(name))).toEqual([])
  expect(await run(['cat', written], { cwd: folder })).toEqual({ status: 0, stdout: kept, stderr: '' })
  const { stdout } = await run(['status', written, '--json'], { cwd: folder })
  expect(JSON.parse(stdout)).toMatchObject({ total: { files: 3 } })
  const [archive = ''] = readdirSync(folder).filter((name) => /^app\.\d/.test(name))
  expect(await run(['cat', join(folder, archive.replace('app', 'App'))], { cwd: folder })).toMatchObject({ status: 0, stderr: '' })
  expect(await run(['rotate', join(folder, archive.replace('app', 'App'))], { cwd: folder })).toMatchObject({ status: 2, stderr: expect.stringContaining('it is an archive of app.log') as string })
})
