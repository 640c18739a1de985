// The priority of a thread that works behind the application. `test/forwarding/forwarding-thread.test.ts` sees it lowered on Linux.
import { expect, onTestFinished, test, vi } from 'vitest'
import { lowerOwnPriority } from '../../../src/disk/compress/idle-priority.js'
import { actAs } from '../../support/platform.js'

test('rests nowhere but on Linux, since a rest may take 15 ms elsewhere', () => {
  actAs('win32')
  const wait = vi.spyOn(Atomics, 'wait')
  onTestFinished(() => { wait.mockRestore() })
  lowerOwnPriority()()
  expect(wait).not.toHaveBeenCalled()
})
