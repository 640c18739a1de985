// Fields by dotted paths: `req.url` is the field `url` of the object in the field `req`. A key may contain dots itself, as those of
// ECS and OpenTelemetry do: `trace.id` is also the field `trace.id`.

/** Editors and shells of Windows write it at a file's beginning. */
const byteOrderMark = 0xfeff

/**
 * Reads the value at the path; undefined if the line has no such field. Where several are meant, the innermost object counts.
 * A path does not lead into arrays.
 */
export function fieldAt (record: unknown, path: readonly string[]): unknown {
  if (typeof record !== 'object' || record === null || Array.isArray(record)) return undefined
  for (let names = 1; names <= path.length; names++) {
    const key = path.slice(0, names).join('.')
    if (!Object.hasOwn(record, key)) continue
    const value = (record as Record<string, unknown>)[key]
    const found = names === path.length ? value : fieldAt(value, path.slice(names))
    if (found !== undefined) return found
  }
  return undefined
}

/** Parses a line as a JSON object; null for anything else. A byte order mark before it does not count. */
export function parseRecord (line: string): Record<string, unknown> | null {
  try {
    const record: unknown = JSON.parse(line.charCodeAt(0) === byteOrderMark ? line.slice(1) : line)
    return typeof record === 'object' && record !== null && !Array.isArray(record) ? record as Record<string, unknown> : null
  } catch {
    return null // Not every line is JSON: a stack trace, a torn line.
  }
}

/** The value of a field as text: a text as it is, and anything else as JSON. */
export function valueText (value: unknown): string {
  if (typeof value === 'string') return value
  try {
    return JSON.stringify(value)
  } catch {
    return Array.isArray(value) ? '[…]' : '{…}' // It is nested too deep.
  }
}
