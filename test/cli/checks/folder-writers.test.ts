import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, onTestFinished, test } from 'vitest'
import { compareLooks, FolderWriters } from '../../../src/cli/checks/folder-writers.js'
import { hasProc } from '../../../src/platform/operating-system.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

test.skipIf(!hasProc())('looks at the processes of the machine once for all logs of a folder, and anew for another folder', async () => {
  const [folder, other] = [temporaryFolder(), temporaryFolder()]
  const descriptor = openSync(join(folder, 'app.log'), 'a')
  onTestFinished(() => { closeSync(descriptor) })
  const writer = spawn('/bin/sh', ['-c', 'echo ready; read line'], { stdio: ['pipe', 'pipe', descriptor] })
  onTestFinished(() => { writer.stdin?.end() })
  await once(writer.stdout ?? writer, 'data')
  const writers = new FolderWriters()
  const [seen, again, elsewhere] = await Promise.all([writers.in(folder), writers.in(folder), writers.in(other)])
  expect(seen.writers).toMatchObject([{ pid: writer.pid, name: 'app.log', isLasting: true, isWriting: false }])
  expect(again).toBe(seen)
  expect(await writers.in(folder)).toBe(seen)
  expect(elsewhere.writers).toEqual([])
})

describe('two looks', () => {
  const writer = (pid: number, name: string, sizeBytes: number, isRemoved = false) => ({ pid, name, sizeBytes, isRemoved, command: 'node' })
  const told = (before: Parameters<typeof compareLooks>[0], after: Parameters<typeof compareLooks>[1]) =>
    compareLooks(before, after).map(({ pid, name, isRemoved, isLasting, isWriting }) => [pid, name, ...isRemoved ? ['removed'] : [], ...isLasting ? ['lasting'] : [], ...isWriting ? ['writing'] : []].join(' '))

  test('tell a writer that stays at its file from one that writes there', () => {
    expect(told([writer(1, 'app.log', 5), writer(2, 'app.log', 5)], [writer(1, 'app.log', 5), writer(2, 'app.log', 6)])).toEqual(['1 app.log lasting', '2 app.log lasting writing'])
  })

  test('keep a writer that either of them found in the middle of a rotation', () => {
    expect(told([writer(1, 'app.log', 5), writer(2, 'app.1.log', 9)], [writer(1, 'app.2.log', 9), writer(2, 'app.log', 1)])).toEqual(['1 app.2.log', '2 app.log', '1 app.log', '2 app.1.log'])
  })

  test('tell the active file from a removed one of that name', () => {
    expect(told([writer(1, 'app.log', 5)], [writer(1, 'app.log', 5, true), writer(1, 'app.log', 0)])).toEqual(['1 app.log removed', '1 app.log lasting writing'])
  })

  test('leave out a process that has ended in between, and keep one that has begun', () => {
    expect(told([writer(1, 'app.log', 5)], [writer(2, 'app.log', 5)])).toEqual(['2 app.log'])
  })
})
