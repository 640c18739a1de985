// The page of `pino-rotor web` in Debian's Chromium: how soon it shows what a user asks for, and what its tab takes while an
// application logs 50,000 lines a second.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const executablePath = '/usr/bin/chromium'
const writer = fileURLToPath(new URL('./web-writer.js', import.meta.url))
const tailedLines = 200
const patienceMs = 120_000
const mebibyte = 1024 * 1024
/** A task that takes longer holds up a frame that a user may notice. */
const slowFrameMs = 50

export const hasBrowser = existsSync(executablePath)

/** Milliseconds from the navigation to the first frame with lines, and to the first one with the histogram. */
export async function measureLoad (address) {
  return await inBrowser(async (page) => {
    await page.addInitScript(noteFirstFrames, { lines: '.row .text', histogram: '.bars path' })
    await page.goto(address)
    const noted = await settled(page, (names) => names.every((name) => name in globalThis.notedMs) && globalThis.notedMs, ['lines', 'histogram'])
    return { ms: noted.lines, histogramMs: noted.histogram }
  })
}

/** Milliseconds from the Enter behind a filter to the frame with the line that it finds. */
export async function measureFilter (address, value) {
  return await inBrowser(async (page) => {
    await page.goto(address)
    await page.locator('.row .text').first().waitFor()
    await page.locator('.filter-line').fill(`reqId=${value}`)
    await page.evaluate(noteFoundLine, value)
    await page.keyboard.press('Enter')
    return { ms: await settled(page, () => globalThis.foundMs) }
  })
}

/** Milliseconds from the writing of a line to the frame that shows it. */
export async function measureShownTail (address, file) {
  return await inBrowser(async (page) => {
    await page.goto(address)
    await page.locator('.tail.live').waitFor()
    await page.evaluate(noteShownLines, performance.timeOrigin + performance.now())
    for (let line = 0; line < tailedLines; line++) {
      appendFileSync(file, `${JSON.stringify({ level: 30, time: Date.now(), sentMs: performance.timeOrigin + performance.now(), msg: 'a new line' })}\n`)
      await setTimeout(10 + line % 37)
    }
    const delaysMs = await settled(page, (count) => globalThis.delaysMs.size >= count && [...globalThis.delaysMs.values()], tailedLines)
    const sorted = delaysMs.sort((a, b) => a - b)
    return { ms: sorted[Math.floor(sorted.length / 2)], p99Ms: sorted[Math.ceil(sorted.length * 0.99) - 1] }
  })
}

/** Frames, long tasks and memory of the tab while another process logs so many lines a second. */
export async function measureFlood (address, file, { linesPerSecond, seconds }) {
  return await inBrowser(async (page, browser) => {
    await page.goto(address)
    await page.locator('.tail.live').waitFor()
    const debuggerOfPage = await page.context().newCDPSession(page)
    await debuggerOfPage.send('Performance.enable')
    const tab = await tabProcess(browser)
    const child = spawn(process.execPath, [writer, file, String(linesPerSecond), String(seconds)], { stdio: ['ignore', 'pipe', 'inherit'] })
    const wrote = once(createInterface(child.stdout), 'line')
    await page.evaluate(watchFrames)
    const peaks = { tabMebibytes: 0, heapMebibytes: 0 }
    for (let second = 0; second < seconds; second++) {
      await setTimeout(1_000)
      const { metrics } = await debuggerOfPage.send('Performance.getMetrics')
      peaks.tabMebibytes = Math.max(peaks.tabMebibytes, privateBytes(tab) / mebibyte)
      peaks.heapMebibytes = Math.max(peaks.heapMebibytes, metrics.find(({ name }) => name === 'JSHeapUsedSize').value / mebibyte)
    }
    const { framesMs, longTasksMs } = await page.evaluate(() => globalThis.watched)
    const [rate] = await wrote
    const sorted = framesMs.sort((a, b) => a - b)
    return {
      framesPerSecond: framesMs.length / framesMs.reduce((sum, ms) => sum + ms, 0) * 1_000,
      p99Ms: sorted[Math.ceil(sorted.length * 0.99) - 1],
      slowFrames: framesMs.filter((ms) => ms > slowFrameMs).length,
      longTasks: longTasksMs.length,
      ...peaks,
      linesPerSecond: Number(rate)
    }
  })
}

async function inBrowser (measure) {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  try {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
    const page = await context.newPage()
    // The first page of a browser pays for its start.
    await page.goto('data:text/html,<p>warm')
    return await measure(page, browser)
  } finally {
    await browser.close()
  }
}

async function settled (page, isThere, argument) {
  const handle = await page.waitForFunction(isThere, argument, { timeout: patienceMs })
  return await handle.jsonValue()
}

async function tabProcess (browser) {
  const session = await browser.newBrowserCDPSession()
  const { processInfo } = await session.send('SystemInfo.getProcessInfo')
  // The one that shows the page has worked most.
  return processInfo.filter(({ type }) => type === 'renderer').sort((a, b) => b.cpuTime - a.cpuTime)[0].id
}

// What Chromium's own task manager shows as the memory of a tab.
function privateBytes (id) {
  const status = readFileSync(`/proc/${id}/status`, 'utf8')
  return ['RssAnon', 'VmSwap'].reduce((sum, name) => sum + Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0) * 1024, 0)
}

// The functions below run in the page.

function noteFirstFrames (selectors) {
  globalThis.notedMs = {}
  const look = () => {
    for (const [name, selector] of Object.entries(selectors)) {
      if (!(name in globalThis.notedMs) && document.querySelector(selector) !== null) globalThis.notedMs[name] = performance.now()
    }
    if (Object.keys(globalThis.notedMs).length < Object.keys(selectors).length) globalThis.requestAnimationFrame(look)
  }
  globalThis.requestAnimationFrame(look)
}

function noteFoundLine (value) {
  document.querySelector('.filter-line').addEventListener('keydown', () => {
    const startedMs = performance.now()
    const look = () => {
      if ([...document.querySelectorAll('.row')].some((row) => row.textContent.includes(value))) globalThis.foundMs = performance.now() - startedMs
      else globalThis.requestAnimationFrame(look)
    }
    globalThis.requestAnimationFrame(look)
  }, { once: true })
}

// Those of an earlier turn are in the log as well.
function noteShownLines (fromMs) {
  globalThis.delaysMs = new Map()
  const look = () => {
    for (const row of document.querySelectorAll('.row')) {
      const sentMs = Number(/sentMs=([\d.]+)/.exec(row.textContent)?.[1])
      if (sentMs >= fromMs && !globalThis.delaysMs.has(sentMs)) globalThis.delaysMs.set(sentMs, performance.timeOrigin + performance.now() - sentMs)
    }
    globalThis.requestAnimationFrame(look)
  }
  globalThis.requestAnimationFrame(look)
}

function watchFrames () {
  const watched = globalThis.watched = { framesMs: [], longTasksMs: [] }
  new PerformanceObserver((list) => { watched.longTasksMs.push(...list.getEntries().map(({ duration }) => duration)) }).observe({ type: 'longtask' })
  let lastMs = null
  const look = (nowMs) => {
    if (lastMs !== null) watched.framesMs.push(nowMs - lastMs)
    lastMs = nowMs
    globalThis.requestAnimationFrame(look)
  }
  globalThis.requestAnimationFrame(look)
}
