// Lines that are forwarded, made from texts.
import { ForwardedLines } from '../../src/policy/forwarding/forwarded-lines.js'

/** The texts, as lines of a file that begin at `offset`. */
export function forwardedLines (texts: readonly string[], offset = 0): ForwardedLines {
  const bounds: number[] = []
  let at = 0
  for (const text of texts) {
    bounds.push(at, at + Buffer.byteLength(text))
    at += Buffer.byteLength(text) + 1
  }
  return new ForwardedLines(Buffer.from(texts.map((text) => `${text}\n`).join('')), Uint32Array.from(bounds), Buffer.from('file'), offset)
}
