// Runs the fault application under strace, which makes the Nth call of a kind on the log's files fail or be the last.
// strace counts for each thread and each call by itself; only calls on the paths given count.
import { spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { FaultBuild } from './fault-build.js'
import type { Life } from './fault-application.js'

export interface Fault {
  readonly call: string
  /** For example `signal=KILL` or `error=EIO`. */
  readonly effect: string
  /** For example `3`, `3+` or `3..7`. */
  readonly when: string
}

export interface Outcome {
  readonly code: number | null
  readonly signal: string | null
  readonly stderr: string
}

export interface TracedRun {
  readonly build: FaultBuild
  readonly life: Life
  /** Every path that the log may use; none for the calls on whatever path. */
  readonly paths: readonly string[]
  readonly calls: readonly string[]
  readonly fault?: Fault
  /** Whether strace notes the path of each descriptor. */
  readonly namesDescriptors?: boolean
  /** Where strace notes the calls. */
  readonly trace: string
}

/** Calls that a log's files see, as Node makes them on this kernel. */
export const fileCalls = ['openat', 'close', 'statx', 'link', 'rename', 'unlink', 'write', 'pwrite64', 'read', 'pread64', 'fsync', 'getdents64', 'chmod', 'fchmod', 'chown', 'fchown', 'utimensat', 'statfs', 'mkdir'] as const

/** Why faults cannot be made here by strace; null where they can. */
export function whyNoStrace (): string | null {
  if (process.platform !== 'linux') return 'strace needs Linux'
  const { error, status } = spawnSync('strace', ['-f', '--seccomp-bpf', '-e', 'trace=openat', '-e', 'inject=openat:error=EIO:when=60000', '-o', '/dev/null', 'true'])
  if (error !== undefined) return 'strace is not installed'
  return status === 0 ? null : 'strace may not trace here'
}

/** Runs one life under strace. */
export async function runTraced ({ build, life, paths, calls, fault, namesDescriptors = false, trace }: TracedRun): Promise<Outcome> {
  // The quicker way to stop at calls, by seccomp, does not deliver signals.
  const manner = fault?.effect.startsWith('signal=') === true ? ['-f'] : ['-f', '--seccomp-bpf']
  const injection = fault === undefined ? [] : ['-e', `inject=${fault.call}:${fault.effect}:when=${fault.when}`]
  return await run('strace', [
    ...manner, ...(namesDescriptors ? ['-y'] : []), '-qq', '-o', trace, ...paths.flatMap((path) => ['-P', path]),
    '-e', `trace=${calls.join(',')}`, ...injection, process.execPath, build.application, JSON.stringify(life)
  ], build)
}

/** Runs one life as it is. */
export async function runLife (build: FaultBuild, life: Life): Promise<Outcome> {
  return await run(process.execPath, [build.application, JSON.stringify(life)], build)
}

async function run (command: string, commandArguments: string[], { environment }: FaultBuild): Promise<Outcome> {
  const child = spawn(command, commandArguments, { env: environment, stdio: ['ignore', 'ignore', 'pipe'] })
  let stderr = ''
  child.stderr.on('data', (text: Buffer) => { stderr += text.toString() })
  return await new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => { resolve({ code, signal, stderr }) })
  })
}

/** One call as strace noted it. */
export interface TracedCall {
  readonly thread: string
  readonly call: string
  readonly text: string
}

/** The calls that strace noted, in the order in which they began. */
export function readTrace (trace: string): TracedCall[] {
  return joined(readFileSync(trace, 'utf8').split('\n')).flatMap((text) => {
    const match = /^(\d+)\s+(\w+)\(/.exec(text)
    return match === null ? [] : [{ thread: match[1] ?? '', call: match[2] ?? '', text }]
  })
}

// Where the call of another thread comes between, the end of a call is noted on a line of its own.
function joined (lines: readonly string[]): string[] {
  const whole: string[] = []
  const latest = new Map<string, number>()
  for (const line of lines) {
    const [, thread = '', isEnd] = /^(\d+)\s+(<\.\.\. )?/.exec(line) ?? []
    const begun = latest.get(thread)
    if (isEnd !== undefined && begun !== undefined) whole[begun] += line
    else latest.set(thread, whole.push(line) - 1)
  }
  return whole
}

/** The calls that strace made fail. */
export function injectedCalls (trace: string): TracedCall[] {
  return readTrace(trace).filter(({ text }) => text.includes('(INJECTED)'))
}
