import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { logName, parseArchiveName } from '../src/policy/names/archive-name.js'
import { defaultBundle, defaultForward, defaultOptions, defaultUpload } from '../src/options/defaults.js'
import { declarationsIn } from './readme/declarations.js'
import { ExampleProject } from './readme/example-project.js'
import { fencesIn, proseOf, type Fence } from './readme/fences.js'
import { tableUnder, wordsIn } from './readme/tables.js'

const repository = join(import.meta.dirname, '..')
const page = (name: string): string => readFileSync(join(repository, name), 'utf8')
const readme = page('README.md')
const optionsPage = page('docs/options.md')
const comparisonPage = page('docs/comparison.md')
const examples = ['README.md', 'docs/options.md', 'docs/bundles.md'].flatMap((name) => fencesIn(page(name))
  .filter(({ language }) => language !== '')
  .map((fence) => ({ ...fence, page: name })))
const runnable = examples.filter(({ notRun }) => notRun === null)
// The README says once what each recipe begins with.
const recipeStart = "import pino from 'pino'\nimport { transport } from 'pino-rotor'\n"
const named = ({ page, heading, line, language }: Fence & { page: string }): string => `${page}, ${heading}, ${language} of line ${line}`

describe('an example of a page', () => {
  let project: ExampleProject

  beforeEach(() => { project = new ExampleProject() })
  afterEach(() => { project.remove() })

  const programs = runnable.filter(({ language, words }) => language === 'js' && !words.includes('server'))
  test.each(programs.map((fence) => [named(fence), fence] as const))('runs and does what it says: %s', async (_, { code, words }) => {
    const outcome = await project.run(words.includes('commonjs') ? 'example.cjs' : 'example.mjs', words.includes('recipe') ? recipeStart + code : code)
    expect(outcome.stderr.split('\n').filter((line) => line !== '' && !line.startsWith('{'))).toEqual([])
    expect(outcome.exitCode).toBe(0)
    const printed = [...code.matchAll(/^\/\/ prints: (.*)$/gm)].map(([, line = '']) => line)
    if (printed.length > 0) expect(outcome.stdout.trimEnd().split('\n')).toEqual(printed)
    if (/\.info\(.*'hello'\)/.test(code)) expect(project.logLines()).toContainEqual(expect.objectContaining({ msg: 'hello' }))
  })

  const servers = runnable.filter(({ words }) => words.includes('server'))
  test.each(servers.map((fence) => [named(fence), fence] as const))('answers and logs the answer: %s', async (_, { code }) => {
    expect(await project.askServer('server.mjs', code)).toBe('hello')
  })

  const shells = runnable.filter(({ language }) => language === 'sh')
  test.each(shells.map((fence) => [named(fence), fence] as const))('finds what a shell is asked for: %s', async (_, { code }) => {
    await project.run('log.mjs', `
      import pino from 'pino'
      import { transport } from 'pino-rotor'
      const destination = transport({ file: 'logs/app.log' })
      pino(destination).error('archived')
      await destination.rotate()
      await destination.sweep()
      pino(destination).error('active')`)
    const { stdout, exitCode } = await project.runShell(code)
    expect(exitCode).toBe(0)
    expect(stdout).toContain('archived')
    expect(stdout).toContain('active')
  })

  const rest = examples.filter(({ notRun }) => notRun !== null)

  test('is run, or says why it is not', () => {
    console.log(`examples: ${runnable.length} run, ${rest.length} not run`)
    for (const fence of rest) console.log(`not run, ${String(fence.notRun)}: ${named(fence)}`)
    expect(programs.length + servers.length + shells.length).toBe(runnable.length)
    expect(rest.filter(({ notRun }) => (notRun ?? '').length < 20)).toEqual([])
    expect(rest.length).toBeLessThan(runnable.length / 4)
  })
})

describe('the table of options', () => {
  const interfaces = new Map(['options', 'nested-options', 'elsewhere-options'].flatMap((file) => [...declarationsIn(join(repository, `src/options/${file}.ts`)).interfaces]))
  const rows = new Map(tableUnder(optionsPage, 'All options').map(([option = '', usual = '']) => [wordsIn(option)[0] ?? '', usual.replaceAll('`', '')]))

  // An option with parts of its own has an interface named after it.
  const declared = (interfaces.get('RotorOptions') ?? []).flatMap((option) => [
    option,
    ...(interfaces.get(`${option.name.charAt(0).toUpperCase()}${option.name.slice(1)}Options`) ?? [])
      .map((part) => ({ ...part, name: `${option.name}.${part.name}` }))
  ])

  test('has a row for each option that is declared, in that order', () => {
    expect([...rows.keys()]).toEqual(declared.map(({ name }) => name))
  })

  test('gives the default that is documented where the option is declared', () => {
    const documented = declared.map(({ name, usual, isOptional }) => [name, usual ?? (isOptional ? 'undocumented' : 'required')])
    expect([...rows]).toEqual(documented)
  })

  test('gives the default that the code uses', () => {
    const { limit, mode, ...others } = defaultOptions
    const { limit: bundleLimit, ...bundle } = defaultBundle
    const lifted = Object.entries(limit).filter(([, usual]) => usual === false).map(([name]) => name)
    const shown = {
      ...Object.fromEntries(Object.entries(others).map(([name, usual]) => [name, inspect(usual)])),
      mode: `0o${mode.toString(8)}`,
      limit: inspect(Object.fromEntries(Object.entries(limit).filter(([name]) => !lifted.includes(name)))),
      ...Object.fromEntries(Object.entries(limit).map(([name, usual]) => [`limit.${name}`, inspect(usual)])),
      ...Object.fromEntries(Object.entries(defaultUpload).map(([name, usual]) => [`upload.${name}`, inspect(usual)])),
      ...Object.fromEntries(Object.entries(defaultForward).map(([name, usual]) => [`forward.${name}`, inspect(usual)])),
      ...Object.fromEntries(Object.entries(bundle).map(([name, usual]) => [`bundle.${name}`, inspect(usual)])),
      'bundle.limit': inspect(Object.values(bundleLimit).some((usual) => usual !== false) ? bundleLimit : false)
    }
    expect(Object.fromEntries(Object.keys(shown).map((name) => [name, rows.get(name)]))).toEqual(shown)
  })
})

