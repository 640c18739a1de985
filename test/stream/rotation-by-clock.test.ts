// Rotation by the clock, with a clock that the test moves: boundaries, those that were missed, zones, names, and clocks that jump.
import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/clock.js'
import type { RotatedEvent } from '../../src/events.js'
import type { RotorOptions } from '../../src/options/options.js'
import { parseOptions } from '../../src/options/parse-options.js'
import { LogStream } from '../../src/stream.js'
import { closed, collect } from '../support/events.js'
import { archivesOf, kept } from '../support/kept.js'
import { jumpTo, pass, settleDisk, stopTimeAt } from '../support/passing-time.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

let file: string

beforeEach(() => { file = join(temporaryFolder(), 'app.log') })

function open (options: Partial<RotorOptions>): { stream: LogStream, rotated: RotatedEvent[] } {
  const stream = new LogStream(parseOptions({ file, compress: false, limit: false, ...options }), systemClock)
  return { stream, rotated: collect(stream, 'rotated') }
}

function names (): string[] {
  return archivesOf(file).map(({ name }) => name)
}

/** A file that was last written at the instant. */
function writtenAt (instant: string, content = 'old\n'): void {
  writeFileSync(file, content)
  utimesSync(file, new Date(instant), new Date(instant))
}

describe('a boundary', () => {
  test('rotates by itself, without another line', async () => {
    stopTimeAt('2025-10-01T12:11:11Z')
    const { stream, rotated } = open({ frequency: 'hourly' })
    stream.write('before\n')
    pass(48 * minute)
    await settleDisk()
    expect(rotated).toEqual([])
    pass(minute)
    await settleDisk()
    expect(rotated).toEqual([{ file, archive: join(dirname(file), 'app.20251001_130000.log'), bytes: 7, reason: 'time' }])
    expect(readFileSync(file, 'utf8')).toBe('')
    await closed(stream)
  })

  test('that passed while the process was stopped rotates before the next line', async () => {
    stopTimeAt('2025-10-01T12:11:11Z')
    const { stream, rotated } = open({ frequency: 'hourly' })
    stream.write('before\n')
    jumpTo('2025-10-01T13:00:00Z')
    stream.write('after\n')
    await closed(stream)
    expect(rotated).toMatchObject([{ reason: 'time' }])
    expect(archivesOf(file).map(({ content }) => content.toString())).toEqual(['before\n'])
    expect(readFileSync(file, 'utf8')).toBe('after\n')
  })

  test('makes no empty archive, however many pass', async () => {
    stopTimeAt('2025-10-01T12:11:11Z')
    const { stream, rotated } = open({ frequency: '15m' })
    pass(3 * day)
    await settleDisk()
    expect(rotated).toEqual([])
    expect(readdirSync(dirname(file))).toEqual(['app.log'])
    stream.write('first in days\n')
    pass(15 * minute)
    await closed(stream)
    expect(rotated).toHaveLength(1)
  })

  test('rotates once, however many lines come at it', async () => {
    stopTimeAt('2025-10-01T23:59:59Z')
    const { stream, rotated } = open({ frequency: 'daily' })
    stream.write('before\n')
    for (let step = 0; step < 100; step++) {
      pass(20)
      stream.write(`${step}\n`)
    }
    await closed(stream)
    expect(rotated).toHaveLength(1)
    expect(names()).toEqual(['app.20251002_000000.log'])
  })

  test('more than 24.8 days away is waited for', async () => {
    stopTimeAt('2025-10-01T00:00:01Z')
    const { stream, rotated } = open({ frequency: '0 0 1 1 *' })
    stream.write('before\n')
    pass(day)
    // A wall clock that is put on is the same to an alarm as one that has gone on for so long.
    jumpTo('2025-12-31T23:50:00Z')
    pass(9 * 60_000)
    await settleDisk()
    expect(rotated).toEqual([])
    pass(2 * 60_000)
    await settleDisk()
    expect(rotated).toMatchObject([{ archive: expect.stringMatching(/app\.20260101_0000\d\d\.log$/) as string }])
    await closed(stream)
  })

  test.each([
    ['15m', '2025-10-01T12:11:11Z', 'app.20251001_121500.log'],
    ['hourly', '2025-10-01T12:11:11Z', 'app.20251001_130000.log'],
    ['daily', '2025-10-01T12:11:11Z', 'app.20251002_000000.log'],
    ['weekly', '2025-10-01T12:11:11Z', 'app.20251006_000000.log'],
    ['monthly', '2025-10-25T12:11:11Z', 'app.20251101_000000.log'],
    ['0 2 * * *', '2025-10-01T12:11:11Z', 'app.20251002_020000.log'],
    ['*/30 * * * * *', '2025-10-01T12:11:11Z', 'app.20251001_121130.log']
  ])('of the frequency %s after %s makes %s', async (frequency, instant, name) => {
    stopTimeAt(instant)
    const { stream, rotated } = open({ frequency })
    stream.write('line\n')
    for (let hours = 0; hours < 24 * 8 && rotated.length === 0; hours++) {
      pass(hour)
      await settleDisk()
    }
    await closed(stream)
    expect(names()).toEqual([name])
  })
})

