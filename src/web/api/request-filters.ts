// Reads which lines a request asks for, in the language of `cat`.
import type { Reading } from '../../options/faults/option-reading.js'
import { isError } from '../../errors.js'
import { parseGrep, parseLevel, parseMatch, type Condition } from '../../policy/filters/condition.js'
import type { LineQuery } from '../../policy/filters/line-scan.js'
import { usualTimeKeys } from '../../policy/lines/line-time.js'
import { parseLineCursor, type LineCursor } from '../../policy/lines/line-cursor.js'
import { RequestError, wrongParameter } from '../server/request-error.js'
import type { WebRequest } from '../server/web-request.js'
import type { WebSource } from '../logs/web-log.js'
import { hasOwnKey } from '../../platform/own-key.js'

const conditionsMax = 20
const textCharactersMax = 2_000

/** Parses the filters of a request, or throws a RequestError. */
export function lineQueryOf ({ query, source }: Pick<WebRequest, 'query' | 'source'>): LineQuery {
  const conditions = [
    ...parsed(query, 'level', parseLevel),
    ...parsed(query, 'match', parseMatch),
    ...parsed(query, 'grep', parseGrep)
  ]
  if (conditions.length > conditionsMax) throw new RequestError(400, 'parameter', `more than ${conditionsMax} conditions: leave some out`)
  return { conditions, window: windowOf(query, source), timeKeys: usualTimeKeys }
}

/** Reads the time window of a request; null if it asks for all times. */
export function windowOf (query: URLSearchParams, source: Pick<WebSource, 'window'>): LineQuery['window'] {
  const [since, until] = [given(query, 'since'), given(query, 'until')]
  if (since === undefined && until === undefined) return null
  try {
    return source.window(since, until)
  } catch (error) {
    throw new RequestError(400, 'parameter', isError(error) ? error.message.replaceAll('--', '') : String(error))
  }
}

/** Reads a cursor; null if the request has none under that name. */
export function cursorOf (query: URLSearchParams, name: string): LineCursor | null {
  const text = given(query, name)
  if (text === undefined) return null
  const cursor = parseLineCursor(text)
  if (cursor === null) throw wrongParameter(name, 'a cursor from an answer', text)
  return cursor
}

/** Reads a whole number within bounds. */
export function numberOf (query: URLSearchParams, name: string, usual: number, least: number, most: number): number {
  const text = given(query, name)
  if (text === undefined) return usual
  const number = /^\d{1,9}$/.test(text) ? Number(text) : NaN
  if (number >= least && number <= most) return number
  throw wrongParameter(name, `a whole number from ${least} to ${most}`, text)
}

/** Reads the path of a field; null if the request names none. */
export function fieldOf (query: URLSearchParams, name: string): readonly string[] | null {
  const text = given(query, name)
  if (text === undefined) return null
  const path = text.split('.')
  if (path.includes('') || text.length > textCharactersMax) throw wrongParameter(name, 'a field, such as res.statusCode', text)
  return path
}

/** The value of a parameter; undefined if it is missing or empty. */
export function given (query: URLSearchParams, name: string): string | undefined {
  const text = query.get(name) ?? ''
  return text === '' ? undefined : text
}

function parsed (query: URLSearchParams, name: string, parse: (text: string) => Reading<Condition>): Condition[] {
  return query.getAll(name).filter((text) => text !== '').map((text) => {
    if (text.length > textCharactersMax) throw wrongParameter(name, `at most ${textCharactersMax} characters`, text)
    const reading = parse(text)
    if (hasOwnKey(reading, 'value')) return reading.value
    throw wrongParameter(name, reading.expected, text)
  })
}
