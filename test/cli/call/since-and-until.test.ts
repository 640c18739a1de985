// Times as people write them, from a moment in the night in which clocks differ.
import { describe, expect, test } from 'vitest'
import { readWindow } from '../../../src/cli/call/since-and-until.js'
import { hardTimesOf, hourMs, minuteMs, readingOf } from '../../policy/zones.js'

const nowMs = Date.parse('2025-10-21T03:00:00+02:00')
const here = { nowMs, timezone: 'Europe/Berlin' }
const at = (iso: string): number => Date.parse(iso)

test.each([
  ['now', nowMs],
  ['2h', nowMs - 7_200_000],
  ['1h30m', nowMs - 5_400_000],
  ['1d 2h ago', nowMs - 93_600_000],
  ['90s', nowMs - 90_000],
  ['2 hours ago', nowMs - 7_200_000],
  ['1 day 30 minutes', nowMs - 88_200_000],
  ['90 min', nowMs - 5_400_000],
  ['02:10', at('2025-10-21T02:10:00+02:00')],
  ['2:10', at('2025-10-21T02:10:00+02:00')],
  ['02:10:30.5', at('2025-10-21T02:10:30.5+02:00')],
  ['23:50', at('2025-10-20T23:50:00+02:00')],
  ['24:00', at('2025-10-21T00:00:00+02:00')],
  ['today', at('2025-10-21T00:00:00+02:00')],
  ['Yesterday', at('2025-10-20T00:00:00+02:00')],
  ['yesterday 14:00', at('2025-10-20T14:00:00+02:00')],
  ['2025-10-01', at('2025-10-01T00:00:00+02:00')],
  ['2025-01-01', at('2025-01-01T00:00:00+01:00')],
  ['2025-10-01 12:00', at('2025-10-01T12:00:00+02:00')],
  ['2025-10-01T12:00:00', at('2025-10-01T12:00:00+02:00')],
  ['2025-10-01T12:00:00Z', at('2025-10-01T12:00:00Z')],
  ['2025-10-01T12:00:00+05', at('2025-10-01T07:00:00Z')],
  ['2025-10-01 24:00', at('2025-10-02T00:00:00+02:00')],
  ['2024-02-29', at('2024-02-29T00:00:00+01:00')],
  ['2025-03-30 02:30', at('2025-03-30T03:00:00+02:00')],
  ['2025-10-26 02:30', at('2025-10-26T02:30:00+02:00')],
  ['2025-10-26 12:00:00.5', at('2025-10-26T12:00:00.5+01:00')],
  ['2025-10-25 12:00:00.5', at('2025-10-25T12:00:00.5+02:00')],
  ['2025-10-01T12:00:00.250+05:30', at('2025-10-01T06:30:00.25Z')],
  ['2025-10-01 12:00:00,250 +0200', at('2025-10-01T12:00:00.25+02:00')],
  ['2025-10-01 12:00 Z', at('2025-10-01T12:00:00Z')],
  ['2025-10-01 12:00:00,25', at('2025-10-01T12:00:00.25+02:00')],
  ['02:10:30,5', at('2025-10-21T02:10:30.5+02:00')],
  ['0', 0],
  ['1759312800', 1_759_312_800_000],
  ['1759312800.25', 1_759_312_800_250],
  ['1759312800123', 1_759_312_800_123]
])('--since %s', (text, expectedMs) => {
  expect(readWindow(text, undefined, here)).toEqual({ sinceMs: expectedMs, untilMs: Infinity })
})

