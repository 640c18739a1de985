// What a command knows about its reader: a person at a terminal, or a program behind a pipe. Data goes to stdout. Messages
// about it go to stderr.
import { fstatSync } from 'node:fs'
import { isatty } from 'node:tty'
import { Output } from './output.js'
import { Progress } from './progress.js'
import { visible } from './visible.js'
import { columnsMax } from './wrap.js'

export type Colour = 'red' | 'yellow' | 'green' | 'dim' | 'bold'

export interface Face {
  readonly out: Output
  /** Whether stdout is a terminal. */
  readonly isTerminal: boolean
  /** Shows that the command works while it prints nothing. It has no effect unless stderr is a terminal. */
  readonly progress: Progress
  /** The width of a screen of ours. It is not wider than people read well. */
  readonly columns: number
  /** The whole width of the terminal. Infinity in a pipe, because programs read it by lines. */
  readonly lineColumns: number
  /** Makes control characters visible, and adds colour if wanted. */
  readonly paint: (colour: Colour, text: string) => string
  /** Writes a line to stderr, with its control characters as escapes. */
  readonly say: (line: string) => void
  /** Writes to stderr unchanged, for help. */
  readonly sayPart: (text: string) => void
}

const codes: Readonly<Record<Colour, number>> = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33 }
/** Half of a usual screen, as beside an editor. */
const columnsUsual = 60
const columnsMin = 40

/**
 * The face of this process. It uses process.stdout only if that is a terminal, because looking at it would make a pipe
 * non-blocking.
 */
export function processFace (): Face {
  const { env } = process
  const isTerminal = isatty(1)
  const isColoured = isTerminal && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb'
  const stderr = new Voice()
  const progress = new Progress(isatty(2) && env['TERM'] !== 'dumb' ? (text) => { stderr.write(text) } : () => {})
  return {
    out: new Output(1, isTerminal || isFile(1) ? () => { progress.giveWay() } : () => { progress.end() }),
    isTerminal,
    progress,
    get columns () { return Math.max(columnsMin, Math.min(columnsMax, widthOf(isTerminal, env) ?? columnsUsual)) },
    get lineColumns () { return Math.max(columnsMin, widthOf(isTerminal, env) ?? Infinity) },
    paint: (colour, text) => isColoured ? `\u001b[${codes[colour]}m${visible(text)}\u001b[0m` : visible(text),
    say: (line) => {
      progress.giveWay()
      stderr.write(`pino-rotor: ${visible(line)}\n`)
    },
    sayPart: (text) => { stderr.write(text) }
  }
}

// Behind a pipe may be a pager, which owns the terminal from the first line on.
function isFile (descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isFile()
  } catch {
    return false // Closed.
  }
}

// A user who sets COLUMNS wants that width in a pipe too.
function widthOf (isTerminal: boolean, { COLUMNS }: NodeJS.ProcessEnv): number | null {
  if (isTerminal && process.stdout.columns > 0) return process.stdout.columns
  return /^[1-9]\d{0,4}$/.test(COLUMNS ?? '') ? Number(COLUMNS) : null
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
