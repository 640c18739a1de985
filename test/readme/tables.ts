// The tables of a Markdown page as rows of cells.

/** The rows below the heading of the first table after a headline, each cell without its backticks where it is one word. */
export function tableUnder (page: string, headline: string): string[][] {
  const [, section] = page.split(`# ${headline}\n`)
  if (section === undefined) throw new Error(`no section ${headline}`)
  const lines = section.split('\n')
  const start = lines.findIndex((line) => line.startsWith('|'))
  const end = lines.findIndex((line, index) => index > start && !line.startsWith('|'))
  return lines.slice(start + 2, end).map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim()))
}

/** The words in backticks of a cell. */
export function wordsIn (cell: string): string[] {
  return [...cell.matchAll(/`([^`]*)`/g)].map(([, word = '']) => word)
}
