// The result of parsing one option: its value, or what was expected instead. Parsers are plain functions, so that the command line can use
// them too. `reading` turns one into a valibot schema.
import * as v from 'valibot'
import { hasOwnKey } from '../../platform/own-key.js'

export type Reading<Value> = { readonly value: Value } | { readonly expected: string }

/** Turns a parser into a schema: its value becomes the output, its expectation the issue's message. */
export function reading<Value> (read: (raw: unknown) => Reading<Value>) {
  return v.pipe(v.unknown(), v.rawTransform<unknown, Value>(({ dataset, addIssue, NEVER }) => {
    const outcome = read(dataset.value)
    if (hasOwnKey(outcome, 'value')) return outcome.value
    addIssue({ message: outcome.expected })
    return NEVER
  }))
}

/** Lets a parser accept `false` too. The expectation says what it means: `or false for no limit`. */
export function orFalse<Value, Lifted> (read: (raw: unknown) => Reading<Value>, lifted: Lifted, meaning: string) {
  return (raw: unknown): Reading<Value | Lifted> => {
    if (raw === false) return { value: lifted }
    const outcome = read(raw)
    return hasOwnKey(outcome, 'value') ? outcome : { expected: `${outcome.expected}, or false for ${meaning}` }
  }
}

/** Whether a value is a number above zero without a unit, as a number or as text. */
export function lacksUnit (raw: unknown): raw is number | string {
  return /^(?!0+(?:\.0*)?$)\d{1,15}(?:\.\d{1,15})?$/.test(typeof raw === 'number' || typeof raw === 'string' ? String(raw) : '')
}
