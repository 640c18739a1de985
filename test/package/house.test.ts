// The house as CONTRIBUTING.md draws it: each folder of src/ stands in a box, each import follows arrows, nothing goes in a circle, and
// tests are named after what they test.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { expect, test } from 'vitest'

const repository = join(import.meta.dirname, '../..')
const source = join(repository, 'src')
const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).map((name) => name.replaceAll('\\', '/')).filter((name) => name.endsWith('.ts'))
const texts = new Map(files.map((file) => [file, readFileSync(join(source, file), 'utf8')]))
const diagram = /```mermaid\n([\s\S]*?)```/.exec(readFileSync(join(repository, 'CONTRIBUTING.md'), 'utf8'))?.[1] ?? ''

interface Import { readonly from: string, readonly to: string, readonly isType: boolean }

const imports = [...texts].flatMap(([from, text]): Import[] => {
  return [...text.matchAll(/^(?:import|export) (type )?[^'\n]*'(\.[^'\n]+\.js)'|\bimport\('(\.[^'\n]+)'\)/gm)].map(([, type, named, late]) => {
    const to = relative(source, join(source, dirname(from), named ?? late ?? '')).replaceAll('\\', '/').replace(/\.js$/, '.ts')
    return { from, to, isType: type !== undefined }
  })
})

/** The folders and files that a box of the diagram names, by the box's id. */
const boxes = new Map([...diagram.matchAll(/([\w-]+)\["([^"]*)"\]/g)].map(([, id = '', label = '']) => [id, label.split(/<br\/>|·|,/).map((name) => name.trim().replace(/\/(: .*)?$/, ''))]))
const arrows = [...diagram.matchAll(/^ *([\w-]+)(?:\["[^"]*"\])? (-->|-\.->\|types only\|) ([\w-]+)/gm)].map(([, from = '', line, to = '']) => ({ from, to, isType: line !== '-->' }))

/** Whether the arrows lead from one box to another. */
function leads (from: string, to: string, mayBeType: boolean): boolean {
  const reached = new Set([from])
  for (const box of reached) for (const arrow of arrows) if (arrow.from === box && (mayBeType || !arrow.isType)) reached.add(arrow.to)
  return reached.has(to)
}

/** The box of a file outside of any other box, and the one within it; null where the file stands in no inner box. */
function boxesOf (file: string): { readonly outer: string, readonly inner: string | null } {
  const [top = '', second = '', ...rest] = file.replace(/\.ts$/, '').split('/')
  const outer = boxes.has(top) ? top : [...boxes].find(([, names]) => names.includes(top))?.[0] ?? `no box for ${top}`
  return { outer, inner: top === 'lifecycle' && rest.length > 0 ? second : null }
}

/** The pair of boxes between which an import goes; null if it stays within one. */
function boxPair ({ from, to }: Import): { readonly from: string, readonly to: string } | null {
  const [here, there] = [boxesOf(from), boxesOf(to)]
  if (here.outer !== there.outer) return { from: here.outer, to: there.outer }
  return here.inner === null || there.inner === null || here.inner === there.inner ? null : { from: here.inner, to: there.inner }
}

/** Finds a circle, as the nodes along it; null if there is none. */
function circleIn (edges: ReadonlyMap<string, readonly string[]>): string[] | null {
  const done = new Set<string>()
  const visit = (node: string, path: readonly string[]): string[] | null => {
    if (path.includes(node)) return [...path.slice(path.indexOf(node)), node]
    if (done.has(node)) return null
    for (const next of edges.get(node) ?? []) {
      const circle = visit(next, [...path, node])
      if (circle !== null) return circle
    }
    done.add(node)
    return null
  }
  for (const node of edges.keys()) {
    const circle = visit(node, [])
    if (circle !== null) return circle
  }
  return null
}

function edgesOf (pairs: ReadonlyArray<{ readonly from: string, readonly to: string }>): ReadonlyMap<string, readonly string[]> {
  const edges = new Map<string, string[]>()
  for (const { from, to } of pairs) edges.set(from, [...edges.get(from) ?? [], to])
  return edges
}

test('each import is found and leads to a file', () => {
  expect(imports.length).toBeGreaterThan(files.length)
  expect(imports.filter(({ to }) => !texts.has(to))).toEqual([])
})

test('no file imports itself in a circle, not even for a type', () => {
  expect(circleIn(edgesOf(imports))).toBeNull()
})

test('no two folders import each other in a circle', () => {
  expect(circleIn(edgesOf(imports.map(boxPair).filter((pair) => pair !== null)))).toBeNull()
  expect(circleIn(edgesOf(arrows))).toBeNull()
})

test('each import follows arrows of the diagram', () => {
  const wrong = imports.flatMap((entry) => {
    const pair = boxPair(entry)
    return pair === null || leads(pair.from, pair.to, entry.isType) ? [] : [`${pair.from} → ${pair.to}: ${entry.from} imports ${entry.isType ? 'a type of ' : ''}${entry.to}`]
  })
  expect(wrong).toEqual([])
})

test('the diagram names each folder of the first two levels, and none that is missing', () => {
  const folders = [...new Set(files.map(dirname))].filter((folder) => folder !== '.' && folder.split('/').length <= 2)
  const named = [...boxes].flatMap(([id, names]) => [id, ...names])
  expect(folders.filter((folder) => !named.includes(folder.split('/').at(-1) ?? ''))).toEqual([])
  const parts = new Set([...files.map((file) => file.replace(/\.ts$/, '')), ...folders].flatMap((path) => path.split('/')))
  const drawn = [...diagram.matchAll(/\["([^"<]*)(?:<br\/>|")/g)].flatMap(([, title = '']) => title.split('·').map((name) => name.trim().replace(/\/(: .*)?$/, '')))
  expect(drawn.filter((name) => name !== 'ground' && !parts.has(name))).toEqual([])
})

test('no folder holds more than 16 files, and no file more than 300 lines', () => {
  const sizes = new Map<string, number>()
  for (const file of files) sizes.set(dirname(file), (sizes.get(dirname(file)) ?? 0) + 1)
  expect([...sizes].filter(([, count]) => count > 16)).toEqual([])
  expect([...texts].filter(([, text]) => text.trimEnd().split('\n').length > 300).map(([file]) => file)).toEqual([])
})

/** Folders of tests that use the built program or real servers as a whole. A file in them is named after its scenario. */
const scenarioFolders = ['cli', 'remote', 'web/page/browser']

/** The unit that a test file is named after. A second file of one unit adds its subject behind a dot: `lock.contention.test.ts`. */
const unitOf = (test: string): string => test.replace(/(?:\.[\w-]+)?\.test\.ts$/, '.ts')

test('each test file in a folder of src/ is named after the unit that it tests', () => {
  const tests = readdirSync(join(repository, 'test'), { recursive: true, encoding: 'utf8' }).map((name) => name.replaceAll('\\', '/')).filter((name) => name.endsWith('.test.ts'))
  const tops = new Set(files.map((file) => file.split('/')[0]))
  const mirrored = tests.filter((name) => tops.has(name.split('/')[0]) && !scenarioFolders.some((folder) => name.startsWith(`${folder}/`)))
  expect(mirrored.length).toBeGreaterThan(80)
  expect(mirrored.filter((name) => !texts.has(unitOf(name)))).toEqual([])
})
