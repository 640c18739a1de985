// What every command of the command line looks like, and what it is given when it is called.
import type { Face } from '../screen/face.js'

export interface OptionHelp {
  readonly type: 'boolean' | 'string'
  /** What stands for the value in the help; only where there is one. */
  readonly placeholder?: string
  readonly help: string
}

export type OptionsHelp = Readonly<Record<string, OptionHelp>>

/** 0: all is well. 1: it looked, and something is wrong. 2: it was called wrongly. */
export type ExitStatus = 0 | 1 | 2

/** A call of a command, its arguments read. */
export interface Call {
  /** The active file's path as it was written, or null where only `--config` names it. */
  readonly file: string | null
  readonly flags: ReadonlySet<string>
  readonly values: ReadonlyMap<string, string>
  readonly face: Face
}

export interface Command {
  readonly name: string
  /** What it does, as sentences for the help. */
  readonly description: string
  readonly options: OptionsHelp
  /** A line as one would type it. */
  readonly example: string
  readonly run: (call: Call) => Promise<ExitStatus>
}

/** The options that every command has. */
export const commonOptions = {
  config: { type: 'string', placeholder: 'PATH', help: "the application's options: JSON, or a module's default export" },
  json: { type: 'boolean', help: 'JSON where a person would else get a table' },
  help: { type: 'boolean', help: 'this text' }
} as const satisfies OptionsHelp
