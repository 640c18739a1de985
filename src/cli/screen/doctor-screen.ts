// Draws the doctor's findings, each with its remedy below.
import type { Finding, FindingState } from '../checks/finding.js'
import type { Colour, Face } from '../terminal/face.js'
import { showCount, shorten } from './units.js'
import { visible } from '../terminal/visible.js'
import { wrap, wrapCommand } from '../terminal/wrap.js'

const indent = ' '.repeat(16)
const commandIndent = '    '
const signs: Readonly<Record<FindingState, { readonly sign: string, readonly colour: Colour }>> = {
  ok: { sign: '✓', colour: 'green' },
  warning: { sign: '!', colour: 'yellow' },
  problem: { sign: '✗', colour: 'red' }
}

/** Draws the findings and a summary. */
export function doctorScreen (findings: readonly Finding[], shown: string, { paint, columns }: Pick<Face, 'paint' | 'columns'>): string {
  const lines = findings.flatMap(({ check, state, message, remedy }) => {
    const { sign, colour } = signs[state]
    const [first = '', ...rest] = wrap(visible(message), columns - indent.length)
    return [
      `${paint(colour, sign)} ${check.padEnd(13)} ${first}`,
      ...rest.map((line) => indent + line),
      ...remedy === null ? [] : remedyLines(visible(remedy), columns, paint)
    ]
  })
  return `${[paint('bold', shorten(shown, columns)), '', ...lines, '', summary(findings)].join('\n')}\n`
}

function summary (findings: readonly Finding[]): string {
  const [problems, warnings] = (['problem', 'warning'] as const).map((state) => findings.filter((finding) => finding.state === state).length)
  if (problems === 0 && warnings === 0) return 'all is well'
  return `${showCount(problems ?? 0, 'problem')}, ${showCount(warnings ?? 0, 'warning')}`
}

// A command at the end stands on lines of its own, so that it can be copied.
function remedyLines (remedy: string, columns: number, paint: Face['paint']): string[] {
  const [, text = remedy, command = ''] = /^(.*?)(pino-rotor \w+ \S.*)?$/.exec(remedy) ?? []
  return [
    ...wrap(`→ ${text}`, columns - indent.length).map((line) => indent + paint('bold', line)),
    ...command === '' ? [] : wrapCommand(command, columns - commandIndent.length).map((line) => commandIndent + paint('bold', line))
  ]
}
