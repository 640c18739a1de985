// Programs of Debian's packages that a test starts on loopback, and ends by their ids.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { openSync, closeSync } from 'node:fs'
import { get } from 'node:http'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

/** How long a server may take to answer for the first time. */
const startMs = 60_000
const lookEveryMs = 100

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
  const output = openSync(join(folder, `${command.split('/').at(-1)}.out`), 'a')
  try {
    return spawn(command, args, { stdio: ['ignore', output, output], env: { ...process.env, ...environment } })
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

/** Waits until the address answers with any status. A server gives no other sign of being ready. */
export async function answers (url: string): Promise<void> {
  for (let waitedMs = 0; waitedMs < startMs; waitedMs += lookEveryMs) {
    if (await isAnswered(url)) return
    await pause(lookEveryMs)
  }
  throw new Error(`${url} did not answer for ${startMs / 1000} s`)
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
