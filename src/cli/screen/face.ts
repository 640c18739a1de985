// What a command may know of who reads it: a person at a terminal or a program behind a pipe. Data goes to stdout,
// everything that is said about it to stderr.
import { Output } from './output.js'

export type Colour = 'red' | 'yellow' | 'green' | 'dim' | 'bold'

export interface Face {
  readonly out: Output
  /** Whether stdout is a terminal. */
  readonly isTerminal: boolean
  /** Whether a progress bar on stderr has somebody to look at it. */
  readonly showsProgress: boolean
  readonly columns: number
  /** Colours the text where that is wanted; else gives it back as it is. */
  readonly paint: (colour: Colour, text: string) => string
  /** Writes a line to stderr. */
  readonly say: (line: string) => void
  /** Writes to stderr without a newline, for progress. */
  readonly sayPart: (text: string) => void
}

const codes: Readonly<Record<Colour, number>> = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33 }
const columnsUsual = 80

/** The face of this process. */
export function processFace (): Face {
  const { stdout, stderr, env } = process
  // A closed stderr is no reason to stop.
  stderr.on('error', () => {})
  const isTerminal = stdout.isTTY
  const isColoured = isTerminal && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb'
  return {
    out: new Output(1),
    isTerminal,
    showsProgress: stderr.isTTY && env['TERM'] !== 'dumb',
    columns: isTerminal && stdout.columns > 0 ? stdout.columns : columnsUsual,
    paint: (colour, text) => isColoured ? `\u001b[${codes[colour]}m${text}\u001b[0m` : text,
    say: (line) => { stderr.write(`pino-rotor: ${line}\n`) },
    sayPart: (text) => { stderr.write(text) }
  }
}
