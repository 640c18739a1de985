// What an option does not ask for is not loaded. The files that an application and its worker load at the start are followed from
// import to import.
import { builtinModules } from 'node:module'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const dist = join(import.meta.dirname, '../../dist')

/** Every module that the file needs before its first line runs, itself included. */
function loadedAtStart (file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen
  seen.add(file)
  const source = existsSync(join(dist, file)) ? readFileSync(join(dist, file), 'utf8') : ''
  const imports = [...source.matchAll(/^(?:import|export)\b[^;'"]*?["']([^"']+)["']/gm), ...source.matchAll(/\brequire\(["']([^"']+)["']\)/g)]
  for (const [, name = ''] of imports) loadedAtStart(name.replace(/^\.\//, ''), seen)
  return seen
}

test.each(['index.js', 'index.cjs', 'worker.js', 'worker.cjs'])('%s loads nothing of an upload before the option asks for it', (file) => {
  const loaded = [...loadedAtStart(file)].map((name) => name.replace(/^node:/, ''))
  expect(loaded.some((name) => builtinModules.includes(name))).toBe(true)
  expect(loaded.filter((name) => ['aws4', 'http', 'https', 'dns', 'tls', 'net', 'upload.js'].includes(name))).toEqual([])
})

test('the part that uploads loads its client', () => {
  expect([...loadedAtStart('upload.js')].map((name) => name.replace(/^node:/, ''))).toEqual(expect.arrayContaining(['aws4', 'https']))
})
