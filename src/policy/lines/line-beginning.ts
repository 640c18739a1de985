// The fields at the beginning of a line that is still coming. A line of many MiB is routed by what its first part says.
import { parseRecord } from './field-path.js'

/** Fields that come later are not looked for. */
const bytesMax = 64 * 1024
/** A comma may stand in a text or in an inner object; then the one before it is tried. */
const attemptsMax = 100

/** The whole fields at the beginning of a JSON object that is cut off; null if there are none. */
export function parseBeginning (line: Buffer): Record<string, unknown> | null {
  const text = line.toString('utf8', 0, bytesMax)
  let end = text.length
  for (let attempt = 0; attempt < attemptsMax && end > 0; attempt++) {
    end = text.lastIndexOf(',"', end - 1)
    const record = end < 1 ? null : parseRecord(`${text.slice(0, end)}}`)
    if (record !== null) return record
  }
  return null
}
