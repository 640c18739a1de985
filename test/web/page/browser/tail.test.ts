// The live tail: nothing is lost or doubled, a pause really pauses, and the list stays where the user looks.
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { setInterval } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { rotor } from '../../../support/built-package.js'
import { temporaryFolder } from '../../../support/temporary-folder.js'
import { events, line, logsFolder, obstacle, open, serve, shownRows, useBrowser } from './scene.js'

const numbered = (from: number, count: number): string[] => Array.from({ length: count }, (_, index) => line({ id: from + index, msg: `line ${from + index}` }))
const lastRow = async (page: Page, text: string): Promise<void> => { await page.locator('.row .text').getByText(text, { exact: true }).waitFor() }
const add = (folder: string, lines: readonly string[]): void => { appendFileSync(join(folder, 'app.log'), lines.map((one) => `${one}\n`).join('')) }

describe.skipIf(obstacle !== null)('the live tail', () => {
  const browser = useBrowser()

  test('shows each line of a rotating log under 5,000 lines a second, none lost and none doubled', async () => {
    const folder = temporaryFolder()
    const file = join(folder, 'app.log')
    const [lines, portion] = [9_000, 100]
    let rotations = 0
    const stream = await rotor({ file, size: '200k', limit: { count: 100 } })
    stream.on('rotated', () => { rotations++ })
    stream.write(`${line({ id: -1, msg: 'first' })}\n`)
    const page = await open(browser(), await serve(file), { fragment: '#col=id' })
    await lastRow(page, 'first')
    let written = 0
    for await (const count of setInterval(20, lines)) {
      for (let index = 0; index < portion; index++) stream.write(`${line({ id: written, msg: `line ${written++}` })}\n`)
      if (written >= count) break
    }
    await lastRow(page, `line ${lines - 1}`)
    stream.end()
    await page.keyboard.press('Space')
    const ids = await everyHeldId(page)
    console.log(`${rotations} rotations while ${lines} lines were followed`)
    expect(ids).toEqual(Array.from({ length: lines + 1 }, (_, index) => String(index - 1)))
    expect(rotations).toBeGreaterThan(2)
  })

  test('a pause stops the list, counts what comes meanwhile, and shows it when it ends', async () => {
    const folder = logsFolder({ 'app.log': numbered(0, 100) })
    const page = await open(browser(), await serve(folder))
    await lastRow(page, 'line 99')
    await page.getByRole('button', { name: 'Live' }).waitFor()
    await page.keyboard.press('Space')
    await page.getByRole('button', { name: 'Paused' }).waitFor()
    const before = await shownRows(page)
    add(folder, numbered(100, 50))
    await page.getByRole('button', { name: 'Paused +50' }).waitFor()
    await page.getByText('50 new since the pause').waitFor()
    expect(await shownRows(page)).toEqual(before)
    expect(page.url()).toContain('paused')
    await page.keyboard.press('Space')
    await lastRow(page, 'line 149')
    expect(page.url()).not.toContain('paused')
  })

  test('scrolling up pauses without a jump, and scrolling to the end goes on', async () => {
    const folder = logsFolder({ 'app.log': numbered(0, 200) })
    const page = await open(browser(), await serve(folder))
    await lastRow(page, 'line 199')
    await page.locator('.list').evaluate((list) => { list.scrollTop = 1_000 })
    await page.getByRole('button', { name: 'Paused' }).waitFor()
    const before = await shownRows(page)
    add(folder, numbered(200, 30))
    await page.getByRole('button', { name: 'Paused +30' }).waitFor()
    expect(await page.locator('.list').evaluate((list) => list.scrollTop)).toBe(1_000)
    expect(await shownRows(page)).toEqual(before)
    await page.locator('.list').evaluate((list) => { list.scrollTop = list.scrollHeight })
    await page.getByRole('button', { name: 'Live' }).waitFor()
    await lastRow(page, 'line 229')
  })

  test('older lines come when the list is scrolled up, and the rows in view stay in their place', async () => {
    const page = await open(browser(), await serve(logsFolder({ 'app.log': numbered(0, 2_000) })))
    await lastRow(page, 'line 1999')
    expect(await placesWhileLoading(page, 'line 1750', '800 rows held')).toHaveLength(1)
    await page.keyboard.press('g')
    await page.getByText('1,300 rows held').waitFor()
  })

  test('older lines come when the top was reached while the last search was ending', async () => {
    const page = await open(browser(), await serve(logsFolder({ 'app.log': numbered(0, 10) })), { answers: { '/follow': '' } })
    await lastRow(page, 'line 9')
    const found = (from: number, count: number): string => events(['lines', { lines: numbered(from, count).map((text, index) => ({ cursor: `c${from + index}`, text })) }])
    await answerSearches(page, { first: found(1_000, 300), firstEnd: events(['end', { before: 'c1000', after: 'c1299', isComplete: false }]), next: found(800, 200) + events(['end', { before: 'c800', after: 'c999', isComplete: true }]) })
    await page.getByRole('combobox', { name: 'Filter' }).fill('"line"')
    await page.keyboard.press('Enter')
    await lastRow(page, 'line 1299')
    await page.keyboard.press('Escape')
    await page.keyboard.press('g')
    await lastRow(page, 'line 1000')
    await page.evaluate(async () => {
      // The event of the scrolling comes with the next frame.
      for (let frames = 0; frames < 2; frames++) await new Promise<void>((resolve) => { requestAnimationFrame(() => { resolve() }) })
      dispatchEvent(new Event('end-of-first-search'))
    })
    await page.getByText("500 rows held, from the log's beginning").waitFor()
  })

  test('says how many lines it skips, where they would be', async () => {
    const push = events(['lines', { lines: [{ cursor: 'a', text: line({ msg: 'before' }) }], skipped: 0 }], ['lines', { lines: [{ cursor: 'b', text: line({ msg: 'behind' }) }], skipped: 45_000 }], ['gap', {}])
    const page = await open(browser(), await serve(logsFolder({ 'app.log': numbered(0, 3) })), { answers: { '/follow': push } })
    await page.getByText('45,000 lines skipped').first().waitFor()
    const rows = await shownRows(page)
    expect(rows.slice(3, 7)).toEqual(['before', '45,000 lines are not shown here: they came faster than the page takes them', 'behind', 'Lines may be missing here.'])
  })

  test('keeps its memory and its elements as they are, however long it follows', async () => {
    const page = await open(browser(), await serve(logsFolder({ 'app.log': numbered(0, 3) })))
    await lastRow(page, 'line 2')
    const session = await page.context().newCDPSession(page)
    const held = async (): Promise<{ heapBytes: number, elements: number }> => {
      await session.send('HeapProfiler.collectGarbage')
      const [{ usedSize }, { nodes }] = [await session.send('Runtime.getHeapUsage'), await session.send('Memory.getDOMCounters')]
      return { heapBytes: usedSize, elements: nodes }
    }
    await followFlood(page, 0, 30)
    const before = await held()
    await followFlood(page, 30, 150)
    const after = await held()
    console.log(`150,000 further lines: ${((after.heapBytes - before.heapBytes) / 2 ** 20).toFixed(2)} MiB and ${after.elements - before.elements} elements more than ${(before.heapBytes / 2 ** 20).toFixed(1)} MiB and ${before.elements} elements`)
    // The lines themselves are more than 20 MiB.
    expect(after.heapBytes - before.heapBytes).toBeLessThan(3 * 2 ** 20)
    expect(after.elements - before.elements).toBeLessThan(500)
  })

  test('a hidden tab gives its connection to other tabs, and shows what came meanwhile once it is looked at again', async () => {
    const folder = logsFolder({ 'app.log': numbered(0, 3) })
    const page = await open(browser(), await serve(folder))
    await lastRow(page, 'line 2')
    await page.getByRole('button', { name: 'Live' }).waitFor()
    await hide(page, true)
    await page.getByRole('button', { name: 'Connecting…' }).waitFor()
    add(folder, numbered(3, 2))
    await hide(page, false)
    await lastRow(page, 'line 4')
    await page.getByRole('button', { name: 'Live' }).waitFor()
    expect(await shownRows(page)).toEqual([0, 1, 2, 3, 4].map((number) => `line ${number}`))
  })

  test('eight windows of one browser all load, and all get new lines', { timeout: 60_000 }, async () => {
    const folder = logsFolder({ 'app.log': numbered(0, 3) })
    const first = await open(browser(), await serve(folder))
    const address = first.url()
    const pages = [first]
    while (pages.length < 8) {
      const page = await first.context().newPage()
      await page.goto(address)
      pages.push(page)
      await lastRow(page, 'line 2')
    }
    for (const page of pages) await page.getByRole('button', { name: 'Live' }).waitFor()
    for (const from of [3, 5]) {
      add(folder, numbered(from, 2))
      for (const page of pages) await lastRow(page, `line ${from + 1}`)
    }
    for (const page of pages) expect(await shownRows(page)).toEqual([0, 1, 2, 3, 4, 5, 6].map((number) => `line ${number}`))
  })

  test('a window beyond those that keep a connection gets the first lines of a log, each once', async () => {
    const folder = logsFolder({ 'app.log': [] })
    const first = await open(browser(), await serve(folder), { fragment: '#col=id' })
    const pages = [first]
    while (pages.length < 5) {
      await pages.at(-1)?.getByRole('button', { name: 'Live' }).waitFor()
      const page = await first.context().newPage()
      await page.goto(first.url())
      pages.push(page)
    }
    const last = pages[4] ?? first
    await last.getByRole('button', { name: 'Live' }).waitFor()
    for (const from of [0, 2_500]) {
      add(folder, numbered(from, 2_500))
      await lastRow(last, `line ${from + 2_499}`)
    }
    await last.keyboard.press('Space')
    // Of lines that come faster than a search takes them, the newest are the first that such a window knows.
    const ids = (await everyHeldId(last)).map(Number)
    expect(ids).toEqual(Array.from({ length: ids.length }, (_, index) => 5_000 - ids.length + index))
    expect(ids.length).toBeGreaterThanOrEqual(3_500)
  })

  test('goes on behind the last line it has when the connection breaks', async () => {
    const page = await open(browser(), await serve(logsFolder({ 'app.log': numbered(0, 3) })), { answers: { '/follow': 'id: place-7\nevent: lines\ndata: {"lines":[],"skipped":0}\n\n' } })
    const request = await page.waitForRequest((one) => one.url().includes('/follow') && one.headers()['last-event-id'] === 'place-7')
    expect(request.headers()['last-event-id']).toBe('place-7')
  })
})

