// A file system of another system, in a file: real FAT, exFAT and NTFS, each by the driver that Linux or Debian has for it.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

const programs = {
  vfat: ['mkfs.vfat'],
  'exfat-fuse': ['mkfs.exfat'],
  'ntfs-3g': ['mkfs.ntfs', '--force', '--quick']
}
export type ImageType = keyof typeof programs

const imageBytes = 20 * 1024 * 1024

/** Why such a file system cannot be made and mounted here; null where it can. */
export function whyNoImage (type: ImageType): string | null {
  if (process.getuid?.() !== 0) return `${type}, because mounting takes root`
  const disk = new ImageDisk(type)
  disk.remove()
  return disk.refusal === '' ? null : `${type}: ${disk.refusal}`
}

/** Mounts an empty file system until the test is over, and returns its folder. */
export function mountImage (type: ImageType): string {
  const disk = new ImageDisk(type)
  onTestFinished(() => { disk.remove() })
  return disk.folder
}

class ImageDisk {
  readonly folder = mkdtempSync(join(tmpdir(), 'rotor-disk-'))
  readonly #image = `${this.folder}.image`
  /** What the first program that failed says; empty if none did. */
  readonly refusal: string

  constructor (type: ImageType) {
    writeFileSync(this.#image, '')
    truncateSync(this.#image, imageBytes)
    this.refusal = run(...programs[type], this.#image) ?? run('mount', '-t', type, '-o', 'loop', this.#image, this.folder) ?? ''
  }

  remove (): void {
    if (this.refusal === '') spawnSync('umount', [this.folder])
    rmSync(this.folder, { recursive: true })
    rmSync(this.#image)
  }
}

function run (program = '', ...given: string[]): string | null {
  const { status, error, stderr } = spawnSync(program, given, { encoding: 'utf8' })
  return status === 0 ? null : `${program} failed: ${error?.message ?? stderr.trim()}`
}
