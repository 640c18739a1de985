import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { workerFile } from '../../src/disk/worker-file.js'

let folder: string

beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'pino-rotor-worker-file-')) })

afterEach(() => {
  globalThis.__bundlerPathsOverrides = undefined
  rmSync(folder, { recursive: true, force: true })
})

test('takes the worker from where a bundler says that it put it', () => {
  const bundled = join(folder, 'bundled-worker.cjs')
  writeFileSync(bundled, '')
  globalThis.__bundlerPathsOverrides = { 'pino-rotor/worker': bundled }
  expect(workerFile()).toBe(bundled)
})

test('says how to configure a bundler that left the worker out', () => {
  const missing = join(folder, 'missing.js')
  globalThis.__bundlerPathsOverrides = { 'pino-rotor/worker': missing }
  expect(() => workerFile()).toThrow(expect.objectContaining({
    code: 'ERR_ROTOR_WORKER_FILE',
    path: missing,
    message: expect.stringContaining("globalThis.__bundlerPathsOverrides['pino-rotor/worker']")
  }))
})