describe('the short table of options', () => {
  test('names only options that the page of options has', () => {
    const all = tableUnder(optionsPage, 'All options').map(([option = '']) => wordsIn(option)[0])
    const short = tableUnder(readme, 'Options').flatMap(([, option = '']) => wordsIn(option))
    expect(short.length).toBeGreaterThan(4)
    expect(short.filter((option) => !all.includes(option))).toEqual([])
  })
})

describe('the table of events', () => {
  const { interfaces, unions } = declarationsIn(join(repository, 'src/events.ts'))
  const rows = tableUnder(readme, 'Events')

  test('has a row for each event, with every field that is always there', () => {
    const declared = (interfaces.get('RotorEvents') ?? [])
      .map(({ name, type }) => [name, (interfaces.get(type.slice(1, -1)) ?? []).filter(({ isOptional }) => !isOptional).map((field) => field.name)])
    expect(rows.map(([event = '', fields = '']) => [wordsIn(event)[0], wordsIn(fields)])).toEqual(declared)
  })

  test('names every reason', () => {
    const reasons = (event: string): string[] => wordsIn(rows.find(([name]) => name === `\`${event}\``)?.[2] ?? '')
    expect(reasons('rotated')).toEqual(expect.arrayContaining((unions.get('RotationReason') ?? []).map((word) => `'${word}'`)))
    expect(reasons('removed')).toEqual(expect.arrayContaining((unions.get('RemovalReason') ?? []).map((word) => `'${word}'`)))
  })
})

test('package.json, the README, the page of compatibility and the check at load name the same oldest Node', () => {
  const { engines } = JSON.parse(page('package.json')) as { engines: { node: string } }
  const oldest = /^>=(\d+)$/.exec(engines.node)?.[1] ?? 'a range'
  expect(readme).toContain(`Node ${oldest} or later`)
  expect(page('docs/compatibility.md')).toContain(`\`engines\` in package.json says the same: Node ${oldest} or later`)
  expect(page('src/platform/node-version.ts')).toContain(`const oldestLine = ${oldest}\n`)
})

describe('the README', () => {
  test('numbers the guarantees, each with a folder of tests that exists', () => {
    const rows = tableUnder(readme, 'Guarantees')
    expect(rows.length).toBeGreaterThanOrEqual(12)
    expect(rows.map(([number]) => number)).toEqual(rows.map((_, index) => String(index + 1)))
    for (const [number, , folders = ''] of rows) {
      expect(wordsIn(folders), `guarantee ${number}`).not.toEqual([])
      expect(wordsIn(folders).filter((folder) => !existsSync(join(repository, folder)))).toEqual([])
    }
  })

  test('lists files after the quick start that are the active file and archives of it', () => {
    const [listing] = fencesIn(readme).filter(({ heading, language }) => heading === 'Quick start' && language === '')
    const [active, ...archives] = (listing?.code ?? '').split('\n').map((line) => line.split(' ')[0] ?? '')
    expect(active).toBe('app.log')
    expect(archives.length).toBeGreaterThan(2)
    expect(archives.filter((name) => parseArchiveName(name, logName('logs/app.log')) === null)).toEqual([])
  })

  test('compares only what the page of the comparison has', () => {
    const short = tableUnder(readme, 'Comparison').map(([line]) => line)
    expect(tableUnder(comparisonPage, 'The packages side by side').map(([line]) => line)).toEqual(expect.arrayContaining(short))
  })

  test('links to pages and headings that exist', () => {
    const links = [...readme.matchAll(/\]\(([^)]+)\)/g)].map(([, link = '']) => link).filter((link) => !link.startsWith('https://'))
    const headings = [...readme.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => `#${heading.toLowerCase().replaceAll(' ', '-')}`)
    expect(links.filter((link) => link.startsWith('#') ? !headings.includes(link) : !existsSync(join(repository, link)))).toEqual([])
  })

  test('has at most 1,500 words outside code', () => {
    expect(proseOf(readme).split(/\s+/).length).toBeLessThanOrEqual(1_500)
  })
})

describe('the page of the comparison', () => {
  test('says how each line was checked', () => {
    const compared = tableUnder(comparisonPage, 'The packages side by side')
    const checked = tableUnder(comparisonPage, 'How the comparison was checked')
    expect(checked.map(([line]) => line)).toEqual(compared.map(([line]) => line))
    expect(checked.map((cells) => cells.map((cell) => cell !== ''))).toEqual(compared.map((cells) => cells.map((cell) => cell !== '')))
  })
})
