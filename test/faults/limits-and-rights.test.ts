// Limits on the size of a file and rights that are enough to append, as the kernel enforces them. Each application is a
// process of its own, with its own limit or user.
import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { filesOf, kept } from '../support/kept.js'
import { target } from '../support/built-package.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const isRoot = process.getuid?.() === 0
if (!isRoot) console.log('skipped: tests with another user, because that takes root')
const otherUser = 65_534

/** Logs lines in process and prints the events that say what failed; null after them where the log could not be opened. */
function applicationCode (file: string, first: number, count: number, options: object): string {
  return `
    const { default: rotor } = await import(${JSON.stringify(pathToFileURL(target).href)})
    try {
      const stream = await rotor({ file: ${JSON.stringify(file)}, compress: false, limit: false, report: false, ...${JSON.stringify(options)} })
      const told = []
      for (const name of ['failed', 'dropped', 'rotated']) stream.on(name, (details) => { told.push({ name, ...details }) })
      for (let n = ${first}; n < ${first + count}; n++) stream.write(JSON.stringify({ n, text: 'x'.repeat(80) }) + '\\n')
      await new Promise(setImmediate)
      stream.on('close', () => { console.log(JSON.stringify(told)) })
      stream.end()
    } catch ({ code, message }) {
      console.log(JSON.stringify([{ name: 'refused', code, message }]))
    }`
}

interface Told { readonly name: string, readonly code?: string, readonly message?: string, readonly reason?: string }

function run (program: string, before: readonly string[], file: string, first: number, count: number, options = {}): Told[] {
  const { stdout, stderr, status } = spawnSync(program, [...before, ...(program === process.execPath ? [] : [process.execPath]), '--input-type=module', '-e', applicationCode(file, first, count, options)], { encoding: 'utf8' })
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 })
  return JSON.parse(stdout) as Told[]
}

function logged (first: number, count: number): string {
  return Array.from({ length: count }, (_, index) => `${JSON.stringify({ n: first + index, text: 'x'.repeat(80) })}\n`).join('')
}

test('rotates at a limit on the size of files that is below `size`, also after a restart, and keeps every line whole', () => {
  const file = join(temporaryFolder(), 'app.log')
  const limited = ['-c', 'ulimit -f 64; exec "$0" "$@"']
  const first = run('bash', limited, file, 0, 2_000)
  const second = run('bash', limited, file, 2_000, 2_000)
  expect(kept(file).toString()).toBe(logged(0, 4_000))
  for (const { name, content } of filesOf(file)) expect(content.at(-1), name).toBe(0x0a)
  expect([...first, ...second].filter(({ name }) => name !== 'rotated')).toEqual([])
  expect([...first, ...second].every(({ reason }) => reason === 'size')).toBe(true)
})

test.runIf(isRoot)('reports once that a file that is mounted by itself cannot be rotated, with a remedy, and loses no line', () => {
  const file = join(temporaryFolder(), 'app.log')
  const source = join(temporaryFolder(), 'mounted.log')
  writeFileSync(source, '')
  writeFileSync(file, '')
  expect(spawnSync('mount', ['--bind', source, file]).status).toBe(0)
  try {
    const told = run(process.execPath, [], file, 0, 1_500, { size: '64k' })
    expect(told).toMatchObject([{ name: 'failed', step: 'rotate', code: 'EBUSY', message: expect.stringMatching(/to cure it, mount the folder/) as string }])
    expect(readFileSync(file, 'utf8')).toBe(logged(0, 1_500))
    expect(filesOf(file)).toHaveLength(1)
  } finally {
    spawnSync('umount', [file])
  }
})

test.runIf(isRoot)('appends to a file that its user may append to and not read', () => {
  const folder = join(temporaryFolder(), 'logs')
  mkdirSync(folder)
  chmodSync(join(folder, '..'), 0o755)
  const file = join(folder, 'app.log')
  writeFileSync(file, 'earlier\n')
  chownSync(file, 0, otherUser)
  chmodSync(file, 0o620)
  const told = run('setpriv', ['--reuid', String(otherUser), '--regid', String(otherUser), '--clear-groups'], file, 0, 3)
  expect(readFileSync(file, 'utf8')).toBe(`earlier\n${logged(0, 3)}`)
  expect(statSync(file).mode & 0o777).toBe(0o620)
  expect(told.filter(({ name }) => name === 'dropped')).toEqual([])
})

test.runIf(isRoot)('names the call, the path and a remedy when it may not open the file', () => {
  const folder = join(temporaryFolder(), 'logs')
  mkdirSync(folder)
  chmodSync(join(folder, '..'), 0o755)
  const file = join(folder, 'app.log')
  writeFileSync(file, '')
  chmodSync(file, 0o600)
  const user = ['--reuid', String(otherUser), '--regid', String(otherUser), '--clear-groups']
  const [refused] = run('setpriv', user, file, 0, 1)
  expect(refused).toMatchObject({ name: 'refused', code: 'EACCES' })
  expect(refused?.message).toContain(`open '${file}'`)
  expect(refused?.message).toMatch(/to cure it, give the user .* write access/)
})