describe('a zone', () => {
  test.each([
    ['America/New_York', '2025-11-02T03:30:00Z', 'app.20251102_000000.log'],
    ['Europe/Berlin', '2025-03-29T22:30:00Z', 'app.20250330_000000.log'],
    ['Asia/Kathmandu', '2025-10-01T18:00:00Z', 'app.20251002_000000.log']
  ])('sets midnight and the stamp: %s', async (timezone, instant, name) => {
    stopTimeAt(instant)
    const { stream, rotated } = open({ frequency: 'daily', timezone })
    stream.write('line\n')
    pass(hour)
    await settleDisk()
    expect(rotated).toHaveLength(1)
    expect(names()).toEqual([name])
    await closed(stream)
  })

  test('whose clocks change has a day of 23 and one of 25 hours, each rotated once', async () => {
    for (const [instant, hours] of [['2025-03-29T23:00:00Z', 23], ['2025-10-25T22:00:00Z', 25]] as const) {
      stopTimeAt(instant)
      const { stream, rotated } = open({ frequency: 'daily', timezone: 'Europe/Berlin' })
      for (let passed = 0; passed < hours; passed++) {
        stream.write(`hour ${passed}\n`)
        pass(hour - second)
        await settleDisk()
        expect(rotated.length, `${instant} + ${passed} h`).toBe(0)
        pass(second)
        await settleDisk()
      }
      expect(rotated, instant).toHaveLength(1)
      await closed(stream)
    }
  })
})

describe('at start', () => {
  test('a boundary that passed while nothing ran is made up', async () => {
    stopTimeAt('2025-10-03T08:00:00Z')
    writtenAt('2025-10-01T23:00:00Z')
    const { stream, rotated } = open({ frequency: 'daily' })
    stream.write('new\n')
    await closed(stream)
    expect(rotated).toMatchObject([{ reason: 'start', bytes: 4 }])
    expect(names()).toEqual(['app.20251003_080000.log'])
    expect(readFileSync(file, 'utf8')).toBe('new\n')
  })

  test('it is made up once, however many boundaries passed', async () => {
    stopTimeAt('2025-10-03T08:00:00Z')
    writtenAt('2024-01-01T23:00:00Z')
    const { stream } = open({ frequency: 'hourly' })
    await closed(stream)
    const { stream: again } = open({ frequency: 'hourly' })
    await closed(again)
    expect(names()).toHaveLength(1)
  })

  test('the file of the running period is appended to', async () => {
    stopTimeAt('2025-10-03T08:00:00Z')
    writtenAt('2025-10-03T00:00:00Z')
    const { stream, rotated } = open({ frequency: 'daily' })
    stream.write('new\n')
    await closed(stream)
    expect(rotated).toEqual([])
    expect(kept(file).toString()).toBe('old\nnew\n')
  })

  test('an empty file of an old period is not rotated', async () => {
    stopTimeAt('2025-10-03T08:00:00Z')
    writtenAt('2024-01-01T23:00:00Z', '')
    const { stream, rotated } = open({ frequency: 'daily' })
    await closed(stream)
    expect(rotated).toEqual([])
  })
})

