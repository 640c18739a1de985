// Breaks text into lines of a screen's width.

/** No screen is wider, even on a wider terminal. */
export const columnsMax = 80

/** Breaks a text between words into lines of at most that many characters. A word that is longer is broken too. */
export function wrap (text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of (text.match(/\S+/g) ?? []).flatMap((word) => pieces(word, width))) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = ''
    }
    line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}

/**
 * Breaks a line that is too long. Its later lines are indented: below the second column if the line has two columns, else
 * by two spaces.
 */
export function wrapLine (line: string, width: number): string[] {
  if (line.length <= width) return [line]
  const column = /^ *(?:\S+(?: \S+)* {2,})?/.exec(line)?.[0] ?? ''
  const head = column.length <= width / 3 ? column : ''
  const hanging = ' '.repeat(Math.max(2, head.length))
  const [first = '', ...rest] = head === '' ? wrapHanging(line, width) : wrap(line.slice(head.length), width - head.length)
  return [head + first, ...rest.map((text) => hanging + text)]
}

/** Breaks a shell command before its options and arguments, so that it can still be copied and run. */
export function wrapCommand (command: string, width: number): string[] {
  if (command.length <= width) return [command]
  const lines: string[] = []
  for (const word of command.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + word.length + 3 <= width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(last === undefined ? word : `  ${word}`)
  }
  return lines.map((line, index) => index === lines.length - 1 ? line : `${line} \\`)
}

// The first line is two characters longer than the others, which are indented.
function wrapHanging (line: string, width: number): string[] {
  const [first = ''] = wrap(line, width)
  const rest = line.trimStart().slice(first.length).trim()
  return rest === '' ? [first] : [first, ...wrap(rest, width - 2)]
}

function pieces (word: string, width: number): string[] {
  if (word.length <= width) return [word]
  return Array.from({ length: Math.ceil(word.length / width) }, (_, index) => word.slice(index * width, (index + 1) * width))
}
