// Parses an object of options, the whole or a nested one. Known keys go through a schema. Each unknown key is a fault that names what was probably
// meant.
import * as v from 'valibot'
import { nearest } from './nearest.js'

/** What to say about keys that belong elsewhere: to another library, or one level deeper. */
export type KnownElsewhere = Readonly<Record<string, string>>

interface SectionRules {
  readonly expected: string
  readonly knownElsewhere?: KnownElsewhere
  /** Keys that pino and thread-stream add. They are ignored. */
  readonly ignored?: readonly string[]
}

/** Makes a schema of an object that accepts the given schema's keys and no others. */
export function section<Output extends object> (
  entries: v.GenericSchema<Record<string, unknown>, Output> & { readonly entries: v.ObjectEntries },
  { expected, knownElsewhere = {}, ignored = [] }: SectionRules
) {
  const known = Object.keys(entries.entries)
  return v.pipe(v.unknown(), v.rawTransform<unknown, Output>(({ dataset, addIssue, NEVER }) => {
    if (Object.prototype.toString.call(dataset.value) !== '[object Object]') {
      addIssue({ message: expected })
      return NEVER
    }
    // Own properties only: a worker gets no others.
    const given = ownProperties(dataset.value as object)
    const outcome = v.safeParse(entries, given)
    for (const { message, input, received, path } of outcome.issues ?? []) {
      addIssue({ message, input, received, ...path && { path } })
    }
    for (const [key, value] of Object.entries(given)) {
      if (known.includes(key) || ignored.includes(key)) continue
      addIssue({
        message: expectedInstead(key, known, knownElsewhere),
        input: value,
        received: key,
        path: [{ type: 'object', origin: 'key', input: given, key, value }]
      })
    }
    return outcome.success ? ownProperties(outcome.output) : NEVER
  }))
}

/** A copy that inherits nothing, since valibot takes what an application added to `Object.prototype` for a key or a schema. */
export function ownProperties<Properties extends object> (value: Properties): Properties & Record<string, unknown> {
  return Object.assign(Object.create(null) as Record<string, unknown>, value)
}

/** Makes a schema of an object's members, also where an application added to `Object.prototype`. */
export function members<const Entries extends v.ObjectEntries> (entries: Entries, expected?: string): v.ObjectSchema<Entries, string | undefined> {
  return v.object(ownProperties(entries), expected)
}

function expectedInstead (key: string, known: readonly string[], knownElsewhere: KnownElsewhere): string {
  const hint = Object.hasOwn(knownElsewhere, key) ? knownElsewhere[key] : undefined
  if (hint !== undefined) return `no such option (${hint})`
  const meant = nearest(key, known)
  return meant === null ? `a known option (${known.join(', ')})` : `a known option (nearest: "${meant}")`
}
