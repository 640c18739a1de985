// Which files are read for a stretch of time: never one too few, whatever the names leave open.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anyZone, knownZone, selectFiles, type DatedArchive } from '../../../src/policy/filters/line-window.js'
import { formatStamp } from '../../../src/policy/names/stamp.js'
import { archiveOf } from '../archives.js'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const day1 = Date.UTC(2025, 9, 1)

function dated (name: string, changedMs = Infinity): DatedArchive {
  return { archive: archiveOf(name), changedMs }
}

const daily = [1, 2, 3, 4, 5].map((day) => dated(`app.2025100${day}_000000.log`))

describe('selectFiles', () => {
  test('takes all files as a whole if any time is wanted', () => {
    expect(selectFiles(daily, { sinceMs: -Infinity, untilMs: Infinity }, 'UTC', knownZone)).toEqual(Array(6).fill('whole'))
  })

  test('skips what ended before and what began after, and cuts at the edges', () => {
    const window = { sinceMs: day1 + 1.5 * dayMs, untilMs: day1 + 3.5 * dayMs }
    expect(selectFiles(daily, window, 'UTC', knownZone)).toEqual(['skip', 'skip', 'edge', 'whole', 'edge', 'skip'])
  })

  test('reads the neighbours too if the zone of the names is not known', () => {
    const window = { sinceMs: day1 + 1.1 * dayMs, untilMs: day1 + 1.2 * dayMs }
    expect(selectFiles(daily, window, 'UTC', anyZone)).toEqual(['skip', 'edge', 'edge', 'skip', 'skip', 'skip'])
    expect(selectFiles(daily, window, 'UTC', knownZone)).toEqual(['skip', 'skip', 'edge', 'skip', 'skip', 'skip'])
  })

  test('knows only that an archive with a date was begun on that day', () => {
    const weekly = [dated('app.20251001.log'), dated('app.20251008.log'), dated('app.20251015.log')]
    expect(selectFiles(weekly, { sinceMs: day1 + 6 * dayMs, untilMs: day1 + 6.5 * dayMs }, 'UTC', knownZone)).toEqual(['edge', 'edge', 'skip', 'skip'])
    expect(selectFiles(weekly, { sinceMs: day1 + 10 * dayMs, untilMs: Infinity }, 'UTC', knownZone)).toEqual(['skip', 'edge', 'edge', 'whole'])
  })

  test('does not trust a stamp of a clock that has since gone back', () => {
    const archives = [dated('app.20991001_000000.log', day1), dated('app.20991001_000000.1.log', day1 + dayMs)]
    expect(selectFiles(archives, { sinceMs: day1, untilMs: day1 + 2 * dayMs }, 'UTC', knownZone)).not.toContain('skip')
  })

  test('never skips a file that holds a line of the window, and takes none whole that holds others', () => {
    const instants = fc.uniqueArray(fc.integer({ min: 0, max: 60 * 24 * 60 }), { minLength: 2, maxLength: 12 })
    const zones = fc.constantFrom('UTC', 'Europe/Berlin', 'America/St_Johns', 'Pacific/Kiritimati')
    fc.assert(fc.property(instants, zones, fc.boolean(), fc.nat(60 * 24 * 60), fc.nat(60 * 24 * 60), (minutes, zone, isZoneKnown, a, b) => {
      const rotations = minutes.sort((x, y) => x - y).map((minute) => day1 + minute * 60_000)
      const archives = rotations.map((atMs) => dated(`app.${formatStamp(atMs, 'datetime', zone)}.log`, atMs))
      fc.pre(archives.every(({ archive }, index) => index === 0 || archive.stamp > (archives[index - 1]?.archive.stamp ?? '')))
      const window = { sinceMs: day1 + Math.min(a, b) * 60_000, untilMs: day1 + Math.max(a, b) * 60_000 }
      const selections = selectFiles(archives, window, isZoneKnown ? zone : 'UTC', isZoneKnown ? knownZone : anyZone)
      selections.forEach((selection, index) => {
        const beginMs = rotations[index - 1] ?? -Infinity
        const endMs = rotations[index] ?? Infinity
        if (endMs > window.sinceMs && beginMs <= window.untilMs) expect(selection).not.toBe('skip')
        if (selection === 'whole') expect(beginMs >= window.sinceMs && endMs <= window.untilMs).toBe(true)
      })
    }))
  })
})
