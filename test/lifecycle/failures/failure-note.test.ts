// What a log notes of its failures while it works.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Emit, Step } from '../../../src/events.js'
import { FailureNote } from '../../../src/lifecycle/failures/failure-note.js'
import { readFailure } from '../../../src/lifecycle/failures/failure-record.js'
import { parseOptions } from '../../../src/options/parse-options.js'

let folder: string
let note: FailureNote
let emit: Emit
let emitted: string[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rotor-failure-'))
  emitted = []
  note = new FailureNote(parseOptions({ file: join(folder, 'app.log') }), { now: () => 1_000, monotonic: () => 0 })
  emit = note.noting((name, event) => { emitted.push('step' in event ? `${name} ${event.step}` : name) })
})
afterEach(() => { rmSync(folder, { recursive: true }) })

/** Each event is written after the one before, so the last one waits for all. */
async function written (): Promise<void> {
  await import('../../../src/lifecycle/failures/failure-record.js')
  await new Promise(setImmediate)
}

function fail (step: Step): void {
  emit('failed', { step, code: 'EIO', message: `EIO: i/o error, ${step}`, path: '/logs/app.log', retryMs: 0 })
}

function recover (step: Step): void {
  emit('recovered', { step, ms: 1, droppedLines: 0, droppedBytes: 0 })
}

function noted (): Array<string | undefined> {
  return readdirSync(folder).map((name) => readFailure(join(folder, name)).failure?.step)
}

test('keeps the last step that fails, until each works again', async () => {
  for (const step of ['rotate', 'compress'] as const) fail(step)
  await written()
  expect(noted()).toEqual(['compress'])
  recover('compress')
  await written()
  expect(noted()).toEqual(['rotate'])
  recover('rotate')
  await written()
  expect(noted()).toEqual([])
  expect(emitted).toEqual(['failed rotate', 'failed compress', 'recovered compress', 'recovered rotate'])
})

test('leaves nothing behind when the log is closed, also right after a failure', async () => {
  fail('rotate')
  await written()
  fail('compress')
  note.close()
  fail('sweep')
  await written()
  expect(readdirSync(folder)).toEqual([])
})
