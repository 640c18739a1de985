// Real containers without an image: podman with runc on a root folder that holds node, its libraries and an application.
// Process 1, a process namespace of its own, a read-only root and a memory limit are the kernel's.
import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { installPackage } from './installed-package.js'

const run = promisify(execFile)
/** Neither root nor any user of this machine. */
const user = 1000

/** Tells what is missing to run containers; null where nothing is. */
export function whyNoContainers (): string | null {
  if (process.getuid?.() !== 0) return 'containers need root here'
  const missing = ['podman', 'runc'].find((program) => spawnSync(program, ['--version']).error !== undefined)
  return missing === undefined ? null : `Debian package ${missing} is not installed`
}

export interface Container {
  readonly name: string
  /** Sends a signal to process 1. */
  signal: (name: string) => Promise<void>
  /** Sends SIGTERM to process 1, and SIGKILL a second later. Returns its exit status: 137 if it took SIGKILL. */
  stop: () => Promise<number>
  /** Waits for the end of process 1 and returns its exit status. */
  ended: () => Promise<number>
  /** Runs node in the same container and returns its output. */
  node: (...args: readonly string[]) => Promise<string>
}

export class Containers {
  readonly #folder = mkdtempSync(join(tmpdir(), 'rotor-containers-'))
  readonly #root = join(this.#folder, 'root')
  readonly #names: string[] = []
  readonly #mounts: string[] = []
  #volumes = 0

  /** `application`: a folder whose files are put beside the installed package, in /app. */
  constructor (application: string) {
    chmodSync(this.#folder, 0o755)
    for (const folder of ['app/logs', 'usr/bin', 'tmp', 'proc', 'sys', 'dev', 'etc', 'run', 'var/tmp']) mkdirSync(join(this.#root, folder), { recursive: true })
    cpSync(process.execPath, join(this.#root, 'usr/bin/node'), { dereference: true })
    for (const library of librariesOf(process.execPath)) {
      mkdirSync(dirname(join(this.#root, library)), { recursive: true })
      cpSync(library, join(this.#root, library), { dereference: true })
    }
    cpSync(application, join(this.#root, 'app'), { recursive: true })
    installPackage(join(this.#root, 'app'))
  }

  /** Makes a folder that containers may write. */
  volume (): string {
    const folder = join(this.#folder, `volume-${++this.#volumes}`)
    mkdirSync(folder)
    chownSync(folder, user, user)
    return folder
  }

  /** Makes a volume that is full at that many bytes. */
  smallVolume (bytes: number): string {
    const folder = this.volume()
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes},uid=${user},gid=${user}`, 'none', folder])
    this.#mounts.push(folder)
    return folder
  }

  /** Starts a container with a read-only root, as a user without any capability, with 128 MiB of memory. */
  async start (volume: string, command: readonly string[], options: readonly string[] = []): Promise<Container> {
    const name = `rotor-${process.pid}-${this.#names.length}`
    this.#names.push(name)
    await this.#podman(...this.#runArguments(name, volume, options), '--detach', '--rootfs', this.#root, ...command)
    return {
      name,
      signal: async (signal) => { await this.#podman('kill', '--signal', signal, name) },
      stop: async () => {
        await this.#podman('stop', '--time', '1', name)
        return Number(await this.#podman('wait', name))
      },
      ended: async () => Number(await this.#podman('wait', name)),
      node: async (...args) => await this.#podman('exec', '--workdir', '/app', name, '/usr/bin/node', ...args)
    }
  }

  /** Runs node in a container of its own and returns its output. */
  async node (volume: string, args: readonly string[]): Promise<string> {
    const name = `rotor-${process.pid}-${this.#names.length}`
    this.#names.push(name)
    return await this.#podman(...this.#runArguments(name, volume, []), '--rootfs', this.#root, '/usr/bin/node', ...args)
  }

  /** Removes every container and all files. */
  remove (): void {
    for (const name of this.#names) spawnSync('podman', [...globalOptions, 'rm', '--force', '--time', '0', name])
    for (const folder of this.#mounts) spawnSync('umount', ['--lazy', folder])
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #runArguments (name: string, volume: string, options: readonly string[]): string[] {
    return ['run', '--name', name, '--network', 'none', '--ulimit', 'nofile=1024:20000', '--ulimit', 'nproc=4096:4096', '--memory', '128m', '--read-only',
      '--user', `${user}:${user}`, '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges', '--workdir', '/app', '--volume', `${volume}:/app/logs`, ...options]
  }

  async #podman (...args: readonly string[]): Promise<string> {
    const { stdout } = await run('podman', [...globalOptions, ...args], { maxBuffer: 2 ** 26 })
    return stdout.trim()
  }
}

const globalOptions = ['--cgroup-manager=cgroupfs', '--runtime', 'runc']

function librariesOf (program: string): string[] {
  const output = execFileSync('ldd', [program], { encoding: 'utf8' })
  return [...output.matchAll(/(?:=> )?(\/\S+) \(0x/g)].map(([, path = '']) => path)
}
