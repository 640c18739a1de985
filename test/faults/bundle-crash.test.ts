// A kill at every system call with which a bundle run changes the disk: afterwards no line is missing, and once the log is
// started again, and again where that start is killed too, each is there once, in order, with nothing left over.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { brotliCompressSync, gunzipSync, gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { eachAtOnce } from '../support/fault-parallel.js'
import { readTrace, whyNoStrace } from '../support/fault-strace.js'
import { filesOf } from '../support/kept.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const reason = whyNoStrace()
if (reason !== null) console.log(`skipped: ${reason}`)

// Hidden names are the same in every run, so that a call is known by its path.
const script = `
  import crypto from 'node:crypto'
  import { syncBuiltinESMExports } from 'node:module'
  let made = 0
  crypto.randomUUID = () => '00000000-0000-0000-0000-' + String(++made).padStart(12, '0')
  syncBuiltinESMExports()
  const { default: rotor } = await import(${JSON.stringify(join(import.meta.dirname, '../../dist/index.js'))})
  const stream = await rotor({ file: process.argv[2], bundle: { frequency: 'monthly' }, report: false })
  await stream.sweep()
  stream.end()
`

const atOnce = 3

interface Case { readonly name: string, readonly calls: readonly string[], readonly prepare: (folder: string) => Promise<void> | void, readonly expected: string[] }

/** The Nth of such calls on one path, which is told from the log's folder. */
interface Moment { readonly call: string, readonly path: string, readonly nth: number }

interface Ended { readonly signal: NodeJS.Signals | null, readonly code: number | null, readonly stderr: string }

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
    calls: ['mkdir', 'openat', 'pwrite64', 'fsync', 'rename'],
    prepare: (folder) => { addArchives(folder, 1, 2, 3) },
    expected: linesOf(1, 2, 3)
  },
  {
    name: 'a later run of the same month',
    calls: ['openat', 'pwrite64', 'fsync', 'fchmod', 'utimensat', 'rename', 'unlink'],
    prepare: async (folder) => {
      addArchives(folder, 2, 3)
      await run(folder)
      addArchives(folder, 1, 3, 4)
    },
    expected: linesOf(2, 3, 1, 4)
  }
]

async function run (folder: string, tracing: readonly string[] = []): Promise<Ended> {
  const [command = '', ...rest] = [...tracing, process.execPath, '--input-type=module', '-', join(folder, 'app.log')]
  const child = spawn(command, rest, { env: { ...process.env, UV_THREADPOOL_SIZE: '1' }, stdio: ['pipe', 'ignore', 'pipe'] })
  let stderr = ''
  child.stderr.on('data', (text: Buffer) => { stderr += text.toString() })
  child.stdin.on('error', () => {}) // A process that is killed early may not have read its script to the end.
  child.stdin.end(script)
  const [code, signal] = await once(child, 'close') as [number | null, NodeJS.Signals | null]
  return { signal, code, stderr }
}

async function isKilledAt (folder: string, { call, path, nth }: Moment): Promise<boolean> {
  const { signal, code, stderr } = await run(folder, ['strace', '-f', '-qq', '-o', '/dev/null', '-P', join(folder, path), '-e', `trace=${call}`, '-e', `inject=${call}:signal=KILL:when=${nth}`])
  if (signal !== 'SIGKILL') expect({ signal, code, stderr }).toEqual({ signal: null, code: 0, stderr: '' })
  return signal === 'SIGKILL'
}

function bundleOf (folder: string): string[] {
  const bundle = join(folder, 'archive/app.202510.log.gz')
  return existsSync(bundle) ? gunzipSync(readFileSync(bundle)).toString().split('\n').filter((line) => line !== '') : []
}

function inAnyFile (folder: string): Set<string> {
  return new Set([...bundleOf(folder), ...filesOf(join(folder, 'app.log')).flatMap(({ content }) => content.toString().split('\n'))])
}

/** Each moment at which a run is about to change something, in order. */
async function everyMoment (folder: string, trace: string, calls: readonly string[]): Promise<Moment[]> {
  expect(await run(folder, ['strace', '-f', '-y', '-o', trace, '-e', `trace=${calls.join(',')}`])).toMatchObject({ code: 0 })
  const counts = new Map<string, number>()
  return readTrace(trace).flatMap(({ call, text }): Moment[] => {
    const path = relative(folder, pathIn(text))
    const nth = (counts.get(`${call} ${path}`) ?? 0) + 1
    counts.set(`${call} ${path}`, nth)
    return path.startsWith('..') || !changesSomething(call, path, text) ? [] : [{ call, path, nth }]
  })
}

/** The first path of a call, given by name or, as strace adds it, by descriptor. */
function pathIn (text: string): string {
  const [, name, descriptor] = /"([^"]+)"|<([^>]+)>/.exec(text.replace(/AT_FDCWD<[^>]*>/, '')) ?? []
  return name ?? descriptor ?? ''
}

// A lock's owner shows that it lives only where something takes long.
function changesSomething (call: string, path: string, text: string): boolean {
  if (call === 'openat') return text.includes('O_CREAT')
  return call !== 'utimensat' || !path.endsWith('.rotor.sweep')
}

function expectNoLineMissing (folder: string, expected: readonly string[], when: string): void {
  const lines = inAnyFile(folder)
  expect(expected.filter((line) => !lines.has(line)), when).toEqual([])
}

test.skipIf(reason !== null).each(cases)('loses and doubles nothing, wherever $name is killed, and the recovery too', async ({ calls, prepare, expected }) => {
  const root = temporaryFolder()
  const [prepared, tried] = [join(root, 'prepared'), join(root, 'tried')]
  mkdirSync(prepared)
  await prepare(prepared)
  cpSync(prepared, tried, { recursive: true, preserveTimestamps: true })
  const moments = await everyMoment(tried, join(root, 'trace'), calls)
  expect(new Set(moments.map(({ call }) => call))).toEqual(new Set(calls))
  // A recovery may find the hidden name of a lock taken.
  const repeated = moments.filter(({ path }) => !/\.rotor\.(?:lock|sweep)\./.test(path))
  let recoveryKills = 0
  await eachAtOnce([...moments.entries()], atOnce, async ([index, moment]) => {
    const folder = join(root, String(index))
    cpSync(prepared, folder, { recursive: true, preserveTimestamps: true })
    const killed = `killed at ${JSON.stringify(moment)}`
    expect(await isKilledAt(folder, moment), killed).toBe(true)
    expectNoLineMissing(folder, expected, killed)
    // Another moment of the recovery each time.
    const again = repeated[(index * 7 + 3) % repeated.length] ?? moment
    if (await isKilledAt(folder, again)) recoveryKills++
    const when = `${killed}, then at ${JSON.stringify(again)}`
    expectNoLineMissing(folder, expected, when)
    expect(await run(folder), when).toMatchObject({ code: 0 })
    expect(bundleOf(folder), when).toEqual(expected)
    expect(readdirSync(folder).sort(), when).toEqual(['app.log', 'archive'])
    expect(readdirSync(join(folder, 'archive')), when).toEqual(['app.202510.log.gz'])
  })
  console.log(`killed at ${moments.length} calls, and ${recoveryKills} recoveries of it`)
  expect(recoveryKills).toBeGreaterThan(moments.length / 2)
}, 300_000)
