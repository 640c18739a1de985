// Programs that npm distributes as packages: Windows' node.exe, Bun, Deno and other lines of Node. They are fetched by name
// once, into the cache folder of node_modules, and stay there for the next run.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const cache = join(import.meta.dirname, '../../node_modules/.cache/platforms')
/** A registry that hangs must not hold up everything else. */
const installMsMax = 300_000

/** Returns the path of a file that the package contains, or null where the package cannot be fetched. */
export function fetchProgram (specifier: string, file: string): string | null {
  const folder = join(cache, specifier.replaceAll('/', '+'))
  const program = join(folder, 'node_modules', file)
  if (!existsSync(program)) install(specifier, folder)
  return existsSync(program) ? program : null
}

// Into a folder of its own first, so that a run that was interrupted leaves nothing that looks complete.
function install (specifier: string, folder: string): void {
  const unfinished = `${folder}.${process.pid}`
  mkdirSync(unfinished, { recursive: true })
  writeFileSync(join(unfinished, 'package.json'), '{"private":true}')
  // The packages are for other systems and need no scripts here; --force lets npm install them all the same.
  spawnSync('npm', ['install', '--prefix', unfinished, '--force', '--silent', '--no-audit', '--no-fund', '--ignore-scripts', specifier], { timeout: installMsMax })
  rmSync(folder, { recursive: true, force: true })
  renameSync(unfinished, folder)
}