// Debian's Chromium shows every tab of a test, so the page is told otherwise.
async function hide (page: Page, isHidden: boolean): Promise<void> {
  await page.evaluate((hidden) => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden })
    document.dispatchEvent(new Event('visibilitychange'))
  }, isHidden)
}

// Pushes a thousand lines in each frame, in place of the server.
async function followFlood (page: Page, from: number, pushes: number): Promise<void> {
  await page.evaluate(async ([first, count]) => {
    const flood = globalThis as unknown as { flood?: ReadableStreamDefaultController<Uint8Array> }
    if (flood.flood === undefined) {
      const real = globalThis.fetch
      const following = new Promise<void>((resolve) => {
        globalThis.fetch = async (input, init) => {
          if (!(input instanceof Request ? input.url : String(input)).includes('/follow')) return await real(input, init)
          return new Response(new ReadableStream({
            start (stream) {
              flood.flood = stream
              resolve()
            }
          }))
        }
      })
      // The page asks anew with another filter.
      location.hash = '#q=msg'
      await following
    }
    for (let push = first; push < first + count; push++) {
      const lines = Array.from({ length: 1_000 }, (_, index) => ({ cursor: `c${push}-${index}`, text: JSON.stringify({ level: 30, time: Date.now(), reqId: `req-${push}-${index}`, route: '/api/orders', msg: `line ${push * 1_000 + index}` }) }))
      flood.flood?.enqueue(new TextEncoder().encode(`event: lines\nid: c${push}\ndata: ${JSON.stringify({ lines, skipped: 0 })}\n\n`))
      await new Promise<void>((resolve) => { requestAnimationFrame(() => { resolve() }) })
    }
  }, [from, pushes] as const)
  await page.locator('.row .text').getByText(`line ${(from + pushes) * 1_000 - 1}`, { exact: true }).waitFor()
}

