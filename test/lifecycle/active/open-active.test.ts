// What is told of a log that cannot be opened, also where Node has no name for the system's error.
import fs from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { systemClock } from '../../../src/clock.js'
import { parseOptions } from '../../../src/options/parse-options.js'
import { LogStream } from '../../../src/stream.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

vi.mock('node:fs', async (importOriginal) => {
  const original = await importOriginal<typeof import('node:fs') & { default: typeof fs }>()
  return { ...original, openSync: (...given: Parameters<typeof fs.openSync>) => original.default.openSync(...given) }
})

const { EDQUOT } = constants.errno

test.each([
  ['a quota, as a call that blocks tells it', { code: 'UNKNOWN', errno: -EDQUOT, message: 'UNKNOWN: unknown error, open' }, 'EDQUOT'],
  ['a quota, as Node 22 tells it', { code: `Unknown system error -${EDQUOT}`, errno: -EDQUOT, message: `Unknown system error -${EDQUOT}: Unknown system error -${EDQUOT}, open` }, 'EDQUOT'],
  ['a full disk', { code: 'ENOSPC', errno: -constants.errno.ENOSPC, message: 'ENOSPC: no space left on device, open' }, 'ENOSPC'],
  ['what is no system error', { message: 'odd' }, 'ERR_ROTOR_OPEN']
])('an opening that fails for %s has its code', (_, facts, code) => {
  const file = join(temporaryFolder(), 'app.log')
  const spy = vi.spyOn(fs, 'openSync').mockImplementation(() => { throw Object.assign(new Error(facts.message), facts) })
  onTestFinished(() => { spy.mockRestore() })
  let error: unknown
  try {
    void new LogStream(parseOptions({ file, report: false }), systemClock)
  } catch (thrown) {
    error = thrown
  }
  expect(error).toMatchObject({ name: 'RotorOpenError', code, path: file })
  expect(String(error)).not.toMatch(/unknown/i)
})
