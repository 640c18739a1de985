// When the writer finds out ahead what the next rotation needs to know about rights. A tool tells that, which takes milliseconds.
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import type { Clock } from '../../../src/clock.js'
import { ActiveFile } from '../../../src/disk/active/active-file.js'
import { parseOptions } from '../../../src/options/parse-options.js'
import { LogStream } from '../../../src/stream.js'
import { closed } from '../../support/events.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

const tenth = `${'x'.repeat(99)}\n`
let nowMs = 0
const clock: Clock = { now: () => Date.UTC(2026, 0, 1) + nowMs, monotonic: () => nowMs }
let file: string
let asked: number

beforeEach(() => {
  file = join(temporaryFolder(), 'app.log')
  asked = 0
  nowMs = 10_000
  vi.spyOn(ActiveFile.prototype, 'prepareSuccessor').mockImplementation(async () => { asked++ })
})

function open (): LogStream {
  const stream = new LogStream(parseOptions({ file, size: '1000b', compress: false, report: false }), clock)
  onTestFinished(() => {
    stream.end()
    vi.restoreAllMocks()
  })
  return stream
}

function write (stream: LogStream, tenths: number): void {
  for (let count = 0; count < tenths; count++) stream.write(tenth)
}

test('a file that is half full within moments is prepared for at once', () => {
  const stream = open()
  write(stream, 5)
  expect(asked).toBe(0)
  write(stream, 1)
  expect(asked).toBe(1)
  write(stream, 4)
  expect(asked).toBe(1)
})

test('a file that fills slowly is prepared for when it is nearly full', () => {
  const stream = open()
  nowMs += 500
  write(stream, 9)
  expect(asked).toBe(0)
  write(stream, 1)
  expect(asked).toBe(1)
})

test('a file that is more than half full at the start is not prepared for at once', async () => {
  const earlier = open()
  nowMs += 500
  write(earlier, 6)
  await closed(earlier)
  const stream = open()
  write(stream, 3)
  expect(asked).toBe(0)
  write(stream, 1)
  expect(asked).toBe(1)
})

test('the successor of a file that filled quickly is prepared for in the same way', () => {
  const stream = open()
  write(stream, 10)
  nowMs += 500
  write(stream, 5)
  expect(asked).toBe(1)
  write(stream, 1)
  expect(asked).toBe(2)
})
