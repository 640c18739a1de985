// Parses arguments with node:util. The error for an unknown option names the nearest known one.
import { parseArgs, type ParseArgsConfig } from 'node:util'
import { nearest } from '../../options/faults/nearest.js'
import type { Face } from '../terminal/face.js'
import type { Call, Command, OptionsHelp } from './command.js'
import { UsageError } from './usage-error.js'
import { isError } from '../../errors.js'

/** Parses a command's arguments, or throws a UsageError with advice. */
export function readCall (command: Command, args: readonly string[], face: Face): Call {
  const given = [...args]
  refuseUnknown(given, command)
  const { values, positionals } = parse(given, command)
  const [file, ...rest] = positionals
  if (rest.length > 0 && command.takes === undefined) throw new UsageError(`${command.name} takes one FILE, not ${positionals.length} (${positionals.join(' ')})`)
  const entries = Object.entries(values)
  return {
    file: file ?? null,
    files: positionals,
    flags: new Set(entries.filter(([, value]) => value === true).map(([name]) => name)),
    values: new Map(entries.flatMap(([name, value]): Array<[string, string]> => typeof value === 'string' ? [[name, value]] : [])),
    lists: new Map(entries.flatMap(([name, value]): Array<[string, readonly string[]]> => Array.isArray(value) ? [[name, value.map(String)]] : [])),
    face
  }
}

function refuseUnknown (args: string[], { name, options }: Command): void {
  const { tokens } = parseArgs({ args, options: toParse(options), strict: false, allowPositionals: true, tokens: true })
  for (const token of tokens) {
    if (token.kind !== 'option' || Object.hasOwn(options, token.name)) continue
    const meant = nearest(token.name, Object.keys(options))
    throw new UsageError(`${name} has no option ${token.rawName}${meant === null ? '' : `, nearest: --${meant}`} (pino-rotor ${name} --help lists them)`)
  }
}

function parse (args: string[], { name, options }: Command) {
  try {
    return parseArgs({ args, options: toParse(options), allowPositionals: true })
  } catch (error) {
    // The first sentence of the message names the option and the fault. The rest is about other calls.
    const [message = ''] = String(isError(error) ? error.message : error).split(/[\n.]/)
    const [, option] = /^Option '(--[\w-]+)[^']*' argument is ambiguous$/.exec(message) ?? []
    if (option !== undefined) throw new UsageError(`${name}: ${option} needs a value. A value that begins with "-" is written ${option}=-…`)
    throw new UsageError(`${name}: ${message.replace(/^Option '(--[\w-]+)[^']*'/, '$1')}`)
  }
}

function toParse (options: OptionsHelp): NonNullable<ParseArgsConfig['options']> {
  return Object.fromEntries(Object.entries(options).map(([name, { type, short = name === 'help' ? 'h' : undefined, multiple = false }]) => {
    return [name, { type, multiple, ...short !== undefined && { short } }]
  }))
}
