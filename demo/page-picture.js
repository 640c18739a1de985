// Draws the picture of the page of `pino-rotor web`. It makes a log, serves it with the real command, and opens it in Debian's
// Chromium.
// @ts-check
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const program = fileURLToPath(new URL('../dist/cli.js', import.meta.url))
const browserPath = '/usr/bin/chromium'
const startMs = Date.UTC(2026, 0, 15, 8)
const stepMs = 4_000
const lineCount = 9_000
const routes = ['/api/orders', '/api/search', '/api/users', '/login', '/health']

/**
 * Writes the picture to the path.
 *
 * @param {string} path
 */
export async function drawPage (path) {
  const folder = mkdtempSync(join(tmpdir(), 'pino-rotor-picture-'))
  writeFileSync(join(folder, 'app.log'), Array.from({ length: lineCount }, (_, index) => lineOf(index)).join(''))
  const server = spawn(process.execPath, [program, 'web', join(folder, 'app.log'), '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const browser = await chromium.launch({ executablePath: browserPath, args: ['--no-sandbox'] })
  try {
    const [address] = await once(createInterface(server.stdout), 'line')
    const page = await browser.newPage({ viewport: { width: 1200, height: 720 }, colorScheme: 'light', timezoneId: 'UTC' })
    await page.goto(`${address}#log=app.log&col=route&time=utc`)
    await page.locator('.row .text').last().waitFor()
    await page.locator('.bars path').first().waitFor()
    await page.locator('.row.level-error').last().click()
    await page.locator('.details').waitFor()
    await page.mouse.move(0, 0)
    await page.screenshot({ path, animations: 'disabled' })
  } finally {
    await browser.close()
    server.kill('SIGINT')
    await once(server, 'exit')
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * A line of a server whose database cannot be reached for a while.
 *
 * @param {number} index
 */
function lineOf (index) {
  const isAway = index % 9_000 > 6_100 && index % 9_000 < 6_900
  const level = index === lineCount - 9 || (isAway ? index % 3 === 0 : index % 211 === 0) ? 50 : index % 37 === 0 ? 40 : index % 11 === 0 ? 20 : 30
  const busyMs = Math.round(4e6 * Math.sin(index / 1_400))
  const failure = level === 50 ? { err: { type: 'Error', message: 'connect ECONNREFUSED 10.0.0.7:5432' } } : {}
  return `${JSON.stringify({ level, time: startMs + index * stepMs + busyMs, pid: 4242, hostname: 'web-1', reqId: `req-${(index * 7919 % 46656).toString(36)}`, route: routes[index * 7 % routes.length], res: { statusCode: level === 50 ? 500 : level === 40 ? 404 : 200 }, responseTime: 8 + index * 37 % 180, ...failure, msg: level === 50 ? 'request failed' : level === 40 ? 'not found' : level === 20 ? 'cache miss' : 'request completed' })}\n`
}
