// A writer that has nothing to write, whose file is removed or rotated by another process.
import fs from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { systemClock } from '../../../src/clock.js'
import { parseOptions } from '../../../src/options/parse-options.js'
import { LogStream } from '../../../src/stream.js'
import { closed } from '../../support/events.js'
import { pass, stopTimeAt } from '../../support/passing-time.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

function openIdle (lines: readonly string[]): { file: string, stream: LogStream } {
  stopTimeAt('2025-10-01T12:00:00Z')
  const file = join(temporaryFolder(), 'app.log')
  const stream = new LogStream(parseOptions({ file, compress: false, limit: false, report: false }), systemClock)
  for (const line of lines) stream.write(line)
  return { file, stream }
}

function isOpenHere (inode: number): boolean {
  return fs.readdirSync('/proc/self/fd').some((descriptor) => fs.statSync(`/proc/self/fd/${descriptor}`, { throwIfNoEntry: false })?.ino === inode)
}

test.runIf(process.platform === 'linux').each([{ lines: ['line\n'] }, { lines: [] }])('gives the room of a removed file back within 5 s: %j', async ({ lines }) => {
  const { file, stream } = openIdle(lines)
  pass(60_000)
  const { ino } = fs.statSync(file)
  // Its number is not given to the next file as long as a name leads to it.
  fs.linkSync(file, `${file}.kept`)
  fs.unlinkSync(file)
  expect(isOpenHere(ino)).toBe(true)
  pass(5_000)
  expect(isOpenHere(ino)).toBe(false)
  await closed(stream)
})

test('looks at most once a second', async () => {
  const { stream } = openIdle(['line\n'])
  pass(1_000)
  const spy = vi.spyOn(globalThis, 'setTimeout')
  onTestFinished(() => { spy.mockRestore() })
  pass(60_000)
  expect(spy.mock.calls.length).toBeLessThan(60)
  await closed(stream)
})
