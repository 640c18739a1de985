// How the page looks: light and dark, wide and narrow, and to a screen reader. The pictures are kept in reports/web.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { folderLines, overview, statusAnswer } from './canned-answers.js'
import { keepPicture, logsFolder, obstacle, open, serve, startMs, useBrowser } from './scene.js'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const views: ReadonlyArray<readonly [name: string, fragment: string, ready: string]> = [
  ['lines', '#log=app.log&col=route', '.row .text'],
  ['unfolded', '#log=app.log', '.context-line.hit'],
  ['folder', '', '.card'],
  ['analytics', '#log=app.log&view=analytics&by=route&measure=responseTime', '.groups tbody tr'],
  ['status', '#log=app.log&view=status', '.finding'],
  ['help', '#log=app.log', 'dialog[open]']
]
const screens = ([[1440, 900], [375, 740]] as const).flatMap(([width, height]) => (['light', 'dark'] as const).map((scheme) => ({ width, height, scheme })))

describe.skipIf(obstacle !== null)('the page', () => {
  const browser = useBrowser()

  test.each(screens)('is legible and clean for axe, $width pixels wide, $scheme', async ({ width, height, scheme }) => {
    const address = await serve(logsFolder({ 'app.log': folderLines(400), 'worker.log': folderLines(50) }))
    for (const [name, fragment, ready] of views) {
      const page = await open(browser(), address, { width, height, scheme, fragment, answers: name === 'folder' ? { '/logs': overview } : name === 'status' ? { '/status': statusAnswer } : {} })
      if (name === 'unfolded') await unfold(page)
      if (name === 'help') await openHelp(page)
      await page.locator(ready).first().waitFor()
      expect.soft(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), `${name} is wider than the screen`).toBeLessThanOrEqual(0)
      expect.soft(await violations(page), name).toEqual([])
      await keepPicture(page, `${name}-${width}-${scheme}`)
    }
  })

  test.each([1440, 900, 375])('keeps the list where it is while the histogram comes, %i pixels wide', async (width) => {
    const manyLevels = { trace: 12_345, debug: 1_234_567, info: 98_765_432, warn: 34_567, error: 7_654, fatal: 12, none: 345 }
    const sampled = { lines: 1_234_567, bytes: 345_678_901, totalBytes: 987_654_321 }
    const histogram = { fromMs: startMs, toMs: startMs + 120_000, bucketMs: 1_000, levels: Object.keys(manyLevels), buckets: [{ timeMs: startMs, counts: manyLevels }], isExact: false, sampled }
    const page = await open(browser(), await serve(logsFolder({ 'app.log': folderLines(200) })), { width })
    let release = (): void => {}
    const released = new Promise<void>((resolve) => { release = resolve })
    // A question of the page before its reload may still be on its way, so each question is held.
    await page.route('**/histogram*', async (route) => {
      await released
      await route.fulfill({ json: histogram })
    })
    await page.reload()
    const place = async (): Promise<unknown> => await page.locator('.list').boundingBox()
    await page.getByText('Counting the lines').waitFor()
    const before = await place()
    release()
    await page.getByText('Counted from a sample').waitFor()
    expect(await place()).toEqual(before)
    await page.unroute('**/histogram*')
    await page.route('**/histogram*', async (route) => { await route.fulfill({ status: 404, json: { error: { code: 'unreadable', message: 'the log cannot be read now: EACCES' } } }) })
    await page.reload()
    await page.getByText('cannot be read now').waitFor()
    expect(await place()).toEqual(before)
  })
})

async function unfold (page: Page): Promise<void> {
  await page.locator('.row .text').first().waitFor()
  await page.keyboard.press('j')
  await page.keyboard.press('c')
}

// The page hears keys once it shows its first rows.
async function openHelp (page: Page): Promise<void> {
  await page.locator('.row .text').first().waitFor()
  await page.keyboard.press('?')
}

// The content policy forbids the page to load a script, not the debugger to run one.
async function violations (page: Page): Promise<string[]> {
  await page.evaluate(axe)
  return await page.evaluate(async () => {
    const { violations: found } = await (globalThis as unknown as { axe: { run: (node: Document) => Promise<{ violations: Array<{ id: string, nodes: Array<{ html: string }> }> }> } }).axe.run(document)
    return found.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ html }) => html.slice(0, 160)).join(' | ')}`)
  })
}
