// Finds the command that is called, calls it, and turns its result into an exit status, and a failure into one line.
import { readFileSync } from 'node:fs'
import { requireNode } from '../platform/node-version.js'
import { nearest } from '../options/faults/nearest.js'
import { readCall } from './call/arguments.js'
import type { CommandEntry, ExitStatus } from './call/command.js'
import { describeFailure } from './call/failure.js'
import { helpOf, overview } from './call/help.js'
import { UsageError } from './call/usage-error.js'
import type { Face } from './terminal/face.js'
import { OutputClosedError } from './terminal/output.js'

/** Answers a call of a program with these commands: prints what was asked for, and returns the exit status. */
export async function answer (args: readonly string[], face: Face, commands: readonly CommandEntry[]): Promise<ExitStatus> {
  try {
    requireNode()
    return await call(args, face, commands)
  } catch (error) {
    if (error instanceof OutputClosedError) return 0
    const { line, status } = describeFailure(error)
    face.say(line)
    return status
  }
}

async function call ([name, ...rest]: readonly string[], face: Face, commands: readonly CommandEntry[]): Promise<ExitStatus> {
  if (name === undefined) {
    face.sayPart(overview(commands, face.columns))
    return 2
  }
  if (name === '--help' || name === '-h' || name === 'help') return await print(face, await helpText(rest[0], face.columns, commands))
  if (name === '--version') return await print(face, `${version()}\n`)
  const command = await find(name, commands).load()
  const read = readCall(command, rest, face)
  if (read.flags.has('help')) return await print(face, helpOf(command, face.columns))
  face.progress.begin()
  try {
    return await command.run(read)
  } finally {
    face.progress.end()
  }
}

async function helpText (name: string | undefined, columns: number, commands: readonly CommandEntry[]): Promise<string> {
  return name === undefined ? overview(commands, columns) : helpOf(await find(name, commands).load(), columns)
}

function find (name: string, commands: readonly CommandEntry[]): CommandEntry {
  const found = commands.find((command) => command.name === name)
  if (found !== undefined) return found
  const names = commands.map((command) => command.name)
  const meant = nearest(name, names)
  throw new UsageError(name.startsWith('-')
    ? `the command comes first, then its options: pino-rotor COMMAND FILE ${name}`
    : `no command ${name}${meant === null ? '' : `, nearest: ${meant}`} (there are ${names.join(', ')})`)
}

async function print (face: Face, text: string): Promise<ExitStatus> {
  await face.out.write(text)
  return 0
}

function version (): string {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
  return version
}
