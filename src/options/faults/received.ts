// Shows a received value as it would be written in code, in one short line. Faults end up in logs and terminals, and the value may be cyclic, huge, or
// made to do harm when it is inspected.
import { inspect, types } from 'node:util'

const charactersMax = 80
const entriesMax = 4
const inspection = { depth: 0, customInspect: false, breakLength: Infinity, maxArrayLength: entriesMax, maxStringLength: 60 }

/** Keys whose values are secrets. Secrets belong in the environment, and must not appear in an error or a log. */
const secretKey = /secret|token|password|passwd|apikey|api_key|access_?key|authorization|credential|headers$/i
const hidden = '(not shown: it may be a secret)'

/**
 * Shows a value in one line of at most 80 characters, and never throws. `keys` is its path in the options. Values that may
 * be secrets by their key, and the user and password in an address, are hidden.
 */
export function showReceived (value: unknown, keys: readonly string[] = []): string {
  if (value !== undefined && keys.some((key) => secretKey.test(key))) return hidden
  let shown: string
  try {
    shown = types.isNativeError(value) ? String(value) : inspect(firstEntries(value), inspection)
  } catch {
    // An accessor or a proxy of the caller threw. Its error says nothing about the option.
    return `${value === null ? 'null' : typeof value} that cannot be shown`
  }
  const line = shown.replace(/\n\s*/g, ' ').replace(/:\/\/[^\s/'"@]*@/g, '://…@')
  return line.length > charactersMax ? `${line.slice(0, charactersMax - 1)}…` : line
}

/** Shows a path in the options, for example `limit.count`. Keys that are not plain words are quoted and cut short. */
export function showPath (keys: readonly string[]): string {
  return keys.map(key => {
    if (/^[\w$-]{1,60}$/.test(key)) return key
    return JSON.stringify(key.length > 60 ? `${key.slice(0, 59)}…` : key)
  }).join('.')
}

// inspect does not limit an object's keys.
function firstEntries (value: unknown): unknown {
  if (Object.prototype.toString.call(value) !== '[object Object]') return value
  const shortened: Record<string, unknown> = {}
  let left = entriesMax
  for (const key of Object.keys(value as object)) {
    if (left-- === 0) return { ...shortened, '…': '…' }
    shortened[key] = secretKey.test(key) ? '…' : (value as Record<string, unknown>)[key]
  }
  return left === entriesMax ? value : shortened
}
