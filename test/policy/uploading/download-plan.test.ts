// Which stored objects are brought back for a stretch of time.
import { expect, test } from 'vitest'
import { logName } from '../../../src/policy/names/archive-name.js'
import { planDownloads, type DownloadInput } from '../../../src/policy/uploading/download-plan.js'

const log = logName('/logs/app.log')

function planned (names: readonly string[], options: Partial<DownloadInput> & { since?: string, until?: string } = {}): string[] {
  const { since, until } = options
  return planDownloads({
    objects: names.map((name) => ({ key: `h/2025/10/01/${name}`, sizeBytes: 1 })),
    keyTemplate: 'h/{yyyy}/{mm}/{dd}/{name}',
    log,
    isBundled: false,
    window: { sinceMs: since === undefined ? -Infinity : Date.parse(since), untilMs: until === undefined ? Infinity : Date.parse(until) },
    timezone: 'UTC',
    ...options
  }).map(({ name }) => name)
}

const october = ['app.20251001_120000.log.gz', 'app.20251002_120000.log.gz', 'app.20251003_120000.log.gz', 'app.20251004_120000.log.gz']

test('downloads the archives that hold lines of the time, and the one that ends after it', () => {
  expect(planned(october, { since: '2025-10-02T18:00:00Z', until: '2025-10-03T06:00:00Z' })).toEqual(['app.20251003_120000.log.gz'])
  expect(planned(october, { since: '2025-10-03T18:00:00Z' })).toEqual(['app.20251004_120000.log.gz'])
  expect(planned(october)).toEqual(october)
})

test('downloads the oldest first, in any order of the listing', () => {
  expect(planned([...october].reverse())).toEqual(october)
})

test('ignores objects of other logs', () => {
  expect(planned(['other.20251001_120000.log.gz', 'app.20251001_120000.log.gz.bak', 'app.log', 'x/app.20251001_120000.log.gz'])).toEqual([])
})

test('ignores objects under other keys', () => {
  expect(planned(['app.20251001_120000.log.gz'], { keyTemplate: 'h/{yyyy}/{name}' })).toEqual([])
})

test('downloads the bundles of the window, and the one before, whose last archive may reach into it', () => {
  const bundles = ['app.202508.log.gz', 'app.202509.log.gz', 'app.202510.log.gz', 'app.202511.log.gz', 'app.202512.log.gz']
  expect(planned(bundles, { isBundled: true, since: '2025-10-10T00:00:00Z', until: '2025-10-20T00:00:00Z' })).toEqual(['app.202509.log.gz', 'app.202510.log.gz', 'app.202511.log.gz'])
})

test('takes the bundle of a day for a bundle if there are bundles, and otherwise for an archive', () => {
  const kinds = [true, false].map((isBundled) => planDownloads({
    objects: [{ key: 'app.20251001.log.gz', sizeBytes: 1 }], keyTemplate: '{name}', log, isBundled, window: { sinceMs: -Infinity, untilMs: Infinity }, timezone: 'UTC'
  })[0]?.content.kind)
  expect(kinds).toEqual(['bundle', 'archive'])
})
