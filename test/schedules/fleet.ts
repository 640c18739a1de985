// Builds what explores, and runs it in processes of its own, several at a time.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer, text } from 'node:stream/consumers'
import { build, type Plugin } from 'esbuild'

/** The built files of the actors' thread, and of their roles with the code under test. */
export interface Files { readonly actor: string, readonly roles: string }

export interface Task {
  readonly files: Files
  /** Where the scenes' folders are made. */
  readonly root: string
  readonly scene: string
  /** The first seed, and the one after the last. The search ends at the first schedule that fails. */
  readonly from: number
  readonly to: number
  /** Instead of seeds: every schedule with so many switches. */
  readonly switchesMax?: number
  /** Tells the first schedule as a story, whatever comes of it. */
  readonly tells: boolean
}

export interface Found {
  readonly runs: number
  readonly steps: number
  /** Lines that were kept twice, where the docs allow that. */
  readonly twice: number
  readonly failure: { readonly seed: number, readonly faults: readonly string[] } | null
  readonly story: string | null
}

/** On a tmpfs, where there is one: a schedule makes hundreds of calls. */
const root = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()
/** Loaded only where they are used, and never here. */
const external = ['@aws-sdk/*', '@duckdb/*', 'aws4']

/** Builds the code under test from src/, as the plugins change it, and what explores it. */
export async function buildExplorer (directory: string, plugins: Plugin[] = []): Promise<Files> {
  await build({
    entryPoints: ['actor', 'roles', 'explore-process'].map((name) => join(import.meta.dirname, `${name}.ts`)),
    outdir: directory,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    logLevel: 'error',
    external,
    plugins
  })
  return { actor: join(directory, 'actor.cjs'), roles: join(directory, 'roles.cjs') }
}

/** Explores in a process of its own. */
export async function explore (task: Omit<Task, 'root' | 'tells'> & Partial<Task>): Promise<Found> {
  const whole: Task = { root, tells: false, ...task }
  const child = spawn(process.execPath, [join(whole.files.actor, '..', 'explore-process.cjs'), JSON.stringify(whole)], { stdio: ['ignore', 'pipe', 'pipe'] })
  const [answer, troubles] = await Promise.all([text(child.stdout), buffer(child.stderr)])
  if (answer === '') throw new Error(`the explorer of ${whole.scene} ended: ${troubles.toString()}`)
  return JSON.parse(answer) as Found
}

/** Explores so many schedules of a scene, in as many processes as there are processors. */
export async function exploreAtOnce (files: Files, scene: string, from: number, runs: number): Promise<Found[]> {
  const part = Math.ceil(runs / availableParallelism())
  const parts = Array.from({ length: availableParallelism() }, (_, index) => from + index * part)
  return await Promise.all(parts.map(async (first) => await explore({ files, scene, from: first, to: Math.min(first + part, from + runs) })))
}
