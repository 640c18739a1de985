// Makes text from files, names and other processes safe to print. A terminal obeys control characters, which could hide or
// change what the user sees. They are shown as JavaScript's escapes.
import { wrapLine } from './wrap.js'

// Controls (C0, DEL, C1), line and paragraph separators, and marks that change the direction of writing.
const control = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu
const shortEscapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** The text with its control characters as escapes. */
export function visible (text: string): string {
  return text.replaceAll(control, (character) => shortEscapes[character] ?? escapeOf(character))
}

/** A value as JSON to print. Control characters in it are escaped, even those that JSON allows. */
export function showJson (value: unknown): string {
  const text = JSON.stringify(value, null, 2)
  return `${text.replaceAll(control, (character) => character === '\n' ? character : escapeOf(character))}\n`
}

/** Lines of text to print. Those that are wider than that are broken. */
export function showLines (lines: readonly string[], columns: number): string {
  return lines.flatMap((line) => wrapLine(visible(line), columns)).map((line) => `${line}\n`).join('')
}

function escapeOf (character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
