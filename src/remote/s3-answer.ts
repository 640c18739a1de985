// Parses the answers of an S3-compatible store with plain searches in a bounded text. No XML is parsed, so a document can
// neither use up memory nor refer to another one.
import type { IncomingMessage } from 'node:http'
import { readText } from './http-exchange.js'
import type { ListedObject } from './store.js'
import { StoreError } from './store-error.js'

const errorBytesMax = 16 * 1024
const listingBytesMax = 4 * 1024 * 1024
const messageLengthMax = 300

/** Makes an error from an unexpected answer. A store may repeat what it was sent, so secrets are taken out of its text. */
export async function storeErrorOf (response: IncomingMessage, request: string, secrets: readonly string[], withinMs: number): Promise<StoreError> {
  const status = response.statusCode ?? 0
  const answered = await readText(response, errorBytesMax, withinMs)
  const text = secrets.reduce((shown, secret) => shown.replaceAll(secret, '…'), answered)
  const code = textOf('Code', text) ?? codeOf(status)
  const message = textOf('Message', text)
  const retryAfterMs = retryAfter(response.headers['retry-after'], Date.parse(response.headers.date ?? ''))
  return new StoreError(code, `${request} was answered with ${status} ${code}${message === null ? '' : `: ${message}`}`, { status, retryAfterMs })
}

/** Makes the error for an answer that claims success and is none of a store, such as the page of a proxy. */
export function foreignAnswer (request: string, reason = 'it is no answer of an S3-compatible store'): StoreError {
  return new StoreError('ERR_ROTOR_STORE_FOREIGN', `${request} was answered with 200, but ${reason}`, { status: 200 })
}

/** Parses one page of a listing: its objects, and where the next page begins. Throws if it is no listing, or does not say that. */
export async function readListing (response: IncomingMessage, request: string): Promise<{ objects: ListedObject[], continuation: string | null }> {
  const text = await readText(response, listingBytesMax, null)
  if (!text.includes('<ListBucketResult')) throw foreignAnswer(request)
  const objects = text.split('<Contents>').slice(1).flatMap((content): ListedObject[] => {
    const key = textOf('Key', content)
    return key === null ? [] : [{ key: decoded(key), sizeBytes: Number(textOf('Size', content) ?? 0) || 0 }]
  })
  const isCut = textOf('IsTruncated', text) === 'true'
  const continuation = isCut ? textOf('NextContinuationToken', text) : null
  if (isCut && continuation === null) throw foreignAnswer(request, 'it does not say where its next page begins')
  return { objects, continuation }
}

// A key that is not encoded as requested is taken as it is. It then belongs to no log.
function decoded (key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '))
  } catch (error) {
    if (error instanceof URIError) return key
    throw error
  }
}

/** Parses `Retry-After`, in seconds or as a date by the answer's own clock; null if it is missing or invalid. */
export function retryAfter (header: string | undefined, nowMs: number): number | null {
  if (header === undefined) return null
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000
  const atMs = Date.parse(header)
  return Number.isNaN(atMs) || Number.isNaN(nowMs) ? null : Math.max(0, atMs - nowMs)
}

function codeOf (status: number): string {
  if (status >= 300 && status < 400) return 'PermanentRedirect'
  // A proxy in front of the store may take less than the store.
  if (status === 413) return 'EntityTooLarge'
  return status === 403 ? 'AccessDenied' : `HTTP_${status}`
}

function textOf (element: string, text: string): string | null {
  const from = text.indexOf(`<${element}>`)
  const to = from === -1 ? -1 : text.indexOf(`</${element}>`, from)
  if (to === -1) return null
  return unescapeXml(text.slice(from + element.length + 2, to)).replace(/[\p{Cc}\p{Cf}]/gu, ' ').slice(0, element === 'Message' ? messageLengthMax : undefined)
}

const entities: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&apos;': "'", '&amp;': '&' }

function unescapeXml (text: string): string {
  return text.replace(/&(?:lt|gt|quot|apos|amp);/g, (entity) => entities[entity] ?? entity)
}
