// The forwarder with a module of the user's own in place of a collector.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { systemClock } from '../../../src/clock.js'
import { Lock } from '../../../src/disk/lock/lock.js'
import type { Emit } from '../../../src/events.js'
import { Forwarder } from '../../../src/lifecycle/forwarding/forwarder.js'
import { presentCursor } from '../../../src/lifecycle/forwarding/present-cursor.js'
import { StepHealth } from '../../../src/lifecycle/step-health.js'
import { parseOptions } from '../../../src/options/parse-options.js'
import { logOf } from '../../../src/policy/names/archive-name.js'
import { actAs } from '../../support/platform.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

test('waits on Windows for another program that holds its lock for a moment, and reports nothing', async () => {
  const folder = temporaryFolder()
  const file = join(folder, 'app.log')
  writeFileSync(file, '{"level":30,"msg":"one"}\n')
  writeFileSync(join(folder, 'send.mjs'), 'export default async () => {}\n')
  const settings = parseOptions({ file, report: false, forward: { module: join(folder, 'send.mjs'), from: 'oldest' } })
  if (settings.forward === null) throw new Error('forwarding is off')
  const told: string[] = []
  const emit: Emit = (name, ..._details) => { told.push(name) }
  const health = new StepHealth(emit, systemClock.monotonic)
  const failed = vi.spyOn(health, 'failed')
  const held = Object.assign(new Error('EPERM: held'), { code: 'EPERM' })
  const tryAcquire = vi.spyOn(Lock.prototype, 'tryAcquire').mockImplementationOnce(() => { throw held }).mockImplementationOnce(() => { throw held })
  const forwarder = new Forwarder({ settings, forwarding: settings.forward, log: logOf(settings), clock: systemClock, emit, health, present: presentCursor(settings, logOf(settings)) })
  actAs('win32')
  await forwarder.drain()
  await forwarder.close()
  expect(tryAcquire.mock.calls.length).toBeGreaterThan(2)
  expect(failed).not.toHaveBeenCalled()
  expect(told).toContain('forwarded')
})
