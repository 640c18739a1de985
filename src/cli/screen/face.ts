// What a command knows about its reader: a person at a terminal, or a program behind a pipe. Data goes to stdout. Messages
// about it go to stderr.
import { isatty } from 'node:tty'
import { Output } from './output.js'
import { visible } from './visible.js'

export type Colour = 'red' | 'yellow' | 'green' | 'dim' | 'bold'

export interface Face {
  readonly out: Output
  /** Whether stdout is a terminal. */
  readonly isTerminal: boolean
  /** Whether stderr is a terminal that can show a progress bar. */
  readonly showsProgress: boolean
  readonly columns: number
  /** Makes control characters visible, and adds colour if wanted. */
  readonly paint: (colour: Colour, text: string) => string
  /** Writes a line to stderr, with its control characters as escapes. */
  readonly say: (line: string) => void
  /** Writes to stderr unchanged, for progress and help. */
  readonly sayPart: (text: string) => void
}

const codes: Readonly<Record<Colour, number>> = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33 }
const columnsUsual = 80

/**
 * The face of this process. It uses process.stdout only if that is a terminal, because looking at it would make a pipe
 * non-blocking.
 */
export function processFace (): Face {
  const { env } = process
  const isTerminal = isatty(1)
  const isColoured = isTerminal && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb'
  const stderr = new Voice()
  return {
    out: new Output(1),
    isTerminal,
    showsProgress: isatty(2) && env['TERM'] !== 'dumb',
    columns: isTerminal && process.stdout.columns > 0 ? process.stdout.columns : columnsUsual,
    paint: (colour, text) => isColoured ? `\u001b[${codes[colour]}m${visible(text)}\u001b[0m` : visible(text),
    say: (line) => { stderr.write(`pino-rotor: ${visible(line)}\n`) },
    sayPart: (text) => { stderr.write(text) }
  }
}

/** Standard error. It is opened with the first message, because it is often the same pipe as standard output. */
class Voice {
  #stream: NodeJS.WriteStream | null = null

  write (text: string): void {
    this.#stream ??= opened()
    this.#stream.write(text)
  }
}

function opened (): NodeJS.WriteStream {
  // A closed stderr must not stop the command.
  return process.stderr.on('error', () => {})
}
