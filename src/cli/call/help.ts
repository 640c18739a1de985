// The help texts: one for all commands, and one for each command with its options and an example.
import { wrap, wrapCommand } from '../terminal/wrap.js'
import type { Command, OptionsHelp } from './command.js'

/** The overview: one line for each command. */
export function overview (commands: ReadonlyArray<{ readonly name: string, readonly summary: string }>, columns: number): string {
  return [
    'Usage: pino-rotor COMMAND FILE [options]',
    '',
    ...wrap('Inspects, reads and controls the log files of a pino-rotor transport. FILE is the active file, such as logs/app.log. --config PATH reads the options that the application uses.', columns),
    '',
    'Commands:',
    ...aligned(commands.map(({ name, summary }) => [name, summary]), columns),
    '',
    ...wrap('pino-rotor COMMAND --help lists its options. --version prints the version. Exit status: 0 all is well, 1 something is wrong, 2 called wrongly.', columns),
    ''
  ].join('\n')
}

/** The help of one command. */
export function helpOf ({ name, description, options, takes = 'FILE', example }: Command, columns: number): string {
  return [
    `Usage: pino-rotor ${name} ${takes} [options]`,
    '',
    ...wrap(description, columns),
    '',
    'Options:',
    ...aligned(optionRows(options), columns),
    '',
    'Example:',
    ...wrapCommand(example, columns - 2).map((line) => `  ${line}`),
    ''
  ].join('\n')
}

function optionRows (options: OptionsHelp): Array<[string, string]> {
  return Object.entries(options).map(([name, { placeholder, short, help }]) => {
    return [`${short === undefined ? '' : `-${short}, `}--${name}${placeholder === undefined ? '' : ` ${placeholder}`}`, help]
  })
}

function aligned (rows: ReadonlyArray<readonly [string, string]>, columns: number): string[] {
  const width = rows.reduce((most, [left]) => Math.max(most, left.length), 0) + 4
  return rows.flatMap(([left, right]) => {
    const [first = '', ...rest] = wrap(right, columns - width)
    return [`  ${left.padEnd(width - 2)}${first}`, ...rest.map((line) => ' '.repeat(width) + line)]
  })
}
