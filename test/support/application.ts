// An application in a process of its own: a short script in a project that has installed pino and this package.
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'

const repository = join(import.meta.dirname, '../..')

export interface Ending {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface Application {
  readonly process: ChildProcess
  /** Resolves when the application has written the text to its stdout. */
  said: (text: string) => Promise<void>
  /** How it ended, once it has and all its output is there. */
  readonly ended: Promise<Ending>
}

/** Runs a module with Node in the folder, which becomes a project; it can import pino and pino-rotor. */
export function runApplication (folder: string, source: string, nodeOptions: readonly string[] = [], { stdin = 'ignore', env = {} }: { stdin?: 'ignore' | 'pipe', env?: NodeJS.ProcessEnv } = {}): Application {
  install(folder, 'pino')
  install(folder, 'pino-rotor')
  writeFileSync(join(folder, 'application.mjs'), source)
  const child = spawn(process.execPath, [...nodeOptions, 'application.mjs'], { cwd: folder, env: { ...process.env, ...env }, stdio: [stdin, 'pipe', 'pipe'] })
  onTestFinished(() => { child.kill('SIGKILL') })
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) child[name]?.setEncoding('utf8').on('data', (text: string) => { output[name] += text })
  return {
    process: child,
    ended: new Promise((resolve) => child.once('close', (code, signal) => { resolve({ code, signal, ...output }) })),
    said: async (text) => {
      while (!output.stdout.includes(text)) {
        const next = await Promise.race([onceData(child), onceClosed(child)])
        if (next === 'closed' && !output.stdout.includes(text)) throw new Error(`ended without saying ${text}: ${output.stderr}`)
      }
    }
  }
}

async function onceData (child: ChildProcess): Promise<'data'> {
  return await new Promise((resolve) => child.stdout?.once('data', () => { resolve('data') }))
}

async function onceClosed (child: ChildProcess): Promise<'closed'> {
  return await new Promise((resolve) => child.once('close', () => { resolve('closed') }))
}

function install (folder: string, name: string): void {
  const path = join(folder, 'node_modules', name)
  mkdirSync(dirname(path), { recursive: true })
  try {
    symlinkSync(name === 'pino-rotor' ? repository : join(repository, 'node_modules', name), path, 'junction')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}
