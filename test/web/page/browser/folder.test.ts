// A folder of logs, the state of one log, analytics and SQL.
import { describe, expect, test } from 'vitest'
import { folderLines, overview, statusAnswer } from './canned-answers.js'
import { logsFolder, obstacle, open, serve, useBrowser } from './scene.js'

describe.skipIf(obstacle !== null)('a folder', () => {
  const browser = useBrowser()
  const serveLogs = async (): Promise<string> => await serve(logsFolder({ 'app.log': folderLines(200), 'worker.log': folderLines(20) }))

  test('shows each log, the largest first, and leads to its lines', async () => {
    const page = await open(browser(), await serveLogs())
    await page.locator('.card').nth(1).waitFor()
    expect(await page.locator('.card h2').allInnerTexts()).toEqual(['app.log', 'worker.log'])
    await page.getByRole('link', { name: 'worker.log' }).click()
    await page.locator('.held').getByText('20 rows held').waitFor()
  })

  test('asks for the state of every file only once it has the names, so that nothing delays the first lines', async () => {
    const page = await open(browser(), await serveLogs())
    await page.locator('.card').nth(1).waitFor()
    const [names, ...all] = await page.evaluate(() => (performance.getEntriesByType('resource') as PerformanceResourceTiming[])
      .filter(({ name }) => new URL(name).pathname.endsWith('/logs'))
      .sort((a, b) => Number(b.name.includes('only=names')) - Number(a.name.includes('only=names')))
      .map(({ startTime, responseEnd }) => ({ startTime, responseEnd })))
    expect(all.length).toBeGreaterThan(0)
    for (const { startTime } of all) expect(startTime).toBeGreaterThanOrEqual(names?.responseEnd ?? Infinity)
  })

  test.each([['is in the link', '#log=app.log'], ['is the only one', '']])('asks for the lines of a log that %s, then for the histogram, then for the rest', async (_name, fragment) => {
    const address = fragment === '' ? await serve(logsFolder({ 'app.log': folderLines(200) })) : await serveLogs()
    const page = await open(browser(), address, { fragment })
    await page.waitForFunction(() => ['/fields', '/logs'].every((end) => performance.getEntriesByType('resource').some(({ name }) => name.endsWith(end))))
    const ends = ['/logs?only=names', '/lines', '/histogram', '/fields', '/logs'] as const
    const [names, lines, histogram, fields, logs] = await page.evaluate((wanted) => wanted.map((end) => {
      const entries = performance.getEntriesByType('resource') as PerformanceResourceTiming[]
      const { startTime = NaN, responseStart = NaN, responseEnd = NaN } = entries.find(({ name }) => end.includes('?') ? name.endsWith(end) : name.split('?')[0]?.endsWith(end) === true && !name.includes('only=')) ?? {}
      return { startTime, responseStart, responseEnd }
    }), [...ends])
    expect(lines?.startTime).toBeGreaterThanOrEqual(names?.responseEnd ?? Infinity)
    expect(histogram?.startTime).toBeGreaterThanOrEqual(lines?.responseStart ?? Infinity)
    for (const later of [fields, logs]) expect(later?.startTime).toBeGreaterThanOrEqual(histogram?.responseEnd ?? Infinity)
  })

  test('shows size, growth, errors an hour, limits, what retention removes next, what fails, and what is stored and forwarded', async () => {
    const page = await open(browser(), await serveLogs(), { answers: { '/logs': overview } })
    const card = page.locator('.card').first()
    for (const text of ['4.5 GB', '296 MB a day', 'Errors: 64 in 24 h', '29 of 30 files', '8.4 GB free, 7.5 GB stay free', 'app-2025-12-16.log.gz', '28 files, 1 waiting', '120 lines wait, 2 s behind', 'app-2026-01-12.log cannot be compressed: ENOSPC']) {
      await card.getByText(text).waitFor()
    }
    await card.getByRole('img', { name: /^Errors an hour of app.log/ }).waitFor()
  })

  test('shows each limit and the disk as a bar, as full as it is used', async () => {
    const limits = [
      { name: 'archives', used: 15, allowed: 30, unit: 'files' },
      { name: 'age', used: 27, allowed: 30, unit: 'days' },
      { name: 'total size', used: 2_000, allowed: 1_000, unit: 'bytes' },
      { name: 'disk free', used: 4_000, allowed: 1_000, unit: 'bytes' },
      { name: 'disk', used: 300, allowed: 1_000, unit: 'bytes' }
    ]
    const page = await open(browser(), await serveLogs(), { answers: { '/logs': { ...overview, logs: [{ ...overview.logs[0], limits: [] }, { ...overview.logs[1], limits }] } } })
    await page.locator('meter').nth(limits.length - 1).waitFor()
    const bars = await page.locator('meter').evaluateAll((meters) => (meters as HTMLMeterElement[]).map((meter) => [meter.getAttribute('aria-label'), meter.value, meter.className]))
    expect(bars).toEqual([
      ['archives: 15 of 30 files', 50, 'fine'],
      ['age: 27 of 30 days', 90, 'high'],
      ['total size: 2.0 kB of 1000 B', 100, 'full'],
      ['disk free: 3.9 kB free, 1000 B stay free', 25, 'fine'],
      ['disk: 700 B free', 30, 'fine']
    ])
  })

  test('shows what the doctor finds for one log, and what to do', async () => {
    const page = await open(browser(), await serveLogs(), { fragment: '#log=app.log&view=status', answers: { '/status': statusAnswer } })
    await page.locator('.finding.problem').getByText('an archive cannot be compressed: ENOSPC').waitFor()
    await page.locator('.finding.warning').getByText('free space, or lower limit.count').waitFor()
  })

  test('counts by a field, measures another, says what was counted, and filters by a value', async () => {
    const page = await open(browser(), await serveLogs(), { fragment: '#log=app.log&view=analytics' })
    await page.getByLabel('Count by').selectOption('route')
    await page.locator('.groups').getByText('/api/orders').waitFor()
    await page.getByLabel('Measure').selectOption('responseTime')
    await page.locator('.groups thead').getByText('p99').waitFor()
    await page.getByRole('button', { name: 'p99' }).click()
    await page.getByRole('heading', { name: 'p99 of responseTime over time' }).waitFor()
    await page.locator('.notes').getByText(/counted/i).waitFor()
    await page.getByRole('button', { name: 'Only lines with this value: /health' }).click()
    await page.waitForFunction(() => document.querySelectorAll('.groups tbody tr').length === 1)
    expect(new URLSearchParams(new URL(page.url()).hash.slice(1)).get('q')).toBe('route="/health"')
  })

  test('runs SQL, and shows the fault of a wrong query', async () => {
    const page = await open(browser(), await serveLogs(), { fragment: '#log=app.log&view=analytics' })
    await page.getByRole('textbox', { name: 'SQL' }).fill('select count(*) as lines from log')
    await page.getByRole('button', { name: 'Run' }).click()
    await page.locator('.result td').getByText('200', { exact: true }).waitFor()
    await page.getByRole('textbox', { name: 'SQL' }).fill('select nothing from nowhere')
    await page.getByRole('button', { name: 'Run' }).click()
    await page.locator('.query [role="alert"]').waitFor()
  })

  test('says that a log is gone, and that a folder has none', async () => {
    const page = await open(browser(), await serveLogs(), { fragment: '#log=other.log' })
    await page.getByText('This log is not here, or not any more.').waitFor()
    const empty = await open(browser(), await serveLogs(), { answers: { '/logs': { ...overview, logs: [] } } })
    await empty.getByText('No log is here.').waitFor()
  })
})