describe('--until', () => {
  test.each([
    ['yesterday', at('2025-10-20T23:59:59.999+02:00')],
    ['2025-10-01', at('2025-10-01T23:59:59.999+02:00')],
    ['2025-10-26', at('2025-10-26T23:59:59.999+01:00')],
    ['2025-03-30', at('2025-03-30T23:59:59.999+02:00')],
    ['2024-02-29', at('2024-02-29T23:59:59.999+01:00')],
    ['02:20', at('2025-10-21T02:20:00+02:00')],
    ['2025-03-30 02:30', at('2025-03-30T03:00:00+02:00')],
    ['1h', nowMs - 3_600_000]
  ])('%s: a date includes its whole day', (text, expectedMs) => {
    expect(readWindow(undefined, text, here)).toEqual({ sinceMs: -Infinity, untilMs: expectedMs })
  })

  test('a time of day is later than the beginning, also past midnight and in the future', () => {
    expect(readWindow('23:50', '00:10', here)).toEqual({ sinceMs: at('2025-10-20T23:50:00+02:00'), untilMs: at('2025-10-21T00:10:00+02:00') })
    expect(readWindow('23:50', '00:10:30.5', here).untilMs).toBe(at('2025-10-21T00:10:30.5+02:00'))
    expect(readWindow('02:10', '04:00', here)).toEqual({ sinceMs: at('2025-10-21T02:10:00+02:00'), untilMs: at('2025-10-21T04:00:00+02:00') })
    expect(readWindow('2025-10-20 23:50', '00:10', here).untilMs).toBe(at('2025-10-21T00:10:00+02:00'))
  })
})

// Found by looking at the clocks in each minute.
test.each(['America/New_York', 'Australia/Lord_Howe', 'Europe/Berlin'])('covers every minute that the clocks of %s show from one time to another, also where they repeat or skip some', (timezone) => {
  for (const changeMs of changesOf(timezone, 2025)) {
    const minutes = Array.from({ length: 8 * 60 }, (_, minute) => changeMs - 4 * hourMs + minute * minuteMs)
    const shown = minutes.map((atMs) => readingOf(atMs, timezone))
    for (let since = 90; since < 390; since += 7) {
      const [sinceWallMs = 0, untilWallMs = 0] = [shown[since], shown[since + 25]].sort()
      const wanted = minutes.filter((_, index) => (shown[index] ?? 0) >= sinceWallMs && (shown[index] ?? 0) <= untilWallMs)
      const [sinceText, untilText] = [textOf(sinceWallMs), textOf(untilWallMs)]
      const { sinceMs, untilMs } = readWindow(sinceText, untilText, { nowMs: changeMs + 90 * 24 * hourMs, timezone })
      expect([sinceMs, untilMs], `${sinceText} to ${untilText}`).toEqual([wanted[0], wanted.at(-1)])
      const inTheMorning = { nowMs: changeMs + 5 * hourMs, timezone }
      expect(readWindow(sinceText.slice(11), untilText.slice(11), inTheMorning)).toEqual({ sinceMs, untilMs })
    }
  }
})

function changesOf (timezone: string, year: number): number[] {
  return hardTimesOf(timezone).filter((atMs) => new Date(atMs).getUTCFullYear() === year)
}

function textOf (wallMs: number): string {
  return new Date(wallMs).toISOString().slice(0, 16).replace('T', ' ')
}

describe('in the hour that clocks show twice', () => {
  const duringMs = (iso: string) => ({ nowMs: at(iso), timezone: 'Europe/Berlin' })

  test.each([
    ['later', '2025-10-27T10:00:00+01:00', '2025-10-26 02:10', '2025-10-26 02:20', '2025-10-26T02:20:00+01:00'],
    ['in the same night', '2025-10-26T03:00:00+01:00', '02:10', '02:20', '2025-10-26T02:20:00+01:00'],
    ['the first time', '2025-10-26T02:25:00+02:00', '02:10', '02:20', '2025-10-26T02:20:00+02:00']
  ])('a window asked for %s covers both times, as far as they have passed', (_, now, since, until, to) => {
    expect(readWindow(since, until, duringMs(now))).toEqual({ sinceMs: at('2025-10-26T02:10:00+02:00'), untilMs: at(to) })
  })
})

test.each(['', 'soon', 'noon', '25:00', '24:01', '2023-02-29', '2025-10-01T12:00+99:00', '2 months', '-1759312800', '1e9', '02:60', '2025-13-01', '2025-06-31', '2025-06-31T12:00Z', '2025-02-30 12:00+02', '2025-06-31 12:00', 'foo 1', '2024-13', '2025', '2025-10', 'Oct 1 12:00', '12', '5', '2h30', '2x', 'yesterday 25:00', '2025-10-01T12:00+0'])('%j is refused with examples', (text) => {
  expect(() => readWindow(text, undefined, here)).toThrow(`--since ${JSON.stringify(text)} is no time: write 02:10, yesterday`)
})

test('a window that ends before it begins is refused', () => {
  expect(() => readWindow('1h', '2h', here)).toThrow('--since is later than --until')
})
