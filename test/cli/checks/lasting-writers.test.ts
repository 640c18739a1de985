import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, onTestFinished, test } from 'vitest'
import { LastingWriters } from '../../../src/cli/checks/lasting-writers.js'
import { hasProc } from '../../../src/platform/operating-system.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

test.skipIf(!hasProc())('looks at the processes of the machine once for all logs of a folder, and anew for another folder', async () => {
  const [folder, other] = [temporaryFolder(), temporaryFolder()]
  const descriptor = openSync(join(folder, 'app.log'), 'a')
  onTestFinished(() => { closeSync(descriptor) })
  const writer = spawn('/bin/sh', ['-c', 'echo ready; read line'], { stdio: ['pipe', 'pipe', descriptor] })
  onTestFinished(() => { writer.stdin?.end() })
  await once(writer.stdout ?? writer, 'data')
  const writers = new LastingWriters()
  const [seen, again, elsewhere] = await Promise.all([writers.in(folder), writers.in(folder), writers.in(other)])
  expect(seen.writers).toMatchObject([{ pid: writer.pid, name: 'app.log', isWriting: false }])
  expect(again).toBe(seen)
  expect(await writers.in(folder)).toBe(seen)
  expect(elsewhere.writers).toEqual([])
})
