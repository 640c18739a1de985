// A disk of its own for faults that take a whole file system: ext4 in a file, on a loop device.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'

const shutDownCall = 0x8004587d
/** Nothing that is still in memory reaches the disk, the journal included: what a power cut leaves. */
const withoutFlushingLog = 2
const diskBytes = 64 * 1024 * 1024

/** Why no file system can be made and mounted here; null where it can. */
export function whyNoMounts (): string | null {
  if (process.platform !== 'linux') return 'loop devices need Linux'
  if (process.getuid?.() !== 0) return 'mounting needs root'
  for (const command of ['mkfs.ext4', 'losetup', 'python3']) {
    if (spawnSync('sh', ['-c', `command -v ${command}`]).status !== 0) return `${command} is not installed`
  }
  return whyNoLoopDevice()
}

function whyNoLoopDevice (): string | null {
  const disk = new FaultDisk()
  try {
    disk.mount()
    return null
  } catch (error) {
    return `no loop device: ${String(error)}`
  } finally {
    disk.remove()
  }
}

export class FaultDisk {
  readonly #directory = mkdtempSync(join(tmpdir(), 'rotor-disk-'))
  readonly #image = join(this.#directory, 'image')
  #device: string | null = null
  /** Where it is mounted. */
  path = join(this.#directory, 'mount')

  constructor () {
    mkdirSync(this.path)
    writeFileSync(this.#image, '')
    execFileSync('truncate', ['--size', String(diskBytes), this.#image])
    execFileSync('mkfs.ext4', ['-q', '-F', this.#image])
  }

  mount (options = 'defaults'): void {
    this.#device ??= execFileSync('losetup', ['--find', '--show', this.#image], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim()
    execFileSync('mount', ['-t', 'ext4', '-o', options, this.#device, this.path], { stdio: 'pipe' })
  }

  /** Puts this disk in the place of another. */
  mountAt (path: string): void {
    this.path = path
    this.mount()
  }

  unmount (): void {
    execFileSync('umount', [this.path], { stdio: 'pipe' })
  }

  /**
   * Stops the file system as a power cut does, and returns how large another file was just before. The application goes on
   * for a while after it, which no power cut allows: what it believes to be safe from then on does not count.
   */
  cutPower (journal: string): number {
    const script = `import fcntl, os, struct
disk = os.open(${JSON.stringify(this.path)}, os.O_RDONLY)
size = os.stat(${JSON.stringify(journal)}).st_size
fcntl.ioctl(disk, ${shutDownCall}, struct.pack('I', ${withoutFlushingLog}))
print(size)`
    return Number(execFileSync('python3', ['-c', script], { encoding: 'utf8' }))
  }

  /** Makes ext4 find an error in itself; mounted with `errors=remount-ro` it then takes no more writes. */
  findError (): void {
    writeFileSync(`/sys/fs/ext4/${basename(this.#device ?? '')}/trigger_fs_error`, '1')
  }

  remove (): void {
    if (readFileSync('/proc/mounts', 'utf8').includes(` ${this.path} `)) spawnSync('umount', ['--lazy', this.path])
    if (this.#device !== null) spawnSync('losetup', ['--detach', this.#device])
    rmSync(this.#directory, { recursive: true, force: true })
  }
}
