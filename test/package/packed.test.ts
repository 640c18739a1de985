import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { commands } from '../../src/cli/commands.js'
import { packProject, type PackedProject } from './packed-project.js'

let project: PackedProject

beforeAll(() => { project = packProject() })
afterAll(() => { project.remove() })

describe('the packed tarball', () => {
  test('holds what a user needs and nothing else', () => {
    const chunk = /^dist\/cli-.+-[A-Z0-9]{8}\.js$/
    expect(project.files.filter((name) => !chunk.test(name))).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'dist/cat-program.js',
      'dist/cli.js',
      'dist/failure-record.js',
      'dist/forward-threaded.js',
      'dist/forward.js',
      'dist/forwarding-thread.js',
      'dist/index.cjs',
      'dist/index.d.cts',
      'dist/index.d.ts',
      'dist/index.js',
      'dist/metrics.js',
      'dist/query-process.js',
      'dist/reading-thread.js',
      'dist/server-thread.js',
      'dist/unsent-lines.js',
      'dist/upload.js',
      'dist/web-page.html',
      'dist/worker.cjs',
      'dist/worker.js',
      'package.json',
      'pino-rotor.1',
      'pino.lnav.json'
    ])
  })

  test('holds each command in a separate file, and nothing of another build', () => {
    const parts = project.files.flatMap((name) => /^dist\/cli-(.+)-[A-Z0-9]{8}\.js$/.exec(name)?.[1] ?? [])
    expect(parts.filter((part) => part !== 'chunk').sort()).toEqual([...commands.map(({ name }) => name), 'program'].sort())
  })

  test('runs the command line that it names', () => {
    expect(project.node('node_modules/pino-rotor/dist/cli.js', '--help')).toMatch(/^Usage: pino-rotor COMMAND FILE/)
  })

  test('has short lines of code, since Node prints the whole line that threw what nothing caught', () => {
    const code = project.files.filter((name) => /\.c?js$/.test(name)).map((name) => join(project.folder, 'node_modules/pino-rotor', name))
    const long = code.filter((path) => readFileSync(path, 'utf8').split('\n').some((line) => line.length > 1500))
    expect(code.length).toBeGreaterThan(10)
    expect(long).toEqual([])
  })

  test('adds less than 3 MB to a project that has pino', () => {
    console.log(`installed beside pino: ${(project.addedBytes / 1e6).toFixed(2)} MB`)
    expect(project.addedBytes).toBeLessThan(3e6)
  })

  test.each(['esm.mjs', 'cjs.cjs'])('loads and logs through every face from %s', (script) => {
    const file = join(project.folder, `logs/${script}.log`)
    project.node(script, file)
    const messages = readFileSync(file, 'utf8').trimEnd().split('\n').map((line) => (JSON.parse(line) as { msg: string }).msg)
    expect(messages).toEqual(['from the target', 'from the handle', 'from the stream'])
  })
})
