// The outcome of reading one option: its value, or what was expected instead. Readers are plain functions, so that
// the command line can use them too; `reading` makes a valibot schema of one.
import * as v from 'valibot'

export type Reading<Value> = { readonly value: Value } | { readonly expected: string }

/** Makes a schema of a reader: its value becomes the output, its expectation the issue's message. */
export function reading<Value> (read: (raw: unknown) => Reading<Value>) {
  return v.pipe(v.unknown(), v.rawTransform<unknown, Value>(({ dataset, addIssue, NEVER }) => {
    const outcome = read(dataset.value)
    if ('value' in outcome) return outcome.value
    addIssue({ message: outcome.expected })
    return NEVER
  }))
}

/** Lets a reader take `false` as well, with its meaning said in the expectation: `or false for no limit`. */
export function orFalse<Value, Lifted> (read: (raw: unknown) => Reading<Value>, lifted: Lifted, meaning: string) {
  return (raw: unknown): Reading<Value | Lifted> => {
    if (raw === false) return { value: lifted }
    const outcome = read(raw)
    return 'value' in outcome ? outcome : { expected: `${outcome.expected}, or false for ${meaning}` }
  }
}

/** Tells whether a value is a number above zero that somebody forgot to give a unit, as a number or as text. */
export function lacksUnit (raw: unknown): raw is number | string {
  return /^(?!0+(?:\.0*)?$)\d{1,15}(?:\.\d{1,15})?$/.test(typeof raw === 'number' || typeof raw === 'string' ? String(raw) : '')
}
