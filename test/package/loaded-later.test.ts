// What an option does not ask for is not loaded. The files that an application and its worker load at the start are followed from
// import to import.
import { spawnSync } from 'node:child_process'
import { builtinModules } from 'node:module'
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadedAtStart } from '../support/loaded-at-start.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const dist = join(import.meta.dirname, '../../dist')

test.each(['index.js', 'index.cjs', 'worker.js', 'worker.cjs'])('%s loads nothing of an upload before the option asks for it', (file) => {
  const loaded = [...loadedAtStart(file)]
  expect(loaded.some((name) => builtinModules.includes(name))).toBe(true)
  expect(loaded.filter((name) => ['aws4', 'http', 'https', 'dns', 'tls', 'net', 'upload.js'].includes(name))).toEqual([])
})

test('the part that uploads loads its client', () => {
  expect([...loadedAtStart('upload.js')]).toEqual(expect.arrayContaining(['aws4', 'https']))
})

/** What the package loads from elsewhere: its parts and its commands, without what they share. */
const entries = readdirSync(dist).filter((name) => /^(?!index|worker|cli-chunk-).*\.js$/.test(name))

/** The option, its two commands, and the question that `doctor` asks the store. The page has what `doctor` has. */
const isOfUpload = (name: string): boolean => /^upload\.js$|^cli-(?:upload|download|doctor|web)-/.test(name)

test('an upload adds less to the package than the 0.05 MiB of its client', () => {
  const others = new Set(entries.filter((name) => !isOfUpload(name)).flatMap((name) => [...loadedAtStart(name)]))
  const roots = entries.filter((name) => isOfUpload(name) && !/^cli-(?:doctor|web)-/.test(name))
  const added = [...new Set(roots.flatMap((name) => [...loadedAtStart(name)]))].filter((name) => !others.has(name) && existsSync(join(dist, name)))
  const bytes = added.map((name) => statSync(join(dist, name)).size).reduce((sum, size) => sum + size, 0)
  console.log(`the files of an upload: ${bytes} bytes`)
  expect(added).toContain('upload.js')
  expect(bytes).toBeLessThan(0.05 * 1024 ** 2)
})

/** The files of the package that an application with these options loads, and its worker, in all their life. */
function loadedInLife (options: object): string[] {
  const folder = temporaryFolder()
  const coverage = join(folder, 'coverage')
  mkdirSync(coverage)
  const source = `
    import { once } from 'node:events'
    import { transport } from ${JSON.stringify(join(dist, 'index.js'))}
    const destination = transport({ file: 'app.log', report: false, ...${JSON.stringify(options)} })
    const alive = setInterval(() => {}, 60_000)
    await once(destination, 'ready')
    destination.write('{"level":30}\\n')
    await destination.rotate()
    await destination.sweep()
    destination.end()
    await once(destination, 'close')
    clearInterval(alive)`
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', source], { cwd: folder, env: { ...process.env, NODE_V8_COVERAGE: coverage }, encoding: 'utf8' })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  const texts = readdirSync(coverage).map((name) => readFileSync(join(coverage, name), 'utf8'))
  return readdirSync(dist).filter((name) => texts.some((text) => text.includes(`/dist/${name}"`)))
}

const optional = ['forward.js', 'forward-threaded.js', 'forwarding-thread.js', 'metrics.js', 'upload.js', 'unsent-lines.js', 'failure-record.js']

test('a log without such options never loads what forwards, uploads, writes metrics or notes failures', () => {
  const loaded = loadedInLife({})
  expect(loaded).toEqual(expect.arrayContaining(['index.js', 'worker.js']))
  expect(loaded.filter((name) => optional.includes(name))).toEqual([])
})

test.each([
  ['forward-threaded.js', { forward: { to: 'otlp', url: 'http://127.0.0.1:9/v1/logs' } }],
  ['metrics.js', { metrics: 'rotor.prom' }]
])('%s is loaded where its option is set', (file, options) => {
  expect(loadedInLife(options)).toContain(file)
})
