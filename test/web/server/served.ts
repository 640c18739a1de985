// The built program as a server, and clients for it: one that speaks HTTP, and a raw one that sends any bytes.
import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { linkSync, mkdirSync, writeFileSync } from 'node:fs'
import { get, type IncomingMessage } from 'node:http'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { onTestFinished } from 'vitest'
import { program } from '../../cli/command-line.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

export interface Reply {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly text: string
}

export interface Served {
  readonly child: ChildProcessByStdio<null, Readable, Readable>
  /** The printed address. */
  readonly address: string
  readonly port: number
  readonly token: string
  readonly stderr: () => string
  /** Asks with the token, unless the headers say otherwise. */
  readonly get: (path: string, headers?: Record<string, string>, method?: string) => Promise<Reply>
  readonly json: <Answer = SomeAnswer>(path: string) => Promise<Answer>
  /** Opens a connection that sends these bytes, and gathers what comes back. */
  readonly raw: (bytes: string) => RawClient
}

export interface GivenLine {
  readonly cursor: string
  readonly text: string
}

/** What the tests look at in answers. */
export interface SomeAnswer {
  readonly lines: readonly GivenLine[]
  readonly buckets: ReadonlyArray<{ readonly counts: Readonly<Record<string, number>> }>
  readonly fromMs: number
  readonly toMs: number
  readonly logs: ReadonlyArray<{ readonly id: number, readonly file: string }>
  readonly note: string
  readonly isCut: boolean
}

export interface EventData {
  readonly lines: readonly GivenLine[]
  readonly after: string | null
  readonly readBytes: number
  readonly totalBytes: number
}

export interface RawClient {
  readonly socket: Socket
  readonly received: () => string
  /** Resolves when the server closes the connection. */
  readonly closed: Promise<string>
}

/** A folder with one log of so many lines, a second apart until now. */
export function folderOfLogs (count = 100, line: (n: number, timeMs: number) => string = usualLine): string {
  const logs = join(temporaryFolder(), 'logs')
  mkdirSync(logs)
  const nowMs = Date.now()
  writeFileSync(join(logs, 'app.log'), Array.from({ length: count }, (_, n) => `${line(n, nowMs - (count - n) * 1000)}\n`).join(''))
  return logs
}

/** A log of 100 GB of lines, whose search does not end in a test's time. Its archives are one file under many names. */
export function endlessLogs (): string {
  const logs = join(temporaryFolder(), 'logs')
  mkdirSync(logs)
  const nameOf = (index: number): string => join(logs, `app.20250101_000000.${index + 1}.log.gz`)
  const text = Array.from({ length: 200_000 }, (_, n) => `${usualLine(n, 1_735_689_600_000 + n)}\n`).join('')
  writeFileSync(nameOf(0), gzipSync(text, { level: 1 }))
  for (let index = 1; index < 100 * 2 ** 30 / text.length; index++) linkSync(nameOf(0), nameOf(index))
  writeFileSync(join(logs, 'app.log'), '{}\n')
  return logs
}

export function usualLine (n: number, timeMs: number): string {
  return JSON.stringify({ level: [30, 30, 40, 50][n % 4], time: timeMs, n, reqId: `r${n}`, res: { statusCode: 200 + n % 3 * 100 }, responseTime: n % 97, msg: `line ${n}` })
}

/** Starts `pino-rotor web`, and waits until it prints its address. */
export async function serve (logs: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<Served> {
  const child = spawn(process.execPath, [program, 'web', logs, ...args.includes('--port') ? [] : ['--port', '0'], ...args], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } })
  onTestFinished(() => { child.kill('SIGKILL') })
  let stderr = ''
  child.stderr.on('data', (chunk: Buffer) => { stderr += chunk.toString() })
  let stdout = ''
  while (!stdout.includes('\n')) {
    const [chunk] = await Promise.race([once(child.stdout, 'data') as Promise<[Buffer]>, once(child, 'exit').then((): never => { throw new Error(`it ended: ${stderr}`) })])
    stdout += chunk.toString()
  }
  const address = stdout.split('\n')[0] ?? ''
  const url = new URL(address)
  const token = url.searchParams.get('token') ?? env['TOKEN_OF_TEST'] ?? ''
  const port = Number(url.port)
  const ask = async (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Reply> => await answerOf(port, path, { ...'authorization' in headers ? {} : { authorization: `Bearer ${token}` }, ...headers }, method)
  return {
    child,
    address,
    port,
    token,
    stderr: () => stderr,
    get: ask,
    json: async <Answer>(path: string) => JSON.parse((await ask(path)).text) as Answer,
    raw: (bytes) => rawClient(port, bytes)
  }
}

async function answerOf (port: number, path: string, headers: Record<string, string>, method: string): Promise<Reply> {
  return await new Promise((resolve, reject) => {
    const request = get({ host: '127.0.0.1', port, path, headers, method, agent: false }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => { chunks.push(chunk) })
      response.on('end', () => { resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString() }) })
      response.on('error', reject)
    })
    request.on('error', reject)
  })
}

function rawClient (port: number, bytes: string): RawClient {
  const socket = connect(port, '127.0.0.1')
  onTestFinished(() => { socket.destroy() })
  let received = ''
  socket.on('data', (chunk: Buffer) => { received += chunk.toString('latin1') })
  socket.on('error', () => {})
  socket.write(bytes)
  return { socket, received: () => received, closed: new Promise((resolve) => { socket.once('close', () => { resolve(received) }) }) }
}

export interface SentEvent {
  readonly event: string
  readonly id: string | null
  readonly data: EventData
}

/** Reads an event stream until `isDone`. */
export async function eventsUntil ({ port, token }: Pick<Served, 'port' | 'token'>, path: string, isDone: (events: readonly SentEvent[]) => boolean, headers: Record<string, string> = {}, opened: () => void = () => {}): Promise<SentEvent[]> {
  return await new Promise((resolve, reject) => {
    const request = get({ host: '127.0.0.1', port, path, agent: false, headers: { accept: 'text/event-stream', authorization: `Bearer ${token}`, ...headers } }, (response) => {
      const events: SentEvent[] = []
      let rest = ''
      opened()
      response.on('data', (chunk: Buffer) => {
        rest += chunk.toString()
        const parts = rest.split('\n\n')
        rest = parts.pop() ?? ''
        events.push(...parts.filter((part) => !part.startsWith(':')).map(parsedEvent))
        if (isDone(events)) {
          request.destroy()
          resolve(events)
        }
      })
      response.on('end', () => { resolve(events) })
    })
    request.on('error', reject)
  })
}

function parsedEvent (text: string): SentEvent {
  const field = (name: string): string | null => text.split('\n').find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2) ?? null
  return { event: field('event') ?? 'message', id: field('id'), data: JSON.parse(field('data') ?? 'null') as EventData }
}

/** The numbers of lines in an answer. */
export function numbersOf (lines: ReadonlyArray<{ readonly text: string }>): number[] {
  return lines.map(({ text }) => (JSON.parse(text) as { n: number }).n)
}
