import { expect, test } from 'vitest'
import type { Evidence, SeenWriter } from '../../../src/cli/checks/finding.js'
import { checkWriters } from '../../../src/cli/checks/writer-check.js'
import { hasProc } from '../../../src/platform/operating-system.js'

const archive = 'app.20260102_000000.log'

function found (...writers: SeenWriter[]): string[] {
  const evidence = { writers, seesAllWriters: true, survey: { log: { base: 'app.log' } } } as unknown as Evidence
  return checkWriters(evidence).map(({ state, message }) => `${state}: ${message}`)
}

function writer (pid: number, name: string, how: Partial<SeenWriter> = {}): SeenWriter {
  return { pid, name, command: 'node', sizeBytes: 1_000, isRemoved: false, isLasting: true, isWriting: true, ...how }
}

test.skipIf(!hasProc()).each([
  ['before it had left the archive', [writer(7, archive, { isLasting: false }), writer(7, 'app.log', { isLasting: false })]],
  ['each time in the middle of a rotation', [writer(7, 'app.20260102_000001.log', { isLasting: false }), writer(7, archive, { isLasting: false })]],
  ['while it let go of a removed archive', [writer(7, 'app.log'), writer(7, archive, { isLasting: false, isRemoved: true })]],
  ['right after it had opened the log', [writer(7, 'app.log', { isLasting: false })]]
])('names a writer that follows, and once, if it was seen %s', (_when, writers) => {
  expect(found(...writers)).toEqual(['ok: process 7 (node)'])
})

test.skipIf(!hasProc())('names a writer that stays at an archive, and the one that follows', () => {
  expect(found(writer(8, archive), writer(7, archive, { isLasting: false }), writer(7, 'app.log', { isLasting: false }))).toEqual([
    `problem: process 8 (node) still writes to ${archive}: it does not follow the rotation`,
    'ok: process 7 (node)'
  ])
})
