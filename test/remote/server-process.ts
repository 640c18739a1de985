// Programs of Debian's packages that a test starts on loopback, and ends by their ids.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { get } from 'node:http'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

/** How long a server may take to answer for the first time. */
const startMs = 60_000
const lookEveryMs = 100
const outputOf = new WeakMap<ChildProcess, string>()

export function hasProgram (name: string): boolean {
  try {
    execFileSync('which', [name], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** Starts a program whose output goes to a file of its own in the folder. */
export function startProgram (folder: string, command: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}): ChildProcess {
  const path = join(folder, `${command.split('/').at(-1)}.out`)
  const output = openSync(path, 'a')
  try {
    const child = spawn(command, args, { stdio: ['ignore', output, output], env: { ...process.env, ...environment } })
    outputOf.set(child, path)
    return child
  } finally {
    closeSync(output)
  }
}

/** Kills the processes and waits until they are gone. */
export async function endAll (children: readonly ChildProcess[]): Promise<void> {
  await Promise.all(children.map(async (child) => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'close')
    child.kill('SIGKILL')
    await gone
  }))
}

/** Waits until the program answers at the address with any status. A server gives no other sign of being ready. */
export async function answers (url: string, program: ChildProcess): Promise<void> {
  for (let waitedMs = 0; waitedMs < startMs; waitedMs += lookEveryMs) {
    if (await isAnswered(url)) return
    if (program.exitCode !== null) throw new Error(`${program.spawnfile} ended with ${program.exitCode} before it answered:\n${lastWords(program)}`)
    await pause(lookEveryMs)
  }
  throw new Error(`${url} did not answer for ${startMs / 1000} s:\n${lastWords(program)}`)
}

function lastWords (program: ChildProcess): string {
  return readFileSync(outputOf.get(program) ?? '', 'utf8').slice(-2_000)
}

async function isAnswered (url: string): Promise<boolean> {
  return await new Promise((resolve) => {
    get(url, (response) => { response.resume(); resolve((response.statusCode ?? 500) < 500) }).on('error', () => { resolve(false) })
  })
}

/** So many ports in a row that nothing listens at now. */
export async function freePorts (count: number): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const first = await freePort()
    const free = await Promise.all(Array.from({ length: count }, async (_, index) => await isFree(first + index)))
    if (free.every((each) => each)) return first
  }
  throw new Error(`no ${count} free ports in a row`)
}

async function freePort (): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function isFree (port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const server = createServer().once('error', () => { resolve(false) })
    server.listen(port, '127.0.0.1', () => { server.close(() => { resolve(true) }) })
  })
}
