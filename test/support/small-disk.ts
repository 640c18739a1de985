// A file system of its own, in memory, that a test can fill to the last byte or to the last file.
import { execFileSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readdirSync, rmSync, statSync, statfsSync, truncateSync, unlinkSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { errnoOf } from '../../src/disk/errno.js'

/** Whether this machine lets us mount; says so where it does not. */
export const canMount = process.platform === 'linux' && process.getuid?.() === 0 && mounts()

function mounts (): boolean {
  const directory = mkdtempSync(join(tmpdir(), 'rotor-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', 'none', directory], { stdio: 'ignore' })
    execFileSync('umount', [directory])
    return true
  } catch {
    console.log('skipped: tests on a small disk, because nothing can be mounted here')
    return false
  } finally {
    rmSync(directory, { recursive: true })
  }
}

/** A small disk, for example `size=1m` or `nr_inodes=20`, until the running test is over. */
export class SmallDisk {
  readonly directory = mkdtempSync(join(tmpdir(), 'rotor-disk-'))

  constructor (options: string) {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'none', this.directory])
    onTestFinished(() => {
      execFileSync('umount', ['--lazy', this.directory])
      rmSync(this.directory, { recursive: true })
    })
  }

  get freeBytes (): number {
    const { bavail, bsize } = statfsSync(this.directory)
    return bavail * bsize
  }

  /** Leaves that much free, taken by another program's file. */
  fill (leaveBytes: number): void {
    this.empty()
    writeFileSync(join(this.directory, 'ballast'), Buffer.alloc(Math.max(this.freeBytes - leaveBytes, 0)))
  }

  /** Takes what is left to the last byte, while others write. */
  fillUp (): void {
    const descriptor = openSync(join(this.directory, 'ballast'), 'a')
    try {
      for (;;) writeSync(descriptor, Buffer.alloc(4_096))
    } catch (error) {
      if (errnoOf(error) !== 'ENOSPC') throw error
    } finally {
      closeSync(descriptor)
    }
  }

  /** Gives some of what was taken back. */
  giveBack (bytes: number): void {
    const ballast = join(this.directory, 'ballast')
    truncateSync(ballast, statSync(ballast).size - bytes)
  }

  /** Gives the space, or the files, back. */
  empty (): void {
    for (const name of readdirSync(this.directory)) {
      if (name.startsWith('ballast')) unlinkSync(join(this.directory, name))
    }
  }

  /** Makes files until no more can be made. */
  useAllInodes (): void {
    for (let count = 0; statfsSync(this.directory).ffree > 0; count++) writeFileSync(join(this.directory, `ballast-${count}`), '')
  }
}
