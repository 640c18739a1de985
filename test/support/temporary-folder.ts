// A folder that is there for one test and gone after it.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** Makes a folder that is removed when the running test is over; one of several that run at once gives its own `onTestFinished`. */
export function temporaryFolder (whenFinished = onTestFinished): string {
  const folder = mkdtempSync(join(tmpdir(), 'rotor-test-'))
  whenFinished(() => { rmSync(folder, { recursive: true, force: true }) })
  return folder
}
