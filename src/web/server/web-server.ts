// The server of the page and its API. It only reads. It answers after three checks: where the request comes from, whether it
// changes anything, and whether its sender knows the token.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { errnoOf } from '../../disk/errno.js'
import { isError } from '../../errors.js'
import type { WebSource } from '../logs/web-log.js'
import type { Access } from './access.js'
import { ClientGoneError, sendError, sendText, setCommonHeaders } from './answers.js'
import { crossSitePage } from './cross-site-page.js'
import { listen } from './listen.js'
import type { PageFile } from './page-file.js'
import { RequestError } from './request-error.js'
import { findRoute } from './routes.js'
import { targetOf, type Target } from './web-request.js'
import { WorkGate } from './work-gate.js'

export interface ServerSettings {
  readonly source: WebSource
  readonly page: PageFile
  /** The path behind a proxy; empty for none. It has no slash at its end. */
  readonly basePath: string
}

/** The limits keep a client, or many, from using up memory, threads and descriptors. */
const limits = {
  connections: 64,
  headerBytes: 16 * 1024,
  headers: 64,
  /** A client that sends its request more slowly is dropped. */
  requestMs: 10_000,
  keepAliveMs: 5_000,
  work: 3,
  waitingWork: 32,
  looks: 3,
  waitingLooks: 32,
  downloads: 2,
  waitingDownloads: 16,
  follows: 24
}

export class WebServer {
  readonly #settings: ServerSettings
  readonly #access: (port: number) => Access
  readonly #server: Server
  #isClosing = false
  readonly #gate = new WorkGate(limits.work, limits.waitingWork)
  readonly #looks = new WorkGate(limits.looks, limits.waitingLooks)
  readonly #downloads = new WorkGate(limits.downloads, limits.waitingDownloads)
  readonly #follows = new WorkGate(limits.follows, 0)
  #rules: Access | null = null

  /** `access` makes the rules once the port is known. */
  constructor (settings: ServerSettings, access: (port: number) => Access) {
    this.#settings = settings
    this.#access = access
    this.#server = createServer({
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.requestMs,
      requestTimeout: limits.requestMs,
      keepAliveTimeout: limits.keepAliveMs,
      connectionsCheckingInterval: 1_000,
      insecureHTTPParser: false
    }, (request, response) => { void this.#answer(request, response) })
    // Node leaves out headers beyond its count without a word, and one of them could be the Origin. The one more shows that there are too many.
    this.#server.maxHeadersCount = limits.headers + 1
    this.#server.maxConnections = limits.connections
    this.#server.on('clientError', refuseMalformed)
  }

  /** Begins to listen. Resolves to the port and the rules of access. */
  async listen (host: string, port: number): Promise<{ readonly port: number, readonly access: Access }> {
    const taken = await listen(this.#server, host, port)
    this.#rules = this.#access(taken)
    return { port: taken, access: this.#rules }
  }

  /** Ends every request and closes all connections. */
  async close (): Promise<void> {
    this.#isClosing = true
    const closed = new Promise<void>((resolve) => { this.#server.close(() => { resolve() }) })
    this.#server.closeAllConnections()
    await closed
  }

  async #answer (request: IncomingMessage, response: ServerResponse): Promise<void> {
    const gone = new AbortController()
    response.on('close', () => { gone.abort(new ClientGoneError()) })
    response.on('error', () => {}) // The client is gone, which the event "close" says too.
    try {
      setCommonHeaders(response)
      await this.#route(request, response, gone.signal)
    } catch (error) {
      if (gone.signal.aborted || this.#isClosing) response.destroy()
      else sendError(response, requestErrorOf(error))
    }
  }

  async #route (request: IncomingMessage, response: ServerResponse, signal: AbortSignal): Promise<void> {
    const { headers, method } = request
    const access = this.#rules
    if (access === null) throw new RequestError(503, 'starting', 'the server is starting')
    if (request.rawHeaders.length > limits.headers * 2) throw new RequestError(431, 'headers', `a request may have ${limits.headers} headers`)
    if (request.headersDistinct['host']?.length !== 1) throw new RequestError(400, 'host', 'a request must have one Host')
    const target = targetOf(request.url ?? '')
    try {
      access.requireOwnOrigin(headers)
    } catch (error) {
      if (!isNavigation(request) || (error as RequestError).code !== 'origin') throw error
      sendText(response, crossSitePage(target, this.#settings.basePath), 'text/html; charset=utf-8', 403)
      return
    }
    if (method !== 'GET' && method !== 'HEAD') throw new RequestError(405, 'method', 'only GET and HEAD: nothing here can be changed')
    const path = this.#pathBelowBase(target, response)
    if (path === null) return
    if (path === '/' && target.query.has('token')) {
      this.#enter(target, access, response)
      return
    }
    access.requireToken(headers)
    if (path === '/') {
      response.setHeader('Content-Security-Policy', this.#settings.page.policy)
      sendText(response, this.#settings.page.html, 'text/html; charset=utf-8')
      return
    }
    await findRoute(path)({ source: this.#settings.source, query: target.query, headers, response, signal, gate: this.#gate, looks: this.#looks, downloads: this.#downloads, follows: this.#follows })
  }

  // The token leaves the address at once, so that it is in no history and in no link that is sent.
  #enter ({ query }: Target, access: Access, response: ServerResponse): void {
    if (!access.isToken(query.get('token') ?? '')) throw new RequestError(401, 'token', 'the token in the address is wrong: open the address that pino-rotor web printed')
    query.delete('token')
    const rest = query.size === 0 ? '' : `?${query.toString()}`
    const home = `${this.#settings.basePath}/`
    response.writeHead(303, { Location: `${home}${rest}`, 'Set-Cookie': access.cookie(home), 'Content-Length': 0 })
    response.end()
  }

  // Null if the request is answered already.
  #pathBelowBase ({ path }: Target, response: ServerResponse): string | null {
    const { basePath } = this.#settings
    if (basePath === '' || path.startsWith(`${basePath}/`)) return path.slice(basePath.length)
    if (path !== basePath) throw new RequestError(404, 'not_found', `there is nothing here: the page is at ${basePath}/`)
    response.writeHead(308, { Location: `${basePath}/`, 'Content-Length': 0 })
    response.end()
    return null
  }
}

function isNavigation ({ headers, method }: IncomingMessage): boolean {
  return method === 'GET' && headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document'
}

// The paths and codes of the system stay out of answers for anything but files that cannot be read.
function requestErrorOf (error: unknown): RequestError {
  if (error instanceof RequestError) return error
  const name = isError(error) ? error.name : ''
  if (name === 'PatternTimeoutError' || name === 'TooManyGroupsError') return new RequestError(422, 'too_much_work', (error as Error).message)
  const code = errnoOf(error)
  if (['EACCES', 'EPERM', 'ENOENT', 'ENOTDIR', 'EIO', 'ESTALE'].includes(code)) return new RequestError(404, 'unreadable', `the log cannot be read now: ${code}`)
  return new RequestError(500, 'fault', `the answer failed: ${isError(error) ? error.message : String(error)}`)
}

function refuseMalformed (error: NodeJS.ErrnoException, socket: import('node:stream').Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? '408 Request Timeout' : '400 Bad Request'
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}
