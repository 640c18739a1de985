// Every control of a log's lines, with the real server.
import { appendFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { folderLines } from './canned-answers.js'
import { answerSearch, events, line, logsFolder, obstacle, open, serve, shownRows, startMs, useBrowser } from './scene.js'

const row = async (page: Page, text: string): Promise<void> => { await page.locator('.row .text').getByText(text, { exact: true }).last().waitFor() }
const held = async (page: Page, text: string): Promise<void> => { await page.locator('.held').getByText(text).waitFor() }
const fragmentOf = (page: Page): URLSearchParams => new URLSearchParams(new URL(page.url()).hash.slice(1))

describe.skipIf(obstacle !== null)('the lines of a log', () => {
  const browser = useBrowser()
  const openLog = async (lines: readonly string[] = folderLines(200), fragment = ''): Promise<Page> => await open(browser(), await serve(logsFolder({ 'app.log': lines })), { fragment })

  test('level chips count all lines, hide a level with a click, and leave one alone with two', async () => {
    const page = await openLog()
    await page.getByRole('button', { name: 'error 4' }).waitFor()
    await page.getByRole('button', { name: /^info/ }).click()
    await page.getByRole('button', { name: /^debug/ }).click()
    await held(page, '14 rows held')
    expect(fragmentOf(page).get('q')).toBe('level>=warn')
    const entries = await page.evaluate(() => history.length)
    await page.getByRole('button', { name: 'error 4' }).dblclick()
    await held(page, '4 rows held')
    expect(fragmentOf(page).get('q')).toBe('level=error')
    await page.getByRole('button', { name: 'Filter', exact: true }).click()
    expect(await page.evaluate(() => history.length)).toBe(entries + 1)
    await page.goBack()
    await held(page, '14 rows held')
    expect(fragmentOf(page).get('q')).toBe('level>=warn')
  })

  test('the filter line completes fields and values, and filters in the server', async () => {
    const page = await openLog()
    await row(page, 'request completed')
    await page.keyboard.press('/')
    await page.keyboard.type('rou')
    await page.getByRole('option', { name: 'route=' }).waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Tab')
    await page.getByRole('option', { name: '/api/search' }).click()
    await page.keyboard.type(' res.statusCode>=400 /fail|found/ "route"')
    await page.keyboard.press('Enter')
    await page.waitForFunction(() => location.hash.includes('statusCode'))
    const q = fragmentOf(page).get('q') ?? ''
    expect(q).toContain('route="/api/search" res.statusCode>=400 /fail|found/ "route"')
  })

  test('the filter line completes fields that are known only after the user has typed', async () => {
    const page = await openLog()
    let hasTyped = (): void => {}
    const typed = new Promise<void>((resolve) => { hasTyped = resolve })
    await page.route(/\/fields\b/, async (route) => {
      await typed
      await route.continue()
    })
    await page.reload()
    await row(page, 'request completed')
    await page.keyboard.press('/')
    await page.keyboard.type('rou')
    hasTyped()
    await page.getByRole('option', { name: 'route=' }).waitFor()
  })

  test('a filter line with a fault says what is wrong, and searches nothing', async () => {
    const page = await openLog()
    await row(page, 'request completed')
    await page.getByRole('combobox', { name: 'Filter' }).fill('=5')
    await page.getByText('Expected a field, "text" or /pattern/, received =5').waitFor()
    await page.keyboard.press('Enter')
    expect(fragmentOf(page).get('q')).toBeNull()
  })

  test('a line unfolds to its fields; a click on one filters by it or excludes it; another makes a column', async () => {
    const page = await openLog()
    await row(page, 'request completed')
    await page.locator('.row').last().click()
    await page.waitForFunction(() => (document.querySelector('.details')?.getBoundingClientRect().bottom ?? Infinity) <= (document.querySelector('.list')?.getBoundingClientRect().bottom ?? 0))
    await page.getByRole('button', { name: 'Column for responseTime' }).click()
    await page.locator('.heads').getByText('responseTime').waitFor()
    await page.getByRole('button', { name: 'Only lines with this value: reqId' }).click()
    await held(page, '1 rows held')
    expect(fragmentOf(page).get('q')).toMatch(/^reqId=req-\d+$/)
    await page.getByRole('button', { name: 'Remove the filter' }).click()
    await held(page, '200 rows held')
    await page.locator('.row').last().click()
    await page.getByRole('button', { name: 'No lines with this value: route' }).click()
    await held(page, '150 rows held')
  })

  test('the context of a hit shows the lines around it in place, with any filter', async () => {
    const page = await openLog(folderLines(200), '#q=level%3Derror')
    await held(page, '4 rows held')
    await page.locator('.row').first().click()
    await page.getByRole('button', { name: 'Context' }).click()
    await page.locator('.context-line.hit').waitFor()
    expect(await page.locator('.context-line').count()).toBe(11)
    await page.getByRole('button', { name: 'More lines around it' }).click()
    await page.waitForFunction(() => document.querySelectorAll('.context-line').length > 11)
  })

  test('times are local, UTC or relative', async () => {
    const page = await openLog([line({ msg: 'noon', time: startMs })])
    await row(page, 'noon')
    expect(await page.locator('.row .time').innerText()).toBe('2026-01-15 13:00:00.000')
    await page.getByLabel('How times are written').selectOption('utc')
    await page.locator('.row .time').getByText('12:00:00.000').waitFor()
    await page.getByLabel('How times are written').selectOption('relative')
    await page.locator('.row .time').getByText(/ d ago$/).waitFor()
    expect(fragmentOf(page).get('time')).toBe('relative')
  })

  test('a drag over the histogram zooms in, and the ages lead back', async () => {
    const page = await openLog()
    await page.locator('.bars path').first().waitFor()
    const box = await page.locator('.bars').boundingBox()
    if (box === null) throw new Error('the histogram has no box')
    await page.mouse.move(box.x + box.width * 0.25, box.y + 20)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width * 0.75, box.y + 20)
    await page.mouse.up()
    await page.getByRole('button', { name: 'Go live' }).waitFor()
    const [sinceMs, untilMs] = ['since', 'until'].map((name) => Number(fragmentOf(page).get(name)))
    expect((untilMs ?? 0) - (sinceMs ?? 0)).toBeGreaterThan(80 * 60_000)
    expect((untilMs ?? 0) - (sinceMs ?? 0)).toBeLessThan(120 * 60_000)
    await page.getByRole('button', { name: 'All', exact: true }).click()
    await held(page, '200 rows held')
  })

  test('what matches is downloaded whole, as ndjson and as CSV with the chosen columns', async () => {
    const page = await openLog(folderLines(200), '#q=level%3Derror&col=reqId')
    await held(page, '4 rows held')
    await page.getByText('Download', { exact: true }).click()
    const [ndjson] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'ndjson' }).click()])
    expect((await readFile(await ndjson.path(), 'utf8')).trim().split('\n')).toHaveLength(4)
    const [csv] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'CSV' }).click()])
    expect((await readFile(await csv.path(), 'utf8')).split('\n')[0]?.trim()).toBe('time,level,msg,reqId')
  })

  test('a link shows the same lines in another tab: filter, columns, time and the unfolded line', async () => {
    const address = await serve(logsFolder({ 'app.log': folderLines(200) }))
    const page = await open(browser(), address, { fragment: '#q=level%3Derror&col=reqId&time=utc' })
    await held(page, '4 rows held')
    await page.locator('.row').nth(1).click()
    await page.locator('.details').waitFor()
    const again = await open(browser(), address, { fragment: new URL(page.url()).hash })
    await held(again, '4 rows held')
    await again.locator('.details').waitFor()
    expect(await shownRows(again)).toEqual(await shownRows(page))
    expect(await again.locator('.details .fields').innerText()).toBe(await page.locator('.details .fields').innerText())
    expect(await again.locator('.row .time').first().innerText()).toBe(await page.locator('.row .time').first().innerText())
  })

  test('the keys move, unfold, close and help', async () => {
    const page = await openLog()
    await row(page, 'request completed')
    await page.keyboard.press('k')
    await page.keyboard.press('k')
    const second = await page.locator('.row.selected').getAttribute('id')
    await page.keyboard.press('j')
    expect(await page.locator('.row.selected').getAttribute('id')).not.toBe(second)
    await page.keyboard.press('Enter')
    await page.locator('.details').waitFor()
    await page.keyboard.press('Escape')
    await page.locator('.details').waitFor({ state: 'detached' })
    await page.keyboard.press('?')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  })

  test('a long search shows how far it is, and ends when it is cancelled', async () => {
    const search = events(['lines', { lines: [{ cursor: 'a', text: line({ msg: 'found' }) }] }], ['progress', { readBytes: 3 * 2 ** 30, totalBytes: 10 * 2 ** 30, foundLines: 1 }])
    const page = await open(browser(), await serve(logsFolder({ 'app.log': folderLines(10) })), { answers: { '/follow': '' } })
    await answerSearch(page, search)
    await page.getByRole('combobox', { name: 'Filter' }).fill('"needle"')
    await page.keyboard.press('Enter')
    await page.getByText('Searched 3.0 GB of 10.0 GB, 1 found').waitFor()
    expect(await page.getByRole('progressbar').getAttribute('value')).toBe('30')
    await page.locator('.search').getByRole('button', { name: 'Cancel' }).click()
    await page.getByText('The search was stopped. Older lines may match.').waitFor()
    await row(page, 'found')
  })

  test('a filter folds and deselects what was on screen, also while the tail is paused; back unfolds it again', async () => {
    const page = await openLog()
    await row(page, 'request completed')
    await page.keyboard.press('Space')
    await page.locator('.row').last().click()
    await page.locator('.details').waitFor()
    await page.getByRole('combobox', { name: 'Filter' }).fill('level=error')
    await page.keyboard.press('Enter')
    await held(page, '4 rows held')
    expect(await page.locator('.details, .row.selected').count()).toBe(0)
    await page.goBack()
    await page.locator('.details .fields').getByText('req-199', { exact: true }).waitFor()
    expect(fragmentOf(page).get('line')).not.toBeNull()
  })

  test('a link to the newest line stays unfolded when the browser tells late that the page has scrolled to it', async () => {
    const logs = logsFolder({ 'app.log': folderLines(200) })
    const page = await open(browser(), await serve(logs))
    await row(page, 'request completed')
    await page.locator('.row', { hasText: 'req-199' }).click()
    await page.locator('.details').waitFor()
    await page.reload()
    await page.locator('.details .fields').getByText('req-199', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Paused' }).waitFor()
    await page.locator('.list').dispatchEvent('scroll')
    appendFileSync(join(logs, 'app.log'), `${line({ msg: 'new' })}\n`)
    await page.getByRole('button', { name: 'Paused +1' }).waitFor()
    expect(await page.locator('.details').count()).toBe(1)
  })

  test('a field whose name has dots has a column and a filter of its own', async () => {
    const page = await openLog([line({ msg: 'one', 'log.level': 'info' }), line({ msg: 'two', 'log.level': 'warn' }), line({ msg: 'three', log: { level: 'object' }, 'log.level': 'hidden' })])
    await row(page, 'two')
    await page.locator('.row', { hasText: 'two' }).click()
    await page.getByRole('button', { name: 'Column for log.level' }).click()
    expect(await page.locator('.row .column').allInnerTexts()).toEqual(['info', 'warn', 'object'])
    await page.getByRole('button', { name: 'Only lines with this value: log.level' }).click()
    await held(page, '1 rows held')
    await page.getByRole('button', { name: 'Remove the filter' }).click()
    await held(page, '3 rows held')
    // A filter would find the object in place of this field.
    await page.locator('.row', { hasText: 'three' }).click()
    await page.locator('.details').getByText('hidden').waitFor()
    expect(await page.getByRole('button', { name: 'Only lines with this value: log.level' }).count()).toBe(1)
  })

  test('a line with thousands of fields shows the first ones, and says so', async () => {
    const page = await openLog([line({ msg: 'many', ...Object.fromEntries(Array.from({ length: 3_000 }, (_, index) => [`f${index}`, index])) })])
    await row(page, 'many')
    await page.locator('.row').click()
    await page.getByText('The line has more fields. The page shows the first 300. Copy the line to see all of them.').waitFor()
    expect(await page.locator('.details tr').count()).toBe(300)
  })

  test('a text with ends of lines stays in its row, and one that turns the direction of writing leaves its neighbour alone', async () => {
    const page = await openLog([line({ msg: 'one\u2028two\nthree', after: 'visible' }), line({ msg: '\u202eturned', after: 'straight' }), line({ msg: 'last' })])
    await row(page, 'last')
    expect(await page.locator('.row .text').allInnerTexts()).toEqual(['one↵two↵three', '\u202eturned', 'last'])
    // From left to right, the first and the last letter of the fields stand where they are read.
    const [firstPx = 0, lastPx = 0] = await page.locator('.row', { hasText: 'turned' }).locator('.rest').evaluate((rest) => {
      const text = rest.firstChild as Text
      return [0, text.length - 1].map((at) => {
        const range = document.createRange()
        range.setStart(text, at)
        range.setEnd(text, at + 1)
        return range.getBoundingClientRect().left
      })
    })
    expect(lastPx).toBeGreaterThan(firstPx)
  })

  test('lines that are not JSON, long, without a time, from the future or full of script are shown as text', async () => {
    const script = '<img src=x onerror="document.title=1"><script>document.title=1</script>'
    const page = await openLog([line({ msg: 'long', text: 'x'.repeat(5_000_000) }), 'no JSON <b>at all</b>', line({ msg: script, [script]: script }), JSON.stringify({ level: 50, msg: 'no time' }), line({ msg: 'future', time: Date.UTC(2100, 0, 1) })])
    await row(page, 'no JSON <b>at all</b>')
    await row(page, script)
    await row(page, 'no time')
    await row(page, 'future')
    await page.locator('.row .cut').waitFor()
    await page.locator('.row', { hasText: script }).click()
    await page.locator('.details').getByText(script).first().waitFor()
    expect(await page.locator('.row img, .details img, .row script, .row b').count()).toBe(0)
    expect(await page.title()).toBe('app.log – pino-rotor')
  })
})
