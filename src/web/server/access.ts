// Decides whether a request may be answered. A page of another site can make the browser send requests here, and can point a
// name of its own at this address (DNS rebinding). So Host, Origin and the browser's word on the sender are checked first, and
// the token after them.
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { isIP } from 'node:net'
import { RequestError } from './request-error.js'

export interface AccessRules {
  readonly token: string
  /** The port is part of the cookie's name, because browsers share cookies between ports. */
  readonly cookieName: string
  /** Names under which the server is reached, in lower case. */
  readonly hostNames: readonly string[]
  /** Whether any IP address is accepted as Host. An address cannot be rebound, unlike a name. */
  readonly takesAddresses: boolean
}

export const loopbackNames = ['127.0.0.1', 'localhost', '::1'] as const
/** Shorter tokens can be guessed. */
export const tokenCharactersMin = 16
const ticketsMax = 4

/** A token that cannot be guessed. */
export function newToken (): string {
  return randomBytes(24).toString('base64url')
}

export class Access {
  readonly #rules: AccessRules
  readonly #session: string
  readonly #tickets = new Set<string>()

  constructor (rules: AccessRules) {
    this.#rules = rules
    // The cookie does not tell the token, and stays valid after a restart with the same token.
    this.#session = createHmac('sha256', rules.token).update('pino-rotor web session').digest('base64url')
  }

  get token (): string {
    return this.#rules.token
  }

  /** Throws unless the request is sent to this server by its own page, by the user, or by a program. */
  requireOwnOrigin (headers: IncomingHttpHeaders): void {
    const host = headers.host ?? ''
    if (!this.#isOwnHost(host)) throw new RequestError(403, 'host', `${JSON.stringify(host.slice(0, 200))} is not a name of this server. Use the address that pino-rotor web printed; behind a proxy, let it send that address as Host`)
    const { origin } = headers
    const site = headers['sec-fetch-site']
    if (origin !== undefined && !isOrigin(origin, host)) throw new RequestError(403, 'origin', 'a page of another site sent this request')
    if (site !== undefined && site !== 'same-origin' && site !== 'none') throw new RequestError(403, 'origin', 'a page of another site sent this request')
  }

  /** Throws unless the request has the cookie, or the token as `Authorization: Bearer`. */
  requireToken (headers: IncomingHttpHeaders): void {
    const bearer = /^Bearer (\S{1,512})$/i.exec(headers.authorization ?? '')?.[1]
    const isKnown = bearer === undefined ? cookiesOf(headers.cookie, this.#rules.cookieName).some((value) => isSame(value, this.#session)) : isSame(bearer, this.#rules.token)
    if (!isKnown) throw new RequestError(401, 'token', 'the token is missing or wrong: open the address that pino-rotor web printed, or send the token as "Authorization: Bearer TOKEN"')
  }

  /** Whether the text is the token, or an unused ticket. */
  isToken (text: string): boolean {
    return isSame(text, this.#rules.token) || this.#tickets.delete(text)
  }

  /** A token that is accepted once, for an address that other users may see in the list of processes. */
  ticket (): string {
    const ticket = newToken()
    if (this.#tickets.size < ticketsMax) this.#tickets.add(ticket)
    return ticket
  }

  /** The header that makes the browser send the cookie to this server, and to no other path or site. */
  cookie (path: string): string {
    return `${this.#rules.cookieName}=${this.#session}; Path=${path}; HttpOnly; SameSite=Strict`
  }

  #isOwnHost (host: string): boolean {
    const name = hostNameOf(host)
    if (name === null) return false
    return this.#rules.hostNames.includes(name) || (this.#rules.takesAddresses && isIP(name) !== 0)
  }
}

/** The name or address in a Host header, without the port; null if it is malformed. */
function hostNameOf (host: string): string | null {
  const [, address, name] = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::\d{1,5})?$/i.exec(host) ?? []
  return (address ?? name)?.toLowerCase() ?? null
}

function isOrigin (origin: string, host: string): boolean {
  const [, originHost] = /^https?:\/\/([^/]+)$/i.exec(origin) ?? []
  return originHost?.toLowerCase() === host.toLowerCase()
}

function cookiesOf (header: string | undefined, name: string): string[] {
  return (header ?? '').split(';').map((part) => part.trim()).filter((part) => part.startsWith(`${name}=`)).map((part) => part.slice(name.length + 1))
}

// The digests have one length, so the comparison takes the same time for every text.
function isSame (text: string, secret: string): boolean {
  return timingSafeEqual(digest(text), digest(secret))
}

function digest (text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
