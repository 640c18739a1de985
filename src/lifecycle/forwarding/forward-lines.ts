// Prepares the lines of a batch for sending. Lines below the level are left out. Each line gets an identity that is the same
// at every attempt.
import { createHash } from 'node:crypto'
import { LineMatcher } from '../../policy/filters/line-match.js'
import type { ForwardedLine } from '../../policy/forwarding/otlp-request.js'
import type { LineBatch } from '../../reading/cursor-source.js'

const newline = 0x0a

/** Splits a batch into lines. `log` names the log, so that the same line in two logs has two identities. */
export function forwardedLines ({ lines, from }: LineBatch, levelMin: number | null, log: string): ForwardedLine[] {
  const matcher = levelMin === null ? null : new LineMatcher({ levelMin, levelName: null, fields: [] })
  matcher?.begin(lines)
  const place = `${log}\0${from.after === null ? '' : `${from.after.stamp}.${from.after.n}`}\0`
  const found: ForwardedLine[] = []
  for (let start = 0, next = 0; start < lines.length; start = next) {
    const at = lines.indexOf(newline, start)
    const end = at === -1 ? lines.length : at
    next = end + 1
    if (end === start || matcher?.matches(start, end) === false) continue
    const text = lines.toString('utf8', start, end)
    found.push({ text, uid: createHash('sha256').update(`${place}${from.offset + start}\0${text}`).digest('hex').slice(0, 32) })
  }
  return found
}
