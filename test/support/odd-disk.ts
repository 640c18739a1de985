// A file system with odd manners, mounted for one test: see odd_disk.py.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { temporaryFolder } from './temporary-folder.js'

const python = '/usr/bin/python3'
const script = join(dirname(fileURLToPath(import.meta.url)), 'odd_disk.py')
const looksMax = 500
const servers = new Map<string, ChildProcess>()

/** Says why no such file system can be mounted here; null where it can. */
export function whyNoOddDisk (): string | null {
  if (process.getuid?.() !== 0) return 'odd file systems, because mounting takes root'
  if (!existsSync('/dev/fuse')) return 'odd file systems, because there is no /dev/fuse'
  return spawnSync(python, ['-c', 'import fusepy']).status === 0 ? null : 'odd file systems, because python3-fusepy is missing'
}

/** Mounts a file system with those manners until the test is over. */
export async function mountOddDisk (...manners: readonly string[]): Promise<string> {
  const folder = temporaryFolder()
  const [behind, mount] = [join(folder, 'behind'), join(folder, 'mount')]
  mkdirSync(behind)
  mkdirSync(mount)
  const server = spawn(python, [script, behind, mount, ...manners], { stdio: 'ignore' })
  servers.set(mount, server)
  const ended = once(server, 'exit')
  onTestFinished(async () => {
    spawnSync('umount', ['--lazy', mount])
    await ended
  })
  const { dev } = statSync(mount)
  for (let look = 0; look < looksMax && statSync(mount).dev === dev; look++) {
    if (server.exitCode !== null) throw new Error(`${script} ended with ${server.exitCode}`)
    await setTimeout(20)
  }
  return mount
}

/** From now on the disk answers no call, until the test is over. */
export function stallDisk (mount: string): void {
  const server = servers.get(mount)
  server?.kill('SIGSTOP')
  onTestFinished(() => { server?.kill('SIGCONT') })
}
