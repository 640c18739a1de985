// Draws the doctor's findings, each with its remedy below.
import type { Finding, FindingState } from '../checks/finding.js'
import type { Colour, Face } from './face.js'
import { showCount } from './units.js'
import { visible } from './visible.js'
import { columnsMax, wrap } from './wrap.js'

const indent = ' '.repeat(16)
const signs: Readonly<Record<FindingState, { readonly sign: string, readonly colour: Colour }>> = {
  ok: { sign: '✓', colour: 'green' },
  warning: { sign: '!', colour: 'yellow' },
  problem: { sign: '✗', colour: 'red' }
}

/** Draws the findings and a summary. */
export function doctorScreen (findings: readonly Finding[], shown: string, { paint }: Pick<Face, 'paint'>): string {
  const lines = findings.flatMap(({ check, state, message, remedy }) => {
    const { sign, colour } = signs[state]
    const [first = '', ...rest] = wrapped(message)
    return [
      `${paint(colour, sign)} ${check.padEnd(13)} ${first}`,
      ...rest.map((line) => indent + line),
      ...remedy === null ? [] : wrapped(`→ ${remedy}`).map((line) => indent + paint('bold', line))
    ]
  })
  return `${[paint('bold', shown), '', ...lines, '', summary(findings)].join('\n')}\n`
}

function summary (findings: readonly Finding[]): string {
  const [problems, warnings] = (['problem', 'warning'] as const).map((state) => findings.filter((finding) => finding.state === state).length)
  if (problems === 0 && warnings === 0) return 'all is well'
  return `${showCount(problems ?? 0, 'problem')}, ${showCount(warnings ?? 0, 'warning')}`
}

// A command at the end is kept on one line, so that it can be copied.
function wrapped (text: string): string[] {
  return wrap(visible(text), columnsMax - indent.length, /pino-rotor \w+ \S.*$|\S+/g)
}
