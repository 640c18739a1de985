// What is told of a log that cannot be opened, also where Node has no name for the system's error. And what becomes of a swap that is
// held up while its file is moved by hand.
import fs from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { systemClock } from '../../../src/clock.js'
import { ActiveFile } from '../../../src/disk/active/active-file.js'
import { openNext } from '../../../src/lifecycle/active/open-active.js'
import { swapLockOf } from '../../../src/lifecycle/swap-lock.js'
import { parseOptions } from '../../../src/options/parse-options.js'
import { LogStream } from '../../../src/stream.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

vi.mock('node:fs', async (importOriginal) => {
  const original = await importOriginal<typeof import('node:fs') & { default: typeof fs }>()
  return {
    ...original,
    openSync: (...given: Parameters<typeof fs.openSync>) => original.default.openSync(...given),
    unlinkSync: (path: fs.PathLike) => { original.default.unlinkSync(path) }
  }
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

describe.skipIf(process.platform === 'win32')('a swap that is held up before its last step', () => {
  const options = { mode: 0o600, fsync: false }

  /** The file of an earlier opening, and the successor of another writer's swap, which holds the lock. */
  function swapHeldUp ({ isLocked } = { isLocked: true }) {
    const folder = temporaryFolder()
    const settings = parseOptions({ file: join(folder, 'app.log'), report: false })
    const successor = join(folder, '.app.log.rotor.next.12345678')
    const earlier = ActiveFile.open(settings.file, options)
    if (isLocked) expect(swapLockOf(settings, systemClock).tryAcquire()).toBe(true)
    fs.writeFileSync(successor, '')
    fs.linkSync(settings.file, join(folder, 'app.20261126_120000.log'))
    const follow = (): void => {
      const { file } = openNext(settings, swapLockOf(settings, systemClock), earlier)
      file.close()
    }
    return { folder, file: settings.file, successor, follow }
  }

  test('cannot replace the file that is made after its own was moved by hand', () => {
    const { file, successor, follow } = swapHeldUp()
    fs.renameSync(file, `${file}.moved`)
    follow()
    expect(fs.existsSync(file)).toBe(true)
    expect(fs.existsSync(successor)).toBe(false)
  })

  test('cannot replace the file that logrotate made after it moved its own', () => {
    const { file, successor, follow } = swapHeldUp()
    fs.renameSync(file, `${file}.moved`)
    fs.writeFileSync(file, '')
    follow()
    expect(fs.existsSync(successor)).toBe(false)
  })

  test('goes on after another rotation', () => {
    const { file, successor, follow } = swapHeldUp()
    fs.writeFileSync(`${file}.new`, '')
    fs.renameSync(`${file}.new`, file)
    follow()
    expect(fs.existsSync(successor)).toBe(true)
  })

  test('is not looked for where no writer holds the lock, because a large folder takes long to list', () => {
    const { file, successor, follow } = swapHeldUp({ isLocked: false })
    fs.renameSync(file, `${file}.moved`)
    follow()
    expect(fs.existsSync(successor)).toBe(true)
  })

  test('does not keep the log from being opened where its successor cannot be removed', () => {
    const { file, successor, follow } = swapHeldUp()
    const spy = vi.spyOn(fs, 'unlinkSync').mockImplementation(() => { throw Object.assign(new Error('EIO: i/o error, unlink'), { code: 'EIO' }) })
    onTestFinished(() => { spy.mockRestore() })
    fs.renameSync(file, `${file}.moved`)
    follow()
    expect(spy).toHaveBeenCalledWith(successor)
    expect(fs.existsSync(file)).toBe(true)
  })
})
