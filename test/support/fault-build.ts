// Builds the application that faults are made in, and its worker, each into one file without dependencies, as a bundler
// does that leaves nothing behind, and starts it.
import { spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Life } from './fault-application.js'
import { buildStandalone } from './standalone-build.js'

export interface FaultBuild {
  readonly application: string
  readonly worker: string
  /** What the processes that run it need. */
  readonly environment: NodeJS.ProcessEnv
  readonly remove: () => void
}

// What a bundler's plugin writes into each entry, so that gzip has its thread as in the package.
const banner = "globalThis.__bundlerPathsOverrides = { 'pino-rotor/worker': require('node:path').join(__dirname, 'fault-compression.cjs') }"
const here = dirname(fileURLToPath(import.meta.url))

/** Builds from src, so that the clock can be another one, into a new temporary folder. */
export async function buildFaultApplication (): Promise<FaultBuild> {
  const directory = mkdtempSync(join(tmpdir(), 'rotor-fault-build-'))
  await buildStandalone(['fault-application', 'fault-worker', 'fault-compression'], directory, banner)
  return {
    application: join(directory, 'fault-application.cjs'),
    worker: join(directory, 'fault-worker.cjs'),
    environment: { ...process.env, NODE_PATH: join(here, '..', '..', 'node_modules'), UV_THREADPOOL_SIZE: '1' },
    remove: () => { rmSync(directory, { recursive: true, force: true }) }
  }
}

export interface RunningLife {
  /** Resolves once it has told so many events of that name in all; rejects where it ends before. */
  readonly told: (name: string, times: number, step?: string) => Promise<void>
  /** Resolves to all that it told. */
  readonly ended: () => Promise<Told[]>
  readonly kill: () => Promise<void>
}

export type Told = Readonly<Record<string, unknown>>

/** Starts a life that tells its events on its standard output. */
export function startLife ({ application, environment }: FaultBuild, life: Life): RunningLife {
  const child = spawn(process.execPath, [application, JSON.stringify({ ...life, events: '-' })], { env: environment, stdio: ['ignore', 'pipe', 'inherit'] })
  const events: Told[] = []
  const news = new EventEmitter()
  createInterface(child.stdout).on('line', (line) => {
    events.push(JSON.parse(line) as Told)
    news.emit('told')
  })
  let isOver = false
  const closed = once(child, 'close').then(() => {
    isOver = true
    news.emit('told')
  })
  return {
    told: async (name, times, step) => {
      while (events.filter((event) => event['name'] === name && (step === undefined || event['step'] === step)).length < times) {
        if (isOver) throw new Error(`the application ended with ${child.signalCode ?? child.exitCode} before it told '${name}' ${times} times: ${JSON.stringify(events.slice(-5))}`)
        await once(news, 'told')
      }
    },
    ended: async () => {
      await closed
      return events
    },
    kill: async () => {
      child.kill('SIGKILL')
      await closed
    }
  }
}
