// The shape of a command, and the input that it gets.
import type { Face } from '../terminal/face.js'

export interface OptionHelp {
  readonly type: 'boolean' | 'string'
  /** The name of the value in the help. Only for an option with a value. */
  readonly placeholder?: string
  /** The option's one-letter form: `-n`. */
  readonly short?: string
  /** Whether it may occur several times. Its values are then in `lists`. */
  readonly multiple?: boolean
  readonly help: string
}

export type OptionsHelp = Readonly<Record<string, OptionHelp>>

/** 0: all is well. 1: the command looked, and something is wrong. 2: it was called wrongly. */
export type ExitStatus = 0 | 1 | 2

/** A call of a command, with parsed arguments. */
export interface Call {
  /** The active file's path as the user wrote it; null if only `--config` names it. */
  readonly file: string | null
  /** All arguments that are not options: FILE and, for some commands, more. */
  readonly files: readonly string[]
  readonly flags: ReadonlySet<string>
  readonly values: ReadonlyMap<string, string>
  readonly lists: ReadonlyMap<string, readonly string[]>
  readonly face: Face
}

export interface Command {
  readonly name: string
  /** What the command does, as sentences for the help. */
  readonly description: string
  readonly options: OptionsHelp
  /** The arguments besides options, if they are not one FILE: `FILE...`. */
  readonly takes?: string
  /** An example call. */
  readonly example: string
  readonly run: (call: Call) => Promise<ExitStatus>
}

/** What the help says of a command, and how it is loaded. */
export interface CommandEntry {
  readonly name: string
  readonly summary: string
  readonly load: () => Promise<Command>
}

/** The options that every command has. */
export const commonOptions = {
  config: { type: 'string', placeholder: 'PATH', help: "the application's options: JSON, or a module's default export" },
  json: { type: 'boolean', help: 'print JSON instead of a table' },
  help: { type: 'boolean', help: 'this text' }
} as const satisfies OptionsHelp
