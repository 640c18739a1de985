// The log shippers that Debian has, each reading one log and writing what it would have sent into a file. Their settings
// are the ones that docs/shippers.md recommends.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { unpackRsyslog, type Program } from './unpacked.js'

export interface Shipper {
  readonly name: string
  readonly command: string
  /** Where the command is if it is not installed. */
  readonly unpack?: () => Program | null
  /** Writes what it needs into the folder and returns its arguments. */
  readonly prepare: (folder: string, log: string, output: string) => string[]
}

export const shippers: readonly Shipper[] = [
  {
    name: 'tail -F',
    command: 'tail',
    prepare: (_folder, log) => ['--follow=name', '--retry', '--lines=+1', log]
  },
  {
    name: 'rsyslog imfile',
    command: 'rsyslogd',
    unpack: unpackRsyslog,
    prepare (folder, log, output) {
      const file = join(folder, 'rsyslog.conf')
      writeFileSync(file, `
global(workDirectory="${folder}" maxMessageSize="64k")
module(load="imfile")
template(name="raw" type="string" string="%rawmsg%\\n")
ruleset(name="ship") { action(type="omfile" file="${output}" template="raw") }
input(type="imfile" file="${log}" tag="app:" ruleset="ship" persistStateInterval="1000")
`)
      return ['-n', '-f', file, '-i', join(folder, 'rsyslog.pid')]
    }
  },
  {
    name: 'syslog-ng file()',
    command: 'syslog-ng',
    prepare (folder, log, output) {
      const file = join(folder, 'syslog-ng.conf')
      writeFileSync(file, `@version: 3.38
options { stats-freq(0); };
source s_app { file("${log}" flags(no-parse) follow-freq(0.02) log-fetch-limit(1000)); };
destination d_out { file("${output}" template("\${MSG}\\n") flush-lines(1)); };
log { source(s_app); destination(d_out); flags(flow-control); };
`)
      const own = ['persist', 'pid', 'ctl'].map((name) => join(folder, `syslog-ng.${name}`))
      return ['--foreground', '--no-caps', `--cfgfile=${file}`, `--persist-file=${own[0] ?? ''}`, `--pidfile=${own[1] ?? ''}`, `--control=${own[2] ?? ''}`]
    }
  }
]

/** Looks for the command without running it: what tells one program's version starts another as a daemon. */
export function isInstalled (command: string): boolean {
  return spawnSync('sh', ['-c', 'command -v "$1"', 'sh', command]).status === 0
}

/** The shipper's program, installed or unpacked; null where it is missing. */
export function programOf ({ command, unpack }: Shipper): Program | null {
  if (isInstalled(command)) return { command, args: [], environment: {}, remove () {} }
  return unpack?.() ?? null
}

export interface RunningShipper {
  readonly name: string
  readonly output: string
  stop: () => Promise<void>
}

/** Starts the shipper on the log; `tail` prints what the others write themselves. */
export function startShipper ({ name, command, prepare }: Shipper, program: Program, folder: string, log: string): RunningShipper {
  const own = join(folder, name.replace(/\W+/g, '-'))
  mkdirSync(own)
  const output = join(own, 'output')
  writeFileSync(output, '')
  const stdout = command === 'tail' ? openSync(output, 'a') : 'ignore'
  const child = spawn(program.command, [...program.args, ...prepare(own, log, output)], {
    env: { ...process.env, ...program.environment },
    stdio: ['ignore', stdout, 'ignore']
  })
  return { name, output, stop: async () => { await stop(child) } }
}

async function stop (child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  await ended
}
