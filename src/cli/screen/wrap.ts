// Breaks text into lines of a screen's width.

/** A screen has this many columns. */
export const columnsMax = 80

/** Breaks a text into lines of at most that many characters. Matches of the pattern are not broken. */
export function wrap (text: string, width: number, unbroken = /\S+/g): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.match(unbroken) ?? []) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = ''
    }
    line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}
