// Bun's build for musl, the C library of Alpine, under Debian's musl. Debian has no libstdc++ for musl, so glibc's is used, with
// the few calls that musl lacks.
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fetchProgram } from './fetched.js'

const loader = '/lib/ld-musl-x86_64.so.1'
const debianLibraries = '/usr/lib/x86_64-linux-gnu'

export interface MuslBun {
  /** Null: it cannot run here, for the reason. */
  readonly command: readonly string[] | null
  readonly reason: string
}

/** Prepares the libraries in the folder. */
export function bunOnMusl (folder: string): MuslBun {
  if (process.platform !== 'linux' || !existsSync(loader)) return { command: null, reason: 'Debian package musl is not installed' }
  const bun = fetchProgram('@oven/bun-linux-x64-musl', '@oven/bun-linux-x64-musl/bin/bun')
  if (bun === null) return { command: null, reason: 'npm package @oven/bun-linux-x64-musl cannot be fetched' }
  mkdirSync(folder, { recursive: true })
  for (const library of ['libstdc++.so.6', 'libgcc_s.so.1']) copyFileSync(join(debianLibraries, library), join(folder, library))
  const calls = join(folder, 'ld-linux-x86-64.so.2')
  const { status } = spawnSync('gcc', ['-shared', '-fPIC', '-nostdlib', '-w', '-o', calls, join(import.meta.dirname, 'musl/libstdcxx-calls.c')], { stdio: 'inherit' })
  if (status !== 0) return { command: null, reason: 'Debian package gcc is not installed' }
  return { command: [loader, '--library-path', folder, '--preload', calls, bun], reason: '' }
}
