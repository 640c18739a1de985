// A wall clock that a test sets, for a process that really runs: libfaketime between it and the system. The clock that
// only goes forward is left alone.
import { existsSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

const library = ['x86_64-linux-gnu', 'aarch64-linux-gnu'].map((triple) => `/usr/lib/${triple}/faketime/libfaketimeMT.so.1`).find(existsSync)

/** Whether the Debian package faketime is here; says so where it is not. */
export const canFakeClock = library !== undefined
if (!canFakeClock) console.log('skipped: tests with jumping clocks, because libfaketime is not installed')

export class FakeClock {
  readonly #folder = mkdtempSync(join(tmpdir(), 'rotor-clock-'))
  readonly #file = join(this.#folder, 'timestamp')

  constructor (instant: string) {
    onTestFinished(() => { rmSync(this.#folder, { recursive: true }) })
    this.set(instant)
  }

  /** The environment in which a process has this clock. */
  get environment (): NodeJS.ProcessEnv {
    return {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: this.#file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      // Times of files are the disk's own.
      NO_FAKE_STAT: '1',
      TZ: 'UTC'
    }
  }

  /** Puts the clock to an instant, from which it goes on; `frozen`: at which it stands. */
  set (instant: string, frozen: 'frozen' | 'going' = 'going'): void {
    const [date = '', time = ''] = new Date(instant).toISOString().split(/[TZ.]/)
    const next = `${this.#file}.next`
    writeFileSync(next, `${frozen === 'frozen' ? '' : '@'}${date} ${time}\n`)
    utimesSync(next, 0, 0)
    renameSync(next, this.#file)
  }
}
