// One load under both rotations at once, each with all shippers on it: what was written, and what arrived of it with each.
// Both are rotated at the same moments, so that a moment in which the machine is busy elsewhere comes to both.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { startApplication, type Application, type Rotation } from './application.js'
import { startShipper, type RunningShipper, type Shipper } from './shippers.js'
import type { Program } from './unpacked.js'

export interface Arrival { readonly shipper: string, readonly missing: number, readonly doubled: number }

export interface Load { readonly everyMs: number, readonly rotations: number }

export interface Shipped { readonly lines: number, readonly arrivals: Arrival[] }

interface Side { readonly application: Application, readonly running: readonly RunningShipper[] }

/** How long nothing may arrive before all is taken to have arrived. */
const quietMs = 4000
const startMs = 1500
/** How long a shipper may take to find a new file before the next rotation comes all the same. */
const findMsMax = 5000
const lookMs = 10

/** Runs the load with every shipper on it, under pino-rotor and under logrotate. */
export async function ship ({ everyMs, rotations }: Load, shippers: ReadonlyArray<readonly [Shipper, Program]>): Promise<Record<Rotation, Shipped>> {
  const folder = mkdtempSync(join(tmpdir(), 'pino-rotor-shippers-'))
  const ends: Array<() => unknown> = [() => { rmSync(folder, { recursive: true, force: true }) }]
  const start = async (rotation: Rotation): Promise<Side> => await startSide(rotation, join(folder, rotation), shippers, ends)
  try {
    const [ours, theirs] = await Promise.all([start('rotor'), start('logrotate')])
    for (let rotation = 0; rotation < rotations; rotation++) {
      await setTimeout(everyMs)
      await Promise.all([rotate(ours), rotate(theirs)])
    }
    await setTimeout(everyMs)
    const [rotor, logrotate] = await Promise.all([shipped(ours), shipped(theirs)])
    return { rotor, logrotate }
  } finally {
    for (const end of ends.reverse()) await end()
  }
}

async function startSide (rotation: Rotation, folder: string, shippers: ReadonlyArray<readonly [Shipper, Program]>, ends: Array<() => unknown>): Promise<Side> {
  const log = join(folder, 'logs/app.log')
  mkdirSync(join(folder, 'logs'), { recursive: true })
  writeFileSync(log, '')
  const running = shippers.map(([shipper, program]) => startShipper(shipper, program, folder, log))
  ends.push(...running.map(({ stop }) => stop))
  await setTimeout(startMs)
  const application = await startApplication(rotation, log, folder)
  ends.push(application.kill)
  return { application, running }
}

// A shipper that gets no processor while a file lives misses all of it, with any rotation. That would compare the
// machine's moments. So the next rotation waits until every shipper has found the file that this one made.
async function rotate ({ application, running }: Side): Promise<void> {
  const lines = await application.rotate()
  const deadline = performance.now() + findMsMax
  while (running.some(({ output }) => lastNumber(output) < lines) && performance.now() < deadline) await setTimeout(lookMs)
}

async function shipped ({ application, running }: Side): Promise<Shipped> {
  const lines = await application.end()
  const sizes = (): string => running.map(({ output }) => statSync(output).size).join()
  for (let before = '', now = sizes(); before !== now; before = now, now = sizes()) await setTimeout(quietMs)
  return { lines, arrivals: running.map(({ name, output }) => arrival(name, output, lines)) }
}

function numbers (output: string): number[] {
  return [...readFileSync(output, 'utf8').matchAll(/"n":(\d+),"text"/g)].map(([, n]) => Number(n))
}

function lastNumber (output: string): number {
  return numbers(output).at(-1) ?? -1
}

function arrival (shipper: string, output: string, lines: number): Arrival {
  const times = new Map<number, number>()
  for (const n of numbers(output)) times.set(n, (times.get(n) ?? 0) + 1)
  const doubled = [...times.values()].filter((count) => count > 1).length
  return { shipper, missing: lines - times.size, doubled }
}
