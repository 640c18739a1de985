// What a built file loads before its first line runs, followed from import to import.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const dist = join(import.meta.dirname, '../../dist')
/** The build removes white space, so an import may follow anything that ends a statement. */
const importPattern = /(?:^|[;}])(?:import|export)\b(?!\()[^;'"()]*?["']([^"']+)["']/gm
const requirePattern = /\brequire\(["']([^"']+)["']\)/g

/** Every module that the file needs at its start, itself included. Modules of Node come without `node:`. */
export function loadedAtStart (file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen
  seen.add(file)
  const source = existsSync(join(dist, file)) ? readFileSync(join(dist, file), 'utf8') : ''
  for (const [, name = ''] of [...source.matchAll(importPattern), ...source.matchAll(requirePattern)]) loadedAtStart(name.replace(/^(?:\.\/|node:)/, ''), seen)
  return seen
}
