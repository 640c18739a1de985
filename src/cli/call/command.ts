// The shape of every command, and what a command gets when it is called.
import type { Face } from '../screen/face.js'

export interface OptionHelp {
  readonly type: 'boolean' | 'string'
  /** The name of the value in the help; only for an option with a value. */
  readonly placeholder?: string
  /** One letter that stands for the option: `-n`. */
  readonly short?: string
  /** Whether it may be given several times; its values are then in `lists`. */
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
  /** All that was written beside options: FILE and, of commands that take more, what follows it. */
  readonly files: readonly string[]
  readonly flags: ReadonlySet<string>
  readonly values: ReadonlyMap<string, string>
  readonly lists: ReadonlyMap<string, readonly string[]>
  readonly face: Face
}

export interface Command {
  readonly name: string
  /** What it does, as sentences for the help. */
  readonly description: string
  readonly options: OptionsHelp
  /** What the command takes beside options, where that is not one FILE: `FILE...`. */
  readonly takes?: string
  /** A line as one would type it. */
  readonly example: string
  readonly run: (call: Call) => Promise<ExitStatus>
}

/** The options that every command has. */
export const commonOptions = {
  config: { type: 'string', placeholder: 'PATH', help: "the application's options: JSON, or a module's default export" },
  json: { type: 'boolean', help: 'print JSON instead of a table' },
  help: { type: 'boolean', help: 'this text' }
} as const satisfies OptionsHelp
