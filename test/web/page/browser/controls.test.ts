// The controls beside the list: columns, histogram, keys, copies, the way to other logs and views, and what is stopped.
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { folderLines, statusAnswer } from './canned-answers.js'
import { answerSearch, events, line, logsFolder, obstacle, open, serve, shownRows, startMs, useBrowser } from './scene.js'

const held = async (page: Page, text: string): Promise<void> => { await page.locator('.held').getByText(text).waitFor() }
const fragmentOf = (page: Page): URLSearchParams => new URLSearchParams(new URL(page.url()).hash.slice(1))
const selected = async (page: Page): Promise<number> => Number((await page.locator('.row.selected').getAttribute('id'))?.replace('row-', ''))

describe.skipIf(obstacle !== null)('the controls', () => {
  const browser = useBrowser()
  const openLog = async (lines: readonly string[] = folderLines(200), fragment = ''): Promise<Page> => await open(browser(), await serve(logsFolder({ 'app.log': lines })), { fragment })

  test('a field is found and gets a column, which its head removes', async () => {
    const page = await openLog()
    await held(page, '200 rows held')
    await page.getByText('Columns', { exact: true }).click()
    await page.getByLabel('Find a field').fill('STATUS')
    await page.getByRole('checkbox', { name: 'res.statusCode' }).check()
    expect(await page.getByRole('checkbox').count()).toBe(1)
    await page.locator('.row .column').getByText('200', { exact: true }).first().waitFor()
    expect(fragmentOf(page).getAll('col')).toEqual(['res.statusCode'])
    await page.getByText('Columns 1', { exact: true }).click()
    await page.getByRole('button', { name: 'Remove the column res.statusCode' }).click()
    await page.locator('.row .column').first().waitFor({ state: 'detached' })
    expect(fragmentOf(page).has('col')).toBe(false)
  })

  test('zooming out shows twice the time, and a bar that is pointed at says its time and its lines', async () => {
    const page = await openLog(folderLines(200), `#since=${startMs + 60_000 * 50}&until=${startMs + 60_000 * 100}`)
    await held(page, '51 rows held')
    await page.getByRole('button', { name: 'Zoom out' }).click()
    await held(page, '101 rows held')
    expect([fragmentOf(page).get('since'), fragmentOf(page).get('until')]).toEqual([String(startMs + 60_000 * 25), String(startMs + 60_000 * 125)])
    const box = await page.locator('.bars').boundingBox()
    if (box === null) throw new Error('the histogram has no box')
    await page.mouse.move(box.x + 1, box.y + 20)
    await page.locator('.tip').getByText(/^2026-01-15 13:25:00\.000/).waitFor()
    await page.locator('.tip').getByText(/^(?:info|debug|warn|error) 1$/).waitFor()
  })

  test('levels that the filter hides are not drawn', async () => {
    const page = await openLog(folderLines(200), '#q=level%3Derror')
    await page.locator('.bars path').first().waitFor()
    expect(await page.locator('.bars path').evaluateAll((paths) => paths.map(({ classList }) => [...classList]))).toEqual([['level-error']])
  })

  test('the arrows, g and G move through the rows, and keys are text in the filter', async () => {
    const page = await openLog()
    await held(page, '200 rows held')
    await page.keyboard.press('G')
    const last = await selected(page)
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('ArrowDown')
    expect(await selected(page)).toBe(last - 1)
    await page.keyboard.press('g')
    expect(await selected(page)).toBe(last - 199)
    expect((await shownRows(page)).length).toBeGreaterThan(0)
    await page.keyboard.press('/')
    await page.keyboard.type('jkgG? c')
    expect(await page.getByRole('combobox', { name: 'Filter' }).inputValue()).toBe('jkgG? c')
    expect(await page.getByRole('dialog').count()).toBe(0)
    expect(await selected(page)).toBe(last - 199)
  })

  test('a line and its link are copied', async () => {
    const page = await openLog([line({ msg: 'only one', n: 7 })])
    await held(page, '1 rows held')
    await page.locator('.row').click()
    const copied = async (name: string): Promise<string> => {
      await page.getByRole('button', { name }).click()
      await page.getByRole('button', { name: `${name} ✓` }).waitFor()
      return await page.evaluate(async () => await navigator.clipboard.readText())
    }
    expect(JSON.parse(await copied('Copy line'))).toMatchObject({ msg: 'only one', n: 7 })
    expect(await copied('Copy link')).toBe(page.url())
    expect(fragmentOf(page).get('line')).not.toBeNull()
  })

  test('the header leads to another log, to each view, and to all logs', async () => {
    const page = await open(browser(), await serve(logsFolder({ 'app.log': folderLines(200), 'worker.log': folderLines(20) })), { fragment: '#log=app.log&col=route' })
    await held(page, '200 rows held')
    await page.locator('.log-choice select').selectOption('worker.log')
    await held(page, '20 rows held')
    expect(fragmentOf(page).has('col')).toBe(false)
    for (const [name, view] of [['Analytics', '.analytics-view'], ['Status', '.status-view'], ['Lines', '.lines-view']] as const) {
      await page.getByRole('link', { name, exact: true }).click()
      await page.locator(view).waitFor()
      expect(await page.getByRole('link', { name, exact: true }).getAttribute('aria-current')).toBe('page')
    }
    await page.getByRole('link', { name: 'pino-rotor' }).click()
    await page.locator('.card').nth(1).waitFor()
    await page.locator('.card', { hasText: 'worker.log' }).getByRole('link', { name: 'Status' }).click()
    await page.locator('.status-view h1').getByText('worker.log').waitFor()
  })

  test('Escape stops a search, and the tail goes on at the end that the log had; searching on finds the rest', async () => {
    const page = await open(browser(), await serve(logsFolder({ 'app.log': folderLines(10) })), { answers: { '/follow': '' } })
    await held(page, '10 rows held')
    const followed = page.waitForRequest((request) => request.url().includes('/follow') && request.headers()['last-event-id'] === 'end-of-log')
    await answerSearch(page, events(['begin', { after: 'end-of-log' }], ['lines', { lines: [{ cursor: 'old', text: line({ msg: 'found' }) }] }], ['progress', { readBytes: 1, totalBytes: 10, foundLines: 1 }]),
      events(['lines', { lines: [{ cursor: 'older', text: line({ msg: 'found later' }) }] }], ['end', { before: null, after: null, isComplete: true }]))
    await page.getByRole('combobox', { name: 'Filter' }).fill('"found"')
    await page.keyboard.press('Enter')
    await page.locator('.search').waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')
    await page.getByText('The search was stopped. Older lines may match.').waitFor()
    await followed
    await page.getByRole('button', { name: 'Search on' }).click()
    await page.locator('.row .text').getByText('found later').waitFor()
    await held(page, "2 rows held, from the log's beginning")
  })

  test('the counting of the lines can be cancelled, and the page goes on without it', async () => {
    const address = await serve(logsFolder({ 'app.log': folderLines(10) }))
    const page = await open(browser(), address)
    await page.route('**/histogram*', () => {})
    await page.reload()
    await page.getByText('Counting the lines').waitFor()
    const asked = page.waitForRequest((request) => request.url().includes('/fields'))
    await page.getByRole('button', { name: 'Cancel' }).click()
    await page.getByText('Counting the lines').waitFor({ state: 'detached' })
    await asked
  })

  test('analytics leaves a value out', async () => {
    const page = await openLog(folderLines(200), `#view=analytics&by=route&since=${startMs}&until=${startMs + 60_000 * 200}`)
    await page.getByRole('button', { name: 'No lines with this value: /health' }).click()
    await page.waitForFunction(() => document.querySelectorAll('.groups tbody tr').length === 3)
    expect(fragmentOf(page).get('q')).toBe('route!="/health"')
    // There is no histogram to zoom out of.
    expect(await page.locator('.shown-range').count()).toBe(1)
    expect(await page.getByRole('button', { name: 'Zoom out' }).count()).toBe(0)
  })

  test('the state of a log has its files by kind, what was written a day, and the disk', async () => {
    const page = await open(browser(), await serve(logsFolder({ 'app.log': folderLines(10) })), { fragment: '#view=status', answers: { '/status': statusAnswer } })
    await page.locator('.kinds').getByText('compressed').waitFor()
    expect(await page.locator('.kinds tbody tr').allInnerTexts()).toEqual(['active\t1\t38.1 MB', 'compressed\t29\t4.4 GB'])
    await page.getByRole('img', { name: /^Bytes written a day: 2026-01-01 0 B, .*2026-01-14 12\.4 MB$/ }).waitFor()
    await page.getByText('Disk: 8.4 GB free, full in 3 days at this growth').waitFor()
  })
})
