// The fenced blocks of a Markdown page, with what their info string says about them: `js`, `js commonjs`, `js server`,
// `js recipe`, `sh`, each optionally with `not-run="a reason"`.

export interface Fence {
  readonly language: string
  readonly words: readonly string[]
  /** Why it cannot be run; null where it is run. */
  readonly notRun: string | null
  readonly code: string
  /** Where it begins, for people. */
  readonly line: number
  /** The heading above it. */
  readonly heading: string
}

const notRun = /\s*not-run="([^"]*)"/

/** Finds every fenced block, in order. */
export function fencesIn (page: string): Fence[] {
  const fences: Fence[] = []
  let heading = ''
  let opened: { info: string, line: number, code: string[] } | null = null
  for (const [index, text] of page.split('\n').entries()) {
    if (opened === null && text.startsWith('```')) opened = { info: text.slice(3), line: index + 1, code: [] }
    else if (opened === null) heading = /^#+ (.*)/.exec(text)?.[1] ?? heading
    else if (text === '```') {
      fences.push(fence(opened, heading))
      opened = null
    } else opened.code.push(text)
  }
  if (opened !== null) throw new Error(`the block of line ${opened.line} is not closed`)
  return fences
}

function fence ({ info, line, code }: { info: string, line: number, code: string[] }, heading: string): Fence {
  const [language = '', ...words] = info.replace(notRun, '').split(/\s+/).filter((word) => word !== '')
  return { language, words, notRun: notRun.exec(info)?.[1] ?? null, code: code.join('\n'), line, heading }
}

/** The page without its fenced blocks. */
export function proseOf (page: string): string {
  return page.replaceAll(/^```.*?^```$/gms, '').trim()
}
