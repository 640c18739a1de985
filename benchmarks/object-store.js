// Starts the object store that keeps nothing in a process of its own, and gives its address and what ends it.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

export async function startObjectStore () {
  const child = spawn(process.execPath, [fileURLToPath(new URL('./object-sink.js', import.meta.url))], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [address] = await once(child.stdout, 'data')
  return { endpoint: String(address).trim(), remove: () => { child.kill() } }
}
