// Which process gets the lock and which one breaks it, while others act between two of its calls.
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, symlinkSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { Lock } from '../../../src/disk/lock/lock.js'
import { currentOwner, formatOwner, parseOwner } from '../../../src/disk/lock/owner.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

const meanwhile = vi.hoisted(() => ({ beforeOpen: (_path: string): void => {}, beforeWrite: (): void => {}, beforeRename: (): void => {}, afterRename: (): void => {}, beforeLink: (): void => {}, linkFails: null as string | null }))

vi.mock('node:fs', async (importOriginal) => {
  const original = await importOriginal<typeof import('node:fs')>()
  return {
    ...original,
    openSync: (...given: Parameters<typeof original.openSync>) => {
      meanwhile.beforeOpen(String(given[0]))
      return original.openSync(...given)
    },
    writeSync: (descriptor: number, text: string) => {
      meanwhile.beforeWrite()
      return original.writeSync(descriptor, text)
    },
    linkSync: (...given: Parameters<typeof original.linkSync>) => {
      meanwhile.beforeLink()
      if (meanwhile.linkFails !== null) throw Object.assign(new Error(meanwhile.linkFails), { code: meanwhile.linkFails })
      original.linkSync(...given)
    },
    renameSync: (...given: Parameters<typeof original.renameSync>) => {
      meanwhile.beforeRename()
      original.renameSync(...given)
      meanwhile.afterRename()
    }
  }
})

let path: string
let nowMs: number

beforeEach(() => {
  path = join(temporaryFolder(), '.app.log.rotor.lock')
  nowMs = 0
  meanwhile.beforeOpen = meanwhile.beforeWrite = meanwhile.beforeRename = meanwhile.afterRename = meanwhile.beforeLink = () => {}
  meanwhile.linkFails = null
})

function lock (): Lock {
  return new Lock(path, () => nowMs)
}

/** Another process breaks the lock and acquires its own, right before the next rename. */
function breakBeforeRename (other: Lock): void {
  meanwhile.beforeRename = () => {
    meanwhile.beforeRename = () => {}
    unlinkSync(path)
    other.tryAcquire()
  }
}

function expectHeldBy (other: Lock): void {
  expect(other.isBroken()).toBe(false)
  other.release()
  expect(readdirSync(join(path, '..'))).toEqual([])
}

/** A process that ended: its id is free, or in use by a process that started later. */
const goneOwner = formatOwner({ ...currentOwner(), started: '1' })
const foreignOwner = formatOwner({ ...currentOwner(), host: 'elsewhere' })

