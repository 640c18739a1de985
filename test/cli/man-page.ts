// Writes the manual page from the texts of the help, so that the two never differ.
import type { Command } from '../../src/cli/call/command.js'

/** The page of these commands, in mdoc. */
export function manPage (commands: readonly Command[]): string {
  return [
    '.\\" Written by test/cli/completion.test.ts from the texts of the help: npx vitest run --project unit test/cli/completion -u',
    '.Dd November 26, 2026',
    '.Dt PINO-ROTOR 1',
    '.Os',
    '.Sh NAME',
    '.Nm pino-rotor',
    '.Nd inspects, reads and controls the log files of a pino-rotor transport',
    '.Sh SYNOPSIS',
    '.Nm',
    '.Ar COMMAND',
    '.Ar FILE',
    '.Op options',
    '.Sh DESCRIPTION',
    '.Ar FILE',
    'is the active file, such as logs/app.log.',
    'The option',
    '.Fl -config Ar PATH',
    'reads the options that the application uses.',
    ...commands.flatMap(({ name, description, options, example }) => [
      `.Ss ${name}`,
      ...sentences(description),
      '.Bl -tag -width Ds',
      ...Object.entries(options).flatMap(optionLines),
      '.El',
      '.Pp',
      'Example:',
      `.Dl ${escaped(example)}`
    ]),
    '.Sh EXIT STATUS',
    '0: all is well.',
    '1: the command looked, and something is wrong.',
    '2: the command was called wrongly, and nothing was changed.',
    ''
  ].join('\n')
}

function optionLines ([name, { short, placeholder, help }]: [string, Command['options'][string]]): string[] {
  const value = placeholder === undefined ? '' : ` Ar ${placeholder}`
  return [`.It ${short === undefined ? '' : `Fl ${short} , `}Fl -${name}${value}`, ...sentences(help)]
}

/** Each sentence begins on a line of its own, as mdoc wants it. */
function sentences (text: string): string[] {
  return escaped(text).split(/(?<=[.:]) (?=[A-Z])/)
}

function escaped (text: string): string {
  return text.replaceAll('\\', '\\e').replace(/^([.'])/, '\\&$1')
}