interface Searches {
  readonly first: string
  /** Sent when the page gets the event `end-of-first-search`. */
  readonly firstEnd: string
  readonly next: string
}

// Answers the page's searches in place of the server.
async function answerSearches (page: Page, searches: Searches): Promise<void> {
  await page.evaluate(({ first, firstEnd, next }) => {
    const real = globalThis.fetch
    const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
    globalThis.fetch = async (input, init) => {
      const address = input instanceof Request ? input.url : String(input)
      if (!address.includes('/lines?')) return await real(input, init)
      if (address.includes('before=')) return new Response(next)
      return new Response(new ReadableStream({
        start (stream) {
          stream.enqueue(bytes(first))
          addEventListener('end-of-first-search', () => {
            stream.enqueue(bytes(firstEnd))
            stream.close()
          }, { once: true })
        }
      }))
    }
  }, searches)
}

// Scrolls up, and notes in each frame where the row stands until the list says the text.
async function placesWhileLoading (page: Page, message: string, said: string): Promise<number[]> {
  return await page.locator('.list').evaluate(async (list, [wanted, end]) => {
    const places = new Set<number>()
    list.scrollTop = 1_000
    for (let framesLeft = 600, isOver = false; framesLeft > 0; framesLeft--) {
      await new Promise<void>((resolve) => { requestAnimationFrame(() => { resolve() }) })
      const row = [...list.querySelectorAll('.text')].find((text) => text.textContent === wanted)
      if (row !== undefined) places.add(Math.round(row.getBoundingClientRect().top))
      if (isOver) break
      isOver = document.querySelector('.held')?.textContent.startsWith(end) === true
    }
    return [...places]
  }, [message, said] as const)
}

// Scrolls through the whole list, and reads each row's column.
async function everyHeldId (page: Page): Promise<string[]> {
  return await page.locator('.list').evaluate(async (list) => {
    const frame = async (): Promise<void> => { await new Promise<void>((resolve) => { requestAnimationFrame(() => { resolve() }) }) }
    const found = new Map<number, string>()
    for (let topPx = 0; topPx < list.scrollHeight; topPx += list.clientHeight) {
      list.scrollTop = topPx
      const ends = [list.scrollTop, list.scrollTop + list.clientHeight - 1].map((placePx) => `[aria-rowindex="${Math.floor(placePx / 22) + 1}"]`)
      for (let frames = 0; frames < 200 && ends.some((end) => list.querySelector(end) === null); frames++) await frame()
      for (const row of list.querySelectorAll('.row')) found.set(Number(row.getAttribute('aria-rowindex')), row.querySelector('.column')?.textContent ?? row.textContent)
    }
    return [...found].sort(([a], [b]) => a - b).map(([, id]) => id)
  })
}
