// A project that has installed the packed tarball: what `npm install pino-rotor pino` would lay out, made without a registry.
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const repository = join(import.meta.dirname, '../..')

interface Manifest {
  dependencies?: Record<string, string>
  exports: Record<string, unknown>
}

export interface PackedProject {
  readonly folder: string
  /** Every file in the package, in alphabetical order. */
  readonly files: readonly string[]
  /** What the package adds on disk to a project that has pino: itself and its dependencies that pino does not bring. */
  readonly addedBytes: number
  /** Runs Node on a file of the project and returns its output; throws with it where the exit code is not 0. */
  node: (...args: string[]) => string
  remove: () => void
}

export function packProject (): PackedProject {
  const folder = mkdtempSync(join(tmpdir(), 'pino-rotor #1 100% packed '))
  const modules = join(folder, 'node_modules')
  const installed = join(modules, 'pino-rotor')
  mkdirSync(installed, { recursive: true })

  const tarball = execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: repository, encoding: 'utf8' }).trim()
  execFileSync('tar', ['-xzf', join(folder, tarball), '-C', installed, '--strip-components=1'])
  cpSync(join(import.meta.dirname, 'consumer'), folder, { recursive: true })

  const dependencies = Object.keys(readManifest(installed).dependencies ?? {})
  for (const name of [...dependencies, 'pino', '@types/node']) link(name, modules)

  const broughtByPino = closure(['pino'])
  const added = [...closure(dependencies)].filter((name) => !broughtByPino.has(name))

  return {
    folder,
    files: filesUnder(installed).map((path) => path.slice(installed.length + 1)).sort(),
    addedBytes: [installed, ...added.map(inRepository)].map(bytesUnder).reduce((sum, bytes) => sum + bytes, 0),
    node (...args) {
      const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })
      if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${String(status)}\n${stdout}${stderr}`)
      return stdout
    },
    remove () { rmSync(folder, { recursive: true, force: true }) }
  }
}

export const compiler = join(repository, 'node_modules/typescript/bin/tsc')

function inRepository (name: string): string {
  return join(repository, 'node_modules', name)
}

function link (name: string, modules: string): void {
  const path = join(modules, name)
  mkdirSync(dirname(path), { recursive: true })
  symlinkSync(inRepository(name), path, 'junction')
}

function readManifest (folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
}

function closure (names: readonly string[], seen = new Set<string>()): Set<string> {
  for (const name of names) {
    if (seen.has(name)) continue
    seen.add(name)
    closure(Object.keys(readManifest(inRepository(name)).dependencies ?? {}), seen)
  }
  return seen
}

function filesUnder (folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

function bytesUnder (folder: string): number {
  return filesUnder(folder).reduce((sum, path) => sum + readFileSync(path).length, 0)
}
