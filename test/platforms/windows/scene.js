// What the scripts of these tests share: a fresh folder, what was kept in it, and child processes.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, readdirSync, watch } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'

const ours = /^app.*\.(log|gz|br)$/

/** Makes an empty folder. */
export function folder () {
  const place = join(tmpdir(), 'logs')
  mkdirSync(place, { recursive: true })
  return mkdtempSync(join(place, 'case-'))
}

function textOf (path) {
  const bytes = readFileSync(path)
  if (path.endsWith('.gz')) return gunzipSync(bytes).toString()
  return (path.endsWith('.br') ? brotliDecompressSync(bytes) : bytes).toString()
}

/** The numbers of all lines that the folder keeps, in ascending order. */
export function keptNumbers (directory, names = ours) {
  return readdirSync(directory).filter((name) => names.test(name))
    .flatMap((name) => textOf(join(directory, name)).split('\n').filter(Boolean).map((line) => JSON.parse(line).i))
    .sort((a, b) => a - b)
}

/** Fails unless the folder keeps each line from 0 to the count once. */
export function expectEachOnce (directory, count) {
  const kept = keptNumbers(directory)
  assert.equal(kept.length, count, `${kept.length} lines of ${count} in ${readdirSync(directory).join(', ')}`)
  assert.ok(kept.every((number, index) => number === index), 'a line is missing and another is there twice')
}

/** The names of the log's archives. */
export function archivesIn (directory) {
  return readdirSync(directory).filter((name) => /^app\.\d/.test(name)).sort()
}

/** Fails where a hidden file was left behind. */
export function expectNothingLeft (directory) {
  assert.deepEqual(readdirSync(directory).filter((name) => name.startsWith('.')), [])
}

/** Collects what fails, for a test that expects nothing to. */
export function failuresOf (stream) {
  const failures = []
  stream.on('failed', (event) => { failures.push(event) })
  return failures
}

export async function close (stream) {
  const closed = once(stream, 'close')
  stream.end()
  await closed
}

const cli = join(import.meta.dirname, 'node_modules/pino-rotor/dist/cli.js')

/** Starts node.exe on a script of this folder, or on the command line. Its output goes to a file, because Wine has no pipe for it. */
export function start (args) {
  const output = join(folder(), 'output.txt')
  const descriptor = openSync(output, 'w')
  const child = spawn(process.execPath, args, { stdio: ['ignore', descriptor, descriptor] })
  closeSync(descriptor)
  return { child, output, ended: once(child, 'exit').then(([code]) => ({ code, output: readFileSync(output, 'utf8') })) }
}

/** Starts a command of the command line. */
export function startCommand (...args) {
  return start([cli, ...args])
}

/** Runs a command of the command line. */
export async function command (...args) {
  return await startCommand(...args).ended
}

/** Waits until the file has the text, and returns what it has then. */
export async function appeared (path, text) {
  const watcher = watch(dirname(path))
  try {
    for (let change = once(watcher, 'change'); ; change = once(watcher, 'change')) {
      const found = readFileSync(path, 'utf8')
      if (found.includes(text)) return found
      await change
    }
  } finally {
    watcher.close()
  }
}
