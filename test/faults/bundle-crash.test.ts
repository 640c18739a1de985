// A kill at every system call with which a bundle run changes the disk: afterwards no line is missing, and once the log is
// started again each is there once, in order, with nothing left over.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, gunzipSync, gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { filesOf } from '../support/kept.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const hasStrace = spawnSync('strace', ['-f', '-o', '/dev/null', 'true']).status === 0
if (!hasStrace) console.log('skipped: strace is missing or may not trace here, so no call can be interrupted')

const script = `
  import rotor from ${JSON.stringify(join(import.meta.dirname, '../../dist/index.js'))}
  const stream = await rotor({ file: process.argv[2], bundle: { frequency: 'monthly' }, report: false })
  await stream.sweep()
  stream.end()
`

interface Case { readonly name: string, readonly calls: readonly string[], readonly prepare: (folder: string) => void, readonly expected: string[] }

function addArchives (folder: string, ...days: number[]): void {
  for (const day of days) {
    const content = `{"day":${day}}\n`.repeat(day)
    const name = `app.2025100${day}.log`
    if (day % 2 === 0) writeFileSync(join(folder, `${name}.gz`), gzipSync(content))
    else writeFileSync(join(folder, `${name}.br`), brotliCompressSync(content))
  }
}

function linesOf (...days: number[]): string[] {
  return days.flatMap((day) => Array.from({ length: day }, () => `{"day":${day}}`))
}

const cases: Case[] = [
  {
    name: 'the first run of a month',
    calls: ['mkdir', 'fsync', 'rename'],
    prepare: (folder) => { addArchives(folder, 1, 2, 3) },
    expected: linesOf(1, 2, 3)
  },
  {
    name: 'a later run of the same month',
    calls: ['pwrite64', 'fsync', 'fchmod', 'utimensat', 'rename', 'unlink'],
    prepare: (folder) => {
      addArchives(folder, 2, 3)
      run(folder)
      addArchives(folder, 1, 3, 4)
    },
    expected: linesOf(2, 3, 1, 4)
  }
]

function run (folder: string, tracing: readonly string[] = []): { signal: NodeJS.Signals | null, status: number | null, stderr: string } {
  const [command = '', ...rest] = [...tracing, process.execPath, '--input-type=module', '-', join(folder, 'app.log')]
  const { signal, status, stderr } = spawnSync(command, rest, { input: script, env: { ...process.env, UV_THREADPOOL_SIZE: '1' }, encoding: 'utf8' })
  return { signal, status, stderr }
}

function bundleOf (folder: string): string[] {
  const bundle = join(folder, 'archive/app.202510.log.gz')
  return existsSync(bundle) ? gunzipSync(readFileSync(bundle)).toString().split('\n').filter((line) => line !== '') : []
}

function inAnyFile (folder: string): Set<string> {
  return new Set([...bundleOf(folder), ...filesOf(join(folder, 'app.log')).flatMap(({ content }) => content.toString().split('\n'))])
}

function everyCall ({ calls, prepare }: Case): Array<[string, number]> {
  const folder = temporaryFolder()
  prepare(folder)
  const log = join(folder, 'calls')
  expect(run(folder, ['strace', '-f', '-o', log, '-e', `trace=${calls.join(',')}`])).toMatchObject({ status: 0 })
  const counts = new Map<string, number>()
  // Interruptions are counted by thread, and each thread here has calls of its own.
  for (const [, thread = '', call = ''] of readFileSync(log, 'utf8').matchAll(/^(\d+) +(\w+)\(/gm)) {
    const key = `${call} ${thread}`
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  const most = new Map<string, number>()
  for (const [key, count] of counts) most.set(key.split(' ')[0] ?? '', Math.max(count, most.get(key.split(' ')[0] ?? '') ?? 0))
  return [...most].flatMap(([call, count]) => Array.from({ length: count }, (_, index): [string, number] => [call, index + 1]))
}

test.skipIf(!hasStrace).each(cases)('loses and doubles nothing, wherever $name is killed', (crashed) => {
  const { prepare, expected } = crashed
  const calls = everyCall(crashed)
  let killed = 0
  for (const [call, nth] of calls) {
    const folder = join(temporaryFolder(), 'logs')
    mkdirSync(folder)
    prepare(folder)
    const { signal, status } = run(folder, ['strace', '-f', '-o', '/dev/null', '-e', `trace=${call}`, '-e', `inject=${call}:signal=KILL:when=${nth}`])
    if (signal === 'SIGKILL' || status === 137) killed++
    const where = `killed at ${call} ${nth}`
    for (const line of expected) expect(inAnyFile(folder).has(line), `${line} ${where}`).toBe(true)

    expect(run(folder), where).toMatchObject({ status: 0 })
    expect(bundleOf(folder), where).toEqual(expected)
    expect(readdirSync(folder).sort(), where).toEqual(['app.log', 'archive'])
    expect(readdirSync(join(folder, 'archive')), where).toEqual(['app.202510.log.gz'])
    rmSync(folder, { recursive: true })
  }
  console.log(`killed at ${killed} of ${calls.length} calls`)
  expect(killed).toBe(calls.length)
}, 300_000)
