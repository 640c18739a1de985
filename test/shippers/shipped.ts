// One load, shipped by all shippers at once: what was written, and what arrived of it with each.
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import { startShipper, type RunningShipper, type Shipper } from './shippers.js'
import type { Program } from './unpacked.js'

export type Rotation = 'rotor' | 'logrotate'

export interface Arrival { readonly shipper: string, readonly missing: number, readonly doubled: number }

export interface Load {
  readonly rotation: Rotation
  readonly everyMs: number
  readonly durationMs: number
}

export interface Shipped { readonly lines: number, readonly rotations: number, readonly arrivals: Arrival[] }

const run = promisify(execFile)
const writer = join(import.meta.dirname, 'writer-process.js')
/** How long nothing may arrive before all is taken to have arrived. */
const quietMs = 4000
const startMs = 1500

/** Runs the load with every shipper on it. */
export async function ship (load: Load, shippers: ReadonlyArray<readonly [Shipper, Program]>): Promise<Shipped> {
  const folder = mkdtempSync(join(tmpdir(), 'pino-rotor-shippers-'))
  const running: RunningShipper[] = []
  try {
    const log = join(folder, 'logs/app.log')
    mkdirSync(join(folder, 'logs'))
    writeFileSync(log, '')
    for (const [shipper, program] of shippers) running.push(startShipper(shipper, program, folder, log))
    await setTimeout(startMs)
    const { lines, rotations } = await write(load, folder, log)
    await quiet(running)
    return { lines, rotations, arrivals: running.map(({ name, output }) => arrival(name, output, lines)) }
  } finally {
    for (const shipper of running) await shipper.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function write ({ rotation, everyMs, durationMs }: Load, folder: string, log: string): Promise<{ lines: number, rotations: number }> {
  const kind = rotation === 'rotor' ? 'rotor' : 'plain'
  const child = spawn(process.execPath, [writer, kind, log, String(everyMs), String(durationMs)], { stdio: ['ignore', 'pipe', 'inherit'] })
  const output = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  await output.next()
  const rotations = rotation === 'logrotate' ? await rotateWhile(child, everyMs, folder, log) : Math.floor(durationMs / everyMs)
  const last = await output.next()
  const { lines } = JSON.parse(String(last.value)) as { lines: number }
  return { lines, rotations }
}

// What Debian's packages do to a log, only more often.
async function rotateWhile (child: ChildProcess, everyMs: number, folder: string, log: string): Promise<number> {
  const settings = join(folder, 'logrotate.conf')
  writeFileSync(settings, `"${log}" {\n  su root root\n  create 0644 root root\n  rotate 1000\n  compress\n  delaycompress\n  postrotate\n    kill -HUP ${child.pid ?? ''}\n  endscript\n}\n`, { mode: 0o644 })
  const closed = new AbortController()
  child.stdout?.once('close', () => { closed.abort() })
  for (let rotations = 0; ; rotations++) {
    try {
      await setTimeout(everyMs, undefined, { signal: closed.signal })
    } catch {
      return rotations
    }
    await run('logrotate', ['--force', '--state', join(folder, 'logrotate.state'), settings])
  }
}

async function quiet (running: readonly RunningShipper[]): Promise<void> {
  const sizes = (): string => running.map(({ output }) => statSync(output).size).join()
  for (let before = '', now = sizes(); before !== now; before = now, now = sizes()) await setTimeout(quietMs)
}

function arrival (shipper: string, output: string, lines: number): Arrival {
  const times = new Map<number, number>()
  for (const [, n] of readFileSync(output, 'utf8').matchAll(/"n":(\d+),"text"/g)) times.set(Number(n), (times.get(Number(n)) ?? 0) + 1)
  const doubled = [...times.values()].filter((count) => count > 1).length
  return { shipper, missing: lines - times.size, doubled }
}
