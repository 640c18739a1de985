import { afterEach, describe, expect, test, vi } from 'vitest'
import { parseTimezone } from '../../../src/options/values/timezone.js'

afterEach(() => { vi.unstubAllEnvs() })

describe('parseTimezone', () => {
  test.each([
    ['UTC', 'UTC'],
    ['utc', 'UTC'],
    ['Europe/Berlin', 'Europe/Berlin'],
    ['europe/berlin', 'Europe/Berlin'],
    ['Etc/GMT+5', 'Etc/GMT+5']
  ])('reads %s', (raw, timezone) => {
    expect(parseTimezone(raw)).toEqual({ value: timezone })
  })

  test('reads local as the name of the system\'s zone', () => {
    vi.stubEnv('TZ', 'America/New_York')
    expect(parseTimezone('local')).toEqual({ value: 'America/New_York' })
  })

  test('refuses local if the system\'s zone has no name', () => {
    vi.spyOn(Intl, 'DateTimeFormat').mockReturnValueOnce({ resolvedOptions: () => ({}) } as Intl.DateTimeFormat)
    expect(parseTimezone('local')).toEqual({ expected: expect.stringContaining('TZ') as string })
    vi.restoreAllMocks()
  })

  test.each([['Mars/Olympus'], ['+02:00'], [''], ['Local'], [2], [null], [undefined], [{}], ['x'.repeat(100_000)]])('refuses %s', raw => {
    expect(parseTimezone(raw)).toEqual({ expected: expect.stringContaining('IANA time zone') as string })
  })
})
