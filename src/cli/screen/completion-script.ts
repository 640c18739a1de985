// Writes the scripts with which bash, zsh and fish complete commands, their options, and the values of a few of these. Everything
// else is completed as a file.
import type { OptionHelp, OptionsHelp } from '../call/command.js'

/** A command as a shell needs to know it. */
export interface Completed {
  readonly name: string
  readonly summary: string
  readonly options: OptionsHelp
}

/** The values that can be listed, by the option that takes them. */
const values: Readonly<Record<string, readonly string[]>> = {
  level: ['trace', 'debug', 'info', 'warn', 'error', 'fatal'],
  by: ['minute', 'hour', 'day', 'level'],
  timezone: ['UTC', 'local']
}
const shells = ['bash', 'zsh', 'fish']

/** The script for the commands, by shell. */
export const completionScripts: ReadonlyMap<string, (commands: readonly Completed[]) => string> = new Map([['bash', bash], ['zsh', zsh], ['fish', fish]])

function bash (commands: readonly Completed[]): string {
  return `# Completes pino-rotor in bash: source <(pino-rotor completion bash)
_pino_rotor () {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} words=
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    words='${[...commands.map(({ name }) => name), '--help', '--version'].join(' ')}'
  else
    case \${COMP_WORDS[1]} in
${commands.map(({ name, options }) => `      ${name}) words='${Object.entries(options).flatMap(flagsOf).join(' ')}' ;;`).join('\n')}
    esac
    case $before in
${Object.entries(values).map(([name, listed]) => `      --${name}) words='${listed.join(' ')}' ;;`).join('\n')}
      completion) [[ $word == -* ]] || words='${shells.join(' ')}' ;;
      *) [[ $word == -* ]] || return ;;
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _pino_rotor pino-rotor
`
}

function zsh (commands: readonly Completed[]): string {
  return `#compdef pino-rotor
# Completes pino-rotor in zsh: source <(pino-rotor completion zsh)
_pino_rotor () {
  local -a commands
  commands=(
${commands.map(({ name, summary }) => `    ${quoted(`${name}:${summary}`)}`).join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  shift words
  (( CURRENT-- ))
  case $words[1] in
${commands.map(({ name, options }) => `    ${name}) _arguments -s ${[...Object.entries(options).map(zshOption), name === 'completion' ? quoted(`1:shell:(${shells.join(' ')})`) : quoted('*:file:_files')].join(' ')} ;;`).join('\n')}
  esac
}
if [ "$funcstack[1]" = _pino_rotor ]; then _pino_rotor "$@"; else compdef _pino_rotor pino-rotor; fi
`
}

function zshOption ([name, option]: readonly [string, OptionHelp]): string {
  const { placeholder, help, multiple = false } = option
  const action = values[name] === undefined ? '_files' : `(${values[name].join(' ')})`
  const text = `[${help.replace(/[[\]:\\]/g, '\\$&')}]${placeholder === undefined ? '' : `:${placeholder}:${action}`}`
  const flags = flagsOf([name, option])
  const repeats = multiple ? '*' : flags.length === 1 ? '' : `(${flags.join(' ')})`
  return flags.map((flag) => quoted(`${repeats}${flag}${text}`)).join(' ')
}

function fish (commands: readonly Completed[]): string {
  const lines = commands.flatMap(({ name, summary, options }) => [
    `complete -c pino-rotor -n __fish_use_subcommand -f -a ${name} -d ${fishQuoted(summary)}`,
    ...Object.entries(options).map(([option, { placeholder, short, help }]) => {
      const value = values[option] === undefined ? placeholder === undefined ? '' : ' -r' : ` -x -a ${fishQuoted(values[option].join(' '))}`
      return `complete -c pino-rotor -n '__fish_seen_subcommand_from ${name}'${short === undefined ? '' : ` -s ${short}`} -l ${option}${value} -d ${fishQuoted(help)}`
    })
  ])
  return `# Completes pino-rotor in fish: save it as ~/.config/fish/completions/pino-rotor.fish
${lines.join('\n')}
complete -c pino-rotor -n '__fish_seen_subcommand_from completion' -f -a '${shells.join(' ')}'
`
}

function flagsOf ([name, { short }]: readonly [string, OptionHelp]): string[] {
  return short === undefined ? [`--${name}`] : [`-${short}`, `--${name}`]
}

function quoted (text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

function fishQuoted (text: string): string {
  return `'${text.replace(/['\\]/g, '\\$&')}'`
}