describe('lock', () => {
  test('is not broken while an owner that cannot be asked touches it', () => {
    writeFileSync(path, `${foreignOwner}\n`)
    const waiting = lock()
    for (nowMs = 0; nowMs < 5_000; nowMs += 499) {
      expect(waiting.tryAcquire()).toBe(false)
      utimesSync(path, 0, nowMs + 1)
    }
  })

  test('is touched by its holder alone', () => {
    const [holder, other] = [lock(), lock()]
    holder.tryAcquire()
    const { mtimeMs } = statSync(path)
    other.touch()
    expect(statSync(path).mtimeMs).toBe(mtimeMs)
    holder.touch()
    expect(statSync(path).mtimeMs).toBeGreaterThan(mtimeMs)
  })

  test('is never held by two processes that break it at the same time', () => {
    writeFileSync(path, `${goneOwner}\n`)
    const [slow, quick, third] = [lock(), lock(), lock()]
    let isQuickHeld = false
    meanwhile.beforeOpen = (opened) => {
      if (!opened.endsWith('.break')) return
      // The slow one has found the lock abandoned, and the quick one breaks and takes it before the slow one goes on.
      meanwhile.beforeOpen = () => {}
      isQuickHeld = quick.tryAcquire()
    }
    let isThirdHeld = false
    meanwhile.afterRename = () => {
      // Moved aside is what was abandoned, or else the lock of the quick one is missing for a moment.
      if (!isQuickHeld) return
      isThirdHeld = third.tryAcquire()
    }
    const isSlowHeld = slow.tryAcquire()
    expect([isSlowHeld, isQuickHeld, isThirdHeld]).toEqual([false, true, false])
    meanwhile.afterRename = () => {}
    quick.release()
    expect(readdirSync(join(path, '..'))).toEqual([])
  })

  test.skipIf(process.platform === 'win32')('names its owner from its first instant on, so no other takes it for abandoned', () => {
    const states: unknown[] = []
    meanwhile.beforeWrite = () => { states.push(existsSync(path)) }
    const holder = lock()
    expect(holder.tryAcquire()).toBe(true)
    expect(states).toEqual([false])
    expect(parseOwner(readFileSync(path, 'utf8'))).toEqual(currentOwner())
    expect(readdirSync(join(path, '..'))).toEqual(['.app.log.rotor.lock'])
  })

  test('goes to one process, if another one takes it while this one writes its name', () => {
    const [slow, quick] = [lock(), lock()]
    meanwhile.beforeWrite = () => {
      meanwhile.beforeWrite = () => {}
      quick.tryAcquire()
    }
    expect(slow.tryAcquire()).toBe(false)
    expect(quick.isBroken()).toBe(false)
    quick.release()
    expect(readdirSync(join(path, '..'))).toEqual([])
  })

  test('needs no links', () => {
    meanwhile.linkFails = 'EPERM'
    const [holder, other] = [lock(), lock()]
    expect(holder.tryAcquire()).toBe(true)
    expect(other.tryAcquire()).toBe(false)
    holder.release()
    expect(readdirSync(join(path, '..'))).toEqual([])
  })

  test('comes back without links, if its holder took it again at the moment at which others broke it', () => {
    meanwhile.linkFails = 'EPERM'
    writeFileSync(path, `${foreignOwner}\n`)
    const breaker = lock()
    expect(breaker.tryAcquire()).toBe(false)
    nowMs = 500
    meanwhile.afterRename = () => {
      const [aside = ''] = readdirSync(join(path, '..')).filter((name) => !name.endsWith('.break'))
      writeFileSync(join(path, '..', aside), `${foreignOwner}\nagain\n`)
      meanwhile.afterRename = () => {}
    }
    expect(breaker.tryAcquire()).toBe(false)
    expect(readdirSync(join(path, '..'))).toEqual(['.app.log.rotor.lock'])
    expect(readFileSync(path, 'utf8')).toContain('again')
  })

  test.each([
    ['before', 'with', 'afterRename', null], ['after', 'with', 'beforeLink', null],
    ['before', 'without', 'afterRename', 'EPERM'], ['after', 'without', 'beforeLink', 'EPERM']
  ] as const)('stays away if its holder releases it while others have it aside, %s they look at it, %s links', (_when, _how, instant, linkFails) => {
    meanwhile.linkFails = linkFails
    writeFileSync(path, `${foreignOwner}\n`)
    const holder = lock()
    const breaker = new Lock(path, () => nowMs, () => [() => {
      unlinkSync(path)
      holder.tryAcquire()
      meanwhile[instant] = () => {
        meanwhile[instant] = () => {}
        holder.release()
      }
    }])
    expect(breaker.tryAcquire()).toBe(false)
    nowMs = 500
    expect(breaker.tryAcquire()).toBe(true)
    expect(breaker.isBroken()).toBe(false)
    breaker.release()
    expect(readdirSync(join(path, '..'))).toEqual([])
  })

  test.each([['with', null], ['without', 'EPERM']])('of another process stays if its own was broken between its last look and the removal, %s links', (_how, linkFails) => {
    meanwhile.linkFails = linkFails
    const [slow, quick] = [lock(), lock()]
    slow.tryAcquire()
    breakBeforeRename(quick)
    slow.release()
    expectHeldBy(quick)
  })

  test('of another process stays if its own was put back and broken again between its last look and the removal', () => {
    const [slow, quick] = [lock(), lock()]
    slow.tryAcquire()
    const aside = `${path}.12345678`
    renameSync(path, aside)
    meanwhile.beforeWrite = () => {
      meanwhile.beforeWrite = () => {}
      copyFileSync(aside, path)
      breakBeforeRename(quick)
    }
    slow.release()
    expectHeldBy(quick)
  })

  test('counts as broken if another one of the same size goes while its holder looks at it', () => {
    const holder = lock()
    holder.tryAcquire()
    unlinkSync(path)
    lock().tryAcquire()
    meanwhile.beforeOpen = (opened) => { if (opened === path) unlinkSync(path) }
    expect(holder.isBroken()).toBe(true)
  })

  test('is broken although an earlier process died while breaking it', () => {
    writeFileSync(path, `${goneOwner}\n`)
    writeFileSync(`${path}.break`, `${goneOwner}\n`)
    expect(lock().tryAcquire()).toBe(true)
    expect(existsSync(`${path}.break`)).toBe(false)
  })

  test('neither follows nor removes another kind of file', () => {
    const elsewhere = join(path, '..', 'elsewhere')
    symlinkSync(elsewhere, path)
    expect(() => lock().tryAcquire()).toThrow(expect.objectContaining({ code: 'ERR_ROTOR_FILE_TYPE' }))
    expect(existsSync(elsewhere)).toBe(false)
    const folder = `${path}-folder`
    mkdirSync(folder)
    expect(() => new Lock(folder, () => nowMs).tryAcquire()).toThrow(expect.objectContaining({ code: 'ERR_ROTOR_FILE_TYPE' }))
  })

  test('leaves the lock alone when the action throws, for others to take', () => {
    expect(() => lock().run(() => { throw new Error('the disk') })).toThrow('the disk')
    expect(lock().tryAcquire()).toBe(true)
  })

  test('is left out if it cannot be created and the action cannot wait', () => {
    expect(new Lock(join(path, 'no', 'folder'), () => nowMs).runAnyway(() => 'done')).toBe('done')
  })
})
