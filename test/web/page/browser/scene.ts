// What the tests of the page share: the real server in a process of its own, Debian's Chromium, and a page that notes everything
// that a user must never see: errors of scripts, refusals of the content policy, requests that leave the machine.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest'
import { temporaryFolder } from '../../../support/temporary-folder.js'

export const repository = join(import.meta.dirname, '../../../..')
const program = join(repository, 'dist/cli.js')
const browserPath = '/usr/bin/chromium'

/** Why the browser tests cannot run; null if they can. */
export const obstacle = existsSync(browserPath) ? null : `${browserPath} is missing: apt-get install chromium`
if (obstacle !== null) console.log(`skipped: ${obstacle}`)

export interface Look {
  readonly width?: number
  readonly height?: number
  readonly scheme?: 'light' | 'dark'
  /** The fragment of the URL. */
  readonly fragment?: string
  /** Answers of the API in place of the server's, by the end of their path. */
  readonly answers?: Readonly<Record<string, unknown>>
  /** Whether the test moves the page's clock. */
  readonly hasClock?: boolean
}

/** Starts one browser for the file. */
export function useBrowser (): () => Browser {
  let browser: Browser | null = null
  beforeAll(async () => { if (obstacle === null) browser = await chromium.launch({ executablePath: browserPath, args: ['--no-sandbox'] }) })
  afterAll(async () => { await browser?.close() })
  return () => {
    if (browser === null) throw new Error('no browser')
    return browser
  }
}

/** A folder with the logs, each a list of lines. */
export function logsFolder (logs: Readonly<Record<string, readonly string[]>>): string {
  const folder = temporaryFolder()
  for (const [name, lines] of Object.entries(logs)) writeFileSync(join(folder, name), lines.map((line) => `${line}\n`).join(''))
  return folder
}

/** Serves a log or a folder, and resolves with the address that the command prints. */
export async function serve (path: string, cli: string = program): Promise<string> {
  return (await started([cli, 'web', path, '--port', '0'], {})).address
}

export interface AgainServer {
  /** The address with the token. */
  readonly address: string
  readonly end: () => Promise<void>
  /** Begins to serve again, at the same port and with the same token. */
  readonly begin: () => Promise<void>
}

/** Serves a log or a folder. The server can end and come back. */
export async function serveAgain (path: string): Promise<AgainServer> {
  const token = 'a-token-of-the-tests-of-the-page'
  const environment = { TOKEN_OF_TEST: token }
  let server = await started([program, 'web', path, '--port', '0', '--token', 'TOKEN_OF_TEST'], environment)
  const { port } = new URL(server.address)
  return {
    address: `${server.address}?token=${token}`,
    end: async () => { await server.end() },
    begin: async () => { server = await started([program, 'web', path, '--port', port, '--token', 'TOKEN_OF_TEST'], environment) }
  }
}

async function started (args: readonly string[], environment: NodeJS.ProcessEnv): Promise<{ address: string, end: () => Promise<void> }> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...environment } })
  const end = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  onTestFinished(end)
  const [address] = await once(createInterface(child.stdout), 'line') as [string]
  return { address, end }
}

/** Opens the page. When the test is over, the page must have been clean. */
export async function open (browser: Browser, address: string, { width = 1440, height = 900, scheme = 'light', fragment = '', answers = {}, hasClock = false }: Look = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme, timezoneId: 'Europe/Berlin', locale: 'en-GB', permissions: ['clipboard-read', 'clipboard-write'] })
  context.setDefaultTimeout(20_000)
  const page = await context.newPage()
  if (hasClock) await page.clock.install()
  const troubles: string[] = []
  page.on('pageerror', (error) => { troubles.push(String(error)) })
  page.on('console', (message) => { if (message.type() === 'error' && !/status of 4\d\d|net::ERR/.test(message.text())) troubles.push(message.text()) })
  page.on('request', (request) => { if (!request.url().startsWith('data:') && new URL(request.url()).hostname !== '127.0.0.1') troubles.push(`a request to ${request.url()}`) })
  for (const [end, answer] of Object.entries(answers)) {
    await page.route((url) => url.pathname.endsWith(end), async (route) => {
      await (typeof answer === 'string' ? route.fulfill({ contentType: 'text/event-stream', body: answer }) : route.fulfill({ json: answer }))
    })
  }
  onTestFinished(async () => {
    await context.close()
    expect(troubles).toEqual([])
  })
  await page.goto(`${address}${fragment}`)
  return page
}

/** Keeps a picture of the page as an artefact of the run. */
export async function keepPicture (page: Page, name: string): Promise<void> {
  const folder = join(repository, 'reports/web')
  mkdirSync(folder, { recursive: true })
  await page.screenshot({ path: join(folder, `${name}.png`) })
}

/** A line as pino writes it. */
export function line (values: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ level: 30, time: startMs, pid: 1, hostname: 'host', ...values })
}

/** When the lines of the tests begin. */
export const startMs = Date.UTC(2026, 0, 15, 12)

/** Events as the server streams them. */
export function events (...list: ReadonlyArray<readonly [name: string, data: unknown]>): string {
  return list.map(([name, data]) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`).join('')
}

/** Answers the page's next search with these events, and keeps it running until it is stopped. The rest answers a search for older lines. */
export async function answerSearch (page: Page, first: string, rest = ''): Promise<void> {
  await page.evaluate(([body, older]) => {
    const real = globalThis.fetch
    globalThis.fetch = async (input, init) => {
      const address = input instanceof Request ? input.url : String(input)
      if (!address.includes('/lines?')) return await real(input, init)
      if (address.includes('before=')) return new Response(older)
      return new Response(new ReadableStream({
        start (stream) {
          stream.enqueue(new TextEncoder().encode(body))
          init?.signal?.addEventListener('abort', () => { stream.error(new DOMException('', 'AbortError')) })
        }
      }))
    }
  }, [first, rest] as const)
}

/** The messages of the rows in view, from top to bottom. */
export async function shownRows (page: Page): Promise<string[]> {
  return await page.evaluate(() => [...document.querySelectorAll<HTMLElement>('.row')]
    .sort((a, b) => a.offsetTop - b.offsetTop)
    .map((row) => (row.querySelector('.text') ?? row).textContent))
}
