// The options of a recipe in the README, as they stand there, with every file in a folder of the test's.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RotorOptions } from '../../src/index.js'
import { fencesIn } from '../readme/fences.js'

const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8')

/** Reads the options of the first recipe whose code has the text. */
export async function recipeWith (text: string, folder: string): Promise<RotorOptions> {
  const code = fencesIn(readme).find(({ words, code }) => words.includes('recipe') && code.includes(text))?.code ?? ''
  const [, literal] = /transport\((\{.*\})\)\)/s.exec(code) ?? []
  if (literal === undefined) throw new Error(`no recipe with ${text}`)
  const module = join(folder, 'recipe.mjs')
  writeFileSync(module, `export default ${literal}`)
  const { default: options } = await import(module) as { default: RotorOptions }
  const at = (file: string): string => join(folder, file)
  return { ...options, file: at(options.file), routes: (options.routes ?? []).map((route) => ({ ...route, file: at(route.file) })) }
}
