// What can go wrong while the user looks: hostile names and values, a missing DuckDB, a folder that vanishes, a damaged archive, a server
// that ends.
import { appendFileSync, cpSync, mkdirSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../../../support/temporary-folder.js'
import { folderLines } from './canned-answers.js'
import { line, logsFolder, obstacle, open, repository, serve, serveAgain, useBrowser } from './scene.js'

const script = '<img src=x onerror="document.title=1"><b>bold'

describe.skipIf(obstacle !== null)('the page', () => {
  const browser = useBrowser()

  test('shows script in the name of a file and in the values of a field as text', async () => {
    const name = `${script}.log`
    const address = await serve(logsFolder({ [name]: [line({ route: script, msg: 'one' })], 'app.log': folderLines(3) }))
    const folder = await open(browser(), address)
    await folder.locator('.card h2').getByText(name, { exact: true }).waitFor()
    expect(await folder.locator('#app img, #app b').count()).toBe(0)
    const page = await open(browser(), address, { fragment: `#${new URLSearchParams({ log: name, view: 'analytics', by: 'route' }).toString()}` })
    await page.locator('.groups tbody').getByText(script).first().waitFor()
    await page.locator('.legend').getByText(script).waitFor()
    expect(await page.locator('#app img, #app b').count()).toBe(0)
    expect(await page.title()).toBe(`${name} – pino-rotor`)
  })

  test('asks for DuckDB with one sentence if it is missing', async () => {
    const page = await open(browser(), await serve(logsFolder({ 'app.log': folderLines(3) }), programWithoutDuckDb()), { fragment: '#log=app.log&view=analytics' })
    await page.getByText('npm install @duckdb/node-api').waitFor()
    expect(await page.getByRole('textbox', { name: 'SQL' }).count()).toBe(0)
    const response = await page.context().request.get(new URL('api/v1/logs/1/query?sql=select%201', page.url()).href)
    const answer = [response.status(), await response.json() as unknown]
    expect(answer).toEqual([501, { error: { code: 'no_duckdb', message: 'SQL needs DuckDB, which is not installed: npm install @duckdb/node-api' } }])
  })

  test('says why when the folder vanishes, and shows the logs again when it is back', async () => {
    const logs = logsFolder({ 'app.log': folderLines(3), 'worker.log': folderLines(3) })
    const page = await open(browser(), await serve(logs), { hasClock: true })
    await page.locator('.card').nth(1).waitFor()
    renameSync(logs, `${logs}-away`)
    await page.clock.fastForward('10:00')
    await page.locator('.banner').getByText(/ENOENT|does not exist/).waitFor()
    renameSync(`${logs}-away`, logs)
    await page.clock.fastForward('10:00')
    await page.locator('.banner').waitFor({ state: 'detached' })
    await page.locator('.card h2').getByText('worker.log').waitFor()
  })

  test('says which archive is damaged, beside the lines that can be read', async () => {
    const logs = logsFolder({ 'app.log': [line({ msg: 'whole' })] })
    const archive = join(logs, 'app.20250101_000000.log.gz')
    writeFileSync(archive, gzipSync(folderLines(500).map((one) => `${one}\n`).join('')))
    truncateSync(archive, 1_000)
    const page = await open(browser(), await serve(logs))
    await page.getByText('app.20250101_000000.log.gz is damaged: some of its lines are missing').waitFor()
    await page.locator('.row .text').getByText('whole', { exact: true }).waitFor()
  })

  test('shows that the server is gone, and goes on without a gap when it is back', async () => {
    const logs = logsFolder({ 'app.log': [line({ msg: 'before' })] })
    const server = await serveAgain(logs)
    const page = await open(browser(), server.address)
    await page.getByRole('button', { name: 'Live' }).waitFor()
    await server.end()
    await page.getByRole('button', { name: 'Connecting…' }).waitFor()
    appendFileSync(join(logs, 'app.log'), `${line({ msg: 'meanwhile' })}\n`)
    await server.begin()
    await page.getByRole('button', { name: 'Live' }).waitFor()
    await page.locator('.row .text').getByText('meanwhile', { exact: true }).waitFor()
    expect(await page.locator('.row .text').allInnerTexts()).toEqual(['before', 'meanwhile'])
  })

  test('begins to follow once a log without an active file has one again', async () => {
    const logs = logsFolder({ 'app.log': [line({ msg: 'before' })] })
    const page = await open(browser(), await serve(logs), { fragment: '#paused' })
    await page.getByRole('button', { name: 'Paused' }).waitFor()
    const noFile = 'the log has no active file now: there is nothing to follow'
    let isGone = true
    await page.route((url) => url.pathname.endsWith('/follow'), async (route) => {
      await (isGone ? route.fulfill({ status: 404, json: { error: { code: 'unreadable', message: noFile } } }) : route.continue())
    })
    await page.reload()
    await page.getByText(`No new lines: ${noFile}`).waitFor()
    isGone = false
    await page.keyboard.press('Space')
    await page.getByRole('button', { name: 'Live' }).waitFor()
    appendFileSync(join(logs, 'app.log'), `${line({ msg: 'after' })}\n`)
    await page.locator('.row .text').getByText('after', { exact: true }).waitFor()
    expect(await page.getByText(noFile).count()).toBe(0)
  })

  test('offers to try again when the server was away, and forgets the fault', async () => {
    const server = await serveAgain(logsFolder({ 'app.log': folderLines(1_000) }))
    const page = await open(browser(), server.address, { fragment: '#paused' })
    await page.getByText('300 rows held').waitFor()
    await server.end()
    await page.keyboard.press('g')
    // The histogram may say the same.
    await page.locator('.feed-status').getByText('The server does not answer.').waitFor()
    await server.begin()
    await page.locator('.feed-status').getByRole('button', { name: 'Try again' }).click()
    // At the top of the list, the rest may follow at once.
    await page.getByText(/^(?:800|1,?000) rows held/).waitFor()
    expect(await page.locator('.feed-status .problem').count()).toBe(0)
  })

  test('offers the first lines again when the server was away from the beginning', async () => {
    const logs = logsFolder({ 'app.log': folderLines(20) })
    let isAway = true
    const page = await open(browser(), await serve(logs), { fragment: '#q=level%3Derror' })
    await page.route((url) => url.pathname.endsWith('/lines'), async (route) => { await (isAway ? route.abort() : route.continue()) })
    await page.reload()
    const again = page.locator('.feed-status').getByRole('button', { name: 'Try again' })
    await again.waitFor()
    isAway = false
    await again.click()
    await page.getByText('1 rows held').waitFor()
    await page.getByRole('button', { name: 'Live' }).waitFor()
  })

  test('says that older lines are kept no more when their archive is removed while the user looks, and shows the newest', async () => {
    const logs = logsFolder({ 'app.log': [line({ msg: 'newest' })] })
    const archive = join(logs, 'app.20260101_000000.log')
    writeFileSync(archive, folderLines(1_000).map((one) => `${one}\n`).join(''))
    const page = await open(browser(), await serve(logs), { fragment: '#paused' })
    await page.getByText('300 rows held').waitFor()
    rmSync(archive)
    await page.keyboard.press('g')
    await page.getByText('this line is kept no more').waitFor()
    await page.getByRole('button', { name: 'Show the newest lines' }).click()
    await page.getByText("1 rows held, from the log's beginning").waitFor()
    await page.locator('.row .text').getByText('newest', { exact: true }).waitFor()
    expect(await page.locator('.feed-status .problem').count()).toBe(0)
  })
})

// The built program as an application installs it that has no DuckDB.
function programWithoutDuckDb (): string {
  const installed = temporaryFolder()
  cpSync(join(repository, 'dist'), join(installed, 'dist'), { recursive: true })
  cpSync(join(repository, 'package.json'), join(installed, 'package.json'))
  mkdirSync(join(installed, 'node_modules'))
  for (const name of ['aws4', 'croner', 'sonic-boom']) symlinkSync(join(repository, 'node_modules', name), join(installed, 'node_modules', name))
  return join(installed, 'dist/cli.js')
}
