// A server started from an example's folder, asked over loopback, and stopped as an operator would stop it.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { get } from 'node:http'
import { createServer } from 'node:net'
import { setTimeout } from 'node:timers/promises'

const startMsMax = 60_000
const stopMsMax = 15_000
const concurrency = 4
/** What a shell would say of a process that SIGTERM ended. */
const endedByTerm = 143

export async function freePort () {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

/** Starts the command and waits until it answers requests. */
export async function startServer (folder, command, args, { path = '/', size = '32k' } = {}) {
  const port = await freePort()
  const env = { ...process.env, PORT: String(port), LOG_SIZE: size }
  const child = spawn(command, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => { output += chunk })
  const server = {
    child,
    port,
    path,
    output: () => output,
    ask: async (n) => await ask(port, path, n),
    askAll: async (from, to) => await askAll((n) => ask(port, path, n), from, to),
    stop: async () => await stop(child, () => output)
  }
  await answering(server)
  return server
}

/** Waits until the server answers. */
export async function answering ({ child, port, path, output }) {
  const deadline = Date.now() + startMsMax
  for (;;) {
    try {
      await ask(port, path, 'probe')
      return
    } catch (error) {
      if (child.exitCode !== null || Date.now() > deadline) throw new Error(`the server does not answer\n${output()}`, { cause: error })
      await setTimeout(50)
    }
  }
}

/** Sends one request and throws unless it is answered well. */
export async function ask (port, path, n) {
  // Each request has a connection of its own: one that is kept is cut when its server is replaced.
  const [response] = await once(get({ host: '127.0.0.1', port, path: `${path}?n=${n}`, agent: false }), 'response')
  response.resume()
  await once(response, 'end')
  if (response.statusCode !== 200) throw new Error(`request ${n} was answered with ${response.statusCode}`)
}

async function askAll (request, from, to) {
  let next = from
  const runners = Array.from({ length: concurrency }, async () => {
    while (next < to) await request(next++)
  })
  await Promise.all(runners)
}

async function stop (child, output) {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'close')
  child.kill('SIGTERM')
  const timer = globalThis.setTimeout(() => child.kill('SIGKILL'), stopMsMax)
  const [code, endedBy] = await ended
  clearTimeout(timer)
  // Some frameworks finish what they have to, and then let the signal end them after all.
  if (code !== 0 && code !== endedByTerm && endedBy !== 'SIGTERM') throw new Error(`the server ended with ${code ?? endedBy}\n${output()}`)
}
