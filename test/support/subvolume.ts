// A btrfs subvolume of its own, whose quota can be used up and which can be made read-only and writable again, both under a
// running application: ext4 needs a quota format that not every kernel has, and refuses to become read-only while it is
// written to.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** The smallest that mkfs.btrfs accepts, in round numbers. */
const diskSize = '128M'

/** Whether such a file system can be made and mounted here; says so where it cannot. */
export const canMakeSubvolumes = makes()

function makes (): boolean {
  const directory = mkdtempSync(join(tmpdir(), 'rotor-btrfs-'))
  try {
    if (process.getuid?.() !== 0) throw new Error('mounting needs root')
    mount(directory)
    unmount(directory)
    return true
  } catch (error) {
    console.log(`skipped: tests of quotas and of read-only subvolumes, because no btrfs can be made here: ${String(error)}`)
    return false
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

function mount (directory: string): string {
  const [image, path] = [join(directory, 'image'), join(directory, 'mount')]
  mkdirSync(path)
  writeFileSync(image, '')
  run('truncate', '--size', diskSize, image)
  run('mkfs.btrfs', '--quiet', image)
  run('mount', '-t', 'btrfs', '-o', 'loop,commit=1', image, path)
  return path
}

function unmount (directory: string): void {
  spawnSync('umount', ['--lazy', '--detach-loop', join(directory, 'mount')])
}

function run (command: string, ...parameters: string[]): void {
  execFileSync(command, parameters, { stdio: 'pipe' })
}

/** A subvolume that exists until the running test is over. */
export class Subvolume {
  readonly directory: string
  readonly #disk: string

  constructor () {
    const directory = mkdtempSync(join(tmpdir(), 'rotor-btrfs-'))
    onTestFinished(() => {
      unmount(directory)
      rmSync(directory, { recursive: true, force: true })
    })
    this.#disk = mount(directory)
    this.directory = join(this.#disk, 'logs')
    run('btrfs', 'subvolume', 'create', this.directory)
    run('btrfs', 'quota', 'enable', this.#disk)
  }

  /** How many bytes it may hold. What was removed before counts no more. */
  allow (bytes: number): void {
    run('btrfs', 'filesystem', 'sync', this.#disk)
    run('btrfs', 'qgroup', 'limit', String(bytes), this.directory)
  }

  /** Files that are open can still be written to; none can be made, renamed or removed. */
  setReadOnly (isReadOnly: boolean): void {
    run('btrfs', 'property', 'set', '-f', '-t', 'subvol', this.directory, 'ro', String(isReadOnly))
  }
}