describe("`stamp: 'date'`", () => {
  test('names the day on which the period began', async () => {
    stopTimeAt('2025-10-01T12:00:00Z')
    const { stream } = open({ frequency: 'daily', stamp: 'date' })
    for (let days = 0; days < 3; days++) {
      stream.write('line\n')
      pass(day)
      await settleDisk()
    }
    await closed(stream)
    expect(names()).toEqual(['app.20251001.log', 'app.20251002.log', 'app.20251003.log'])
  })

  test('numbers several of a day', async () => {
    stopTimeAt('2025-10-01T12:00:00Z')
    const { stream } = open({ size: '6b', stamp: 'date' })
    for (const line of ['one\n', 'two\n', 'three\n', 'four\n']) stream.write(line)
    await closed(stream)
    expect(names()).toEqual(['app.20251001.log', 'app.20251001.1.log', 'app.20251001.2.log'])
  })

  test('names the month by its first day, and one that was missed by the day of its last line', async () => {
    stopTimeAt('2025-11-20T12:00:00Z')
    writtenAt('2025-10-17T12:00:00Z')
    const { stream } = open({ frequency: 'monthly', stamp: 'date' })
    await closed(stream)
    expect(names()).toEqual(['app.20251001.log'])
  })
})

describe('a clock that goes back', () => {
  test('leaves the order of names as it was', async () => {
    stopTimeAt('2025-10-01T12:00:00Z')
    const { stream } = open({ size: '8b' })
    stream.write('line 1\n')
    stream.write('line 2\n')
    jumpTo('2020-01-01T00:00:00Z')
    stream.write('line 3\n')
    jumpTo('1970-01-01T00:00:01Z')
    stream.write('line 4\n')
    jumpTo('2025-10-01T12:00:01Z')
    stream.write('line 5\n')
    await closed(stream)
    expect(kept(file).toString()).toBe('line 1\nline 2\nline 3\nline 4\nline 5\n')
    expect(names()).toEqual(['app.20251001_120000.log', 'app.20251001_120000.1.log', 'app.20251001_120000.2.log', 'app.20251001_120001.log'])
  })

  test('leaves it also for a process that starts afterwards', async () => {
    stopTimeAt('2025-10-01T12:00:00Z')
    const { stream: before } = open({ size: '8b' })
    for (const line of ['line 1\n', 'line 2\n', 'line 3\n']) before.write(line)
    await closed(before)
    jumpTo('2025-09-30T12:00:00Z')
    const { stream: after } = open({ size: '8b' })
    for (const line of ['line 4\n', 'line 5\n']) after.write(line)
    await closed(after)
    expect(kept(file).toString()).toBe('line 1\nline 2\nline 3\nline 4\nline 5\n')
  })

  test('rotates a boundary that comes twice no more than once more', async () => {
    stopTimeAt('2025-10-01T12:59:59Z')
    const { stream, rotated } = open({ frequency: 'hourly' })
    stream.write('first\n')
    pass(second)
    stream.write('second\n')
    jumpTo('2025-10-01T12:30:00Z')
    stream.write('third\n')
    pass(29 * minute)
    await settleDisk()
    expect(rotated).toHaveLength(1)
    pass(2 * hour)
    await settleDisk()
    expect(rotated).toHaveLength(2)
    await closed(stream)
    expect(kept(file).toString()).toBe('first\nsecond\nthird\n')
  })
})

describe('by request', () => {
  test('a rotation includes every line written so far', async () => {
    stopTimeAt('2025-10-01T12:00:00Z')
    const { stream } = open({})
    stream.write('line\n')
    expect(await stream.rotate()).toEqual({ file, archive: join(dirname(file), 'app.20251001_120000.log'), bytes: 5, reason: 'request' })
    expect(existsSync(file)).toBe(true)
    await closed(stream)
  })

  test('a rotation of an empty file is none', async () => {
    stopTimeAt('2025-10-01T12:00:00Z')
    const { stream, rotated } = open({})
    expect(await stream.rotate()).toBeNull()
    await closed(stream)
    expect(rotated).toEqual([])
    expect(names()).toEqual([])
  })
})
