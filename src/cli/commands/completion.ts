// `pino-rotor completion`: prints a script with which a shell completes commands, options and files.
import { commonOptions, type Call, type Command, type CommandEntry, type ExitStatus } from '../call/command.js'
import { UsageError } from '../call/usage-error.js'
import { completionScripts, type Completed } from '../screen/completion-script.js'

/** The command that completes these commands and itself. */
export function completionOf (others: readonly CommandEntry[]): Command {
  const completion: Command = {
    name: 'completion',
    takes: 'SHELL',
    description: 'Prints a script that completes commands, options and files in your shell: bash, zsh or fish. For bash and zsh, write into ~/.bashrc or ~/.zshrc: ' +
      'source <(pino-rotor completion bash). For fish, write the script to ~/.config/fish/completions/pino-rotor.fish.',
    options: { help: commonOptions.help },
    example: 'source <(pino-rotor completion bash)',
    run: async (call) => await print(call, [...await Promise.all(others.map(completed)), { name: 'completion', summary: 'prints this script', options: completion.options }])
  }
  return completion
}

async function completed ({ name, summary, load }: CommandEntry): Promise<Completed> {
  return { name, summary, options: (await load()).options }
}

async function print ({ file, face }: Call, commands: readonly Completed[]): Promise<ExitStatus> {
  const script = file === null ? undefined : completionScripts.get(file)
  if (script === undefined) throw new UsageError(`completion: expected bash, zsh or fish, received ${file === null ? 'nothing' : JSON.stringify(file)}`)
  await face.out.write(script(commands))
  return 0
}
