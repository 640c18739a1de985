// Runs the tools that read and write access control lists. Their module is loaded only when one is needed, which is rare.
import type * as ChildProcess from 'node:child_process'
import { createRequire } from 'node:module'
import { errnoOf } from '../errno.js'

export interface ToolCall {
  readonly tool: 'getfacl' | 'setfacl' | 'ls'
  readonly toolArguments: readonly string[]
  readonly input?: string
}

export interface Answer {
  readonly is: 'done' | 'failed' | 'missing'
  readonly output: string
}

/** Node always gives all of these. Other runtimes may not. */
interface Outcome {
  readonly error?: Error
  readonly status: number | null
  readonly stdout: string | null | undefined
}

const timeoutMs = 2_000
/** The tool is missing, or this process may not start any. */
const unavailable = ['ENOENT', 'EACCES', 'EPERM', 'ENOSYS', 'ERR_ACCESS_DENIED']
const missing: Answer = { is: 'missing', output: '' }
const missingTools = new Set<string>()

/** Runs the tool and waits for it. */
export function runTool ({ tool, toolArguments, input = '' }: ToolCall): Answer {
  if (missingTools.has(tool)) return missing
  try {
    const { error, status, stdout }: Outcome = childProcess().spawnSync(tool, toolArguments, { ...options(), input })
    if (error !== undefined) throw error
    // Deno gives neither an error nor an output if it may not start the program.
    if (typeof stdout !== 'string') throw Object.assign(new Error(`${tool} was not started`), { code: 'EACCES' })
    return { is: status === 0 ? 'done' : 'failed', output: stdout }
  } catch (error) {
    return refused(tool, error)
  }
}

/** Runs the tool without blocking the thread. Does not keep the process alive. */
export async function runToolAside ({ tool, toolArguments }: ToolCall): Promise<Answer> {
  if (missingTools.has(tool)) return missing
  try {
    return await new Promise<Answer>((resolve) => {
      const child = childProcess().execFile(tool, toolArguments, options(), (error, output) => {
        // A status is a number, and the code of a tool that was not started is a name.
        if (error !== null && typeof error.code !== 'number') resolve(refused(tool, error))
        else resolve({ is: error === null ? 'done' : 'failed', output })
      })
      child.stdin?.end()
      child.unref()
      // A pipe of a child process is a socket, though its type does not say so.
      for (const pipe of [child.stdout, child.stderr]) (pipe as { unref?: () => void } | null)?.unref?.()
    })
  } catch (error) {
    return refused(tool, error)
  }
}

function childProcess (): typeof ChildProcess {
  return createRequire(process.execPath)('node:child_process') as typeof ChildProcess
}

function options (): { readonly encoding: 'utf8', readonly timeout: number, readonly env: NodeJS.ProcessEnv } {
  return { encoding: 'utf8', timeout: timeoutMs, env: { ...process.env, LC_ALL: 'C' } }
}

function refused (tool: string, error: unknown): Answer {
  if (!unavailable.includes(errnoOf(error))) return { is: 'failed', output: '' }
  missingTools.add(tool)
  return missing
}
