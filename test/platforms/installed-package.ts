// The packed tarball, laid out beside pino in a folder as `npm install` would do it, with real files: other systems follow
// no symbolic links out of that folder.
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const repository = join(import.meta.dirname, '../..')
const modules = join(repository, 'node_modules')

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>
}

/** Installs the package, which has been built, and pino into the folder. */
export function installPackage (folder: string): void {
  const installed = join(folder, 'node_modules/pino-rotor')
  mkdirSync(installed, { recursive: true })
  unpackInto(installed)
  for (const name of withDependencies(['pino', ...dependenciesIn(installed)])) {
    cpSync(join(modules, name), join(folder, 'node_modules', name), { recursive: true, dereference: true })
  }
  if (!existsSync(join(folder, 'package.json'))) writeFileSync(join(folder, 'package.json'), '{"private":true,"type":"module"}')
}

function unpackInto (installed: string): void {
  const packed = mkdtempSync(join(tmpdir(), 'rotor-packed-'))
  try {
    const tarball = execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', packed], { cwd: repository, encoding: 'utf8' }).trim()
    execFileSync('tar', ['-xzf', join(packed, tarball), '-C', installed, '--strip-components=1'])
  } finally {
    rmSync(packed, { recursive: true, force: true })
  }
}

// Every package of the closure stands at the top of node_modules; one that does not is found through its parent's folder.
function withDependencies (names: readonly string[], seen = new Set<string>()): Set<string> {
  for (const name of names) {
    if (seen.has(name) || !existsSync(join(modules, name))) continue
    seen.add(name)
    withDependencies(dependenciesIn(join(modules, name)), seen)
  }
  return seen
}

function dependenciesIn (folder: string): string[] {
  return Object.keys((JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest).dependencies ?? {})
}
