// Fields by dotted paths: `req.url` is the field `url` of the object in the field `req`.

/** Reads the value at the path; undefined if the line has no such field. A path does not lead into arrays. */
export function fieldAt (record: unknown, path: readonly string[]): unknown {
  let value = record
  for (const name of path) {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, name)) return undefined
    value = (value as Record<string, unknown>)[name]
  }
  return value
}

/** Parses a line as a JSON object; null for anything else. */
export function parseRecord (line: string): Record<string, unknown> | null {
  try {
    const record: unknown = JSON.parse(line)
    return typeof record === 'object' && record !== null && !Array.isArray(record) ? record as Record<string, unknown> : null
  } catch {
    return null // Not every line is JSON: a stack trace, a torn line.
  }
}
