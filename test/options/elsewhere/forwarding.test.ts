// The option `forward`: what it is read as, and what it refuses.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { RotorOptionsError } from '../../../src/errors.js'
import { parseOptions } from '../../../src/options/parse-options.js'
import { filledHeaders } from '../../../src/options/elsewhere/forwarding.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

function read (forward: unknown) {
  return parseOptions({ file: join(temporaryFolder(), 'app.log'), forward }).forward
}

function faults (forward: unknown): string[] {
  try {
    read(forward)
    return []
  } catch (error) {
    if (!(error instanceof RotorOptionsError)) throw error
    return error.faults.map(({ path }) => path)
  }
}

const url = 'http://127.0.0.1:4318/v1/logs'

test('takes a receiver by its address, and begins at the next line', () => {
  expect(read({ to: 'otlp', url })).toEqual({ place: { kind: 'otlp', url, headers: {}, resource: {} }, from: 'now', holdBytes: 1024 ** 3, levelMin: null })
  expect(read(false)).toBeNull()
})

test('adds the usual path to an address that has none', () => {
  expect(read({ to: 'otlp', url: 'http://collector:4318' })).toMatchObject({ place: { url: 'http://collector:4318/v1/logs' } })
})

test('takes a module instead of a receiver', () => {
  const module = join(temporaryFolder(), 'send.mjs')
  writeFileSync(module, '')
  expect(read({ module, from: 'oldest', level: 'warn' })).toMatchObject({ place: { kind: 'module', module }, from: 'oldest', levelMin: 40 })
})

test('fills secrets in from the environment, and keeps only their names', () => {
  vi.stubEnv('OTLP_TOKEN', 'hush-hush')
  const settings = read({ to: 'otlp', url, headers: { authorization: 'Bearer ${OTLP_TOKEN}' } })
  expect(JSON.stringify(settings)).not.toContain('hush-hush')
  expect(filledHeaders({ authorization: 'Bearer ${OTLP_TOKEN}' }, process.env)).toEqual({ authorization: 'Bearer hush-hush' })
  vi.unstubAllEnvs()
})

test.each([
  [{}, ['forward.to']],
  [{ to: 'otlp' }, ['forward.url']],
  [{ to: 'loki', url }, ['forward.to']],
  [{ to: 'otlp', url: 'collector:4318' }, ['forward.url']],
  [{ to: 'otlp', url: 'http://user:hush-hush@collector' }, ['forward.url']],
  [{ to: 'otlp', url, headers: { authorization: 'Bearer hush-hush' } }, ['forward.headers']],
  [{ to: 'otlp', url, headers: { 'x-api-key': 'hush-hush' } }, ['forward.headers']],
  [{ to: 'otlp', url, headers: { authorization: 'Bearer ${THERE_IS_NONE}' } }, ['forward.headers']],
  [{ to: 'otlp', url, headers: { 'bad name': 'x' } }, ['forward.headers']],
  [{ to: 'otlp', url, resource: { a: 1 } }, ['forward.resource']],
  [{ to: 'otlp', url, from: 'then' }, ['forward.from']],
  [{ to: 'otlp', url, hold: 5 }, ['forward.hold']],
  [{ to: 'otlp', url, level: 'loud' }, ['forward.level']],
  [{ module: './there-is-none.js' }, ['forward.module']],
  [true, ['forward']]
])('refuses %j', (forward, paths) => {
  expect(faults(forward)).toEqual(paths)
  expect(() => read(forward)).toThrow(expect.objectContaining({ message: expect.not.stringContaining('hush-hush') as string }))
})
