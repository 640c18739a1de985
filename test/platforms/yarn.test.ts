// A project of Yarn's Plug'n'Play, which keeps packages in zip files and replaces parts of node:fs: each form of the API there logs, rotates
// and compresses, by each algorithm and with a module of the user's own, and bundles, and the commands run.
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fetchProgram } from './fetched.js'

const repository = join(import.meta.dirname, '../..')
const yarn = fetchProgram('@yarnpkg/cli-dist', '@yarnpkg/cli-dist/bin/yarn.js')
if (yarn === null) console.log('skipped Yarn: npm package @yarnpkg/cli-dist cannot be fetched')

let project: string
beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'rotor-yarn-'))
  if (yarn !== null) install(yarn)
})
afterAll(() => { rmSync(project, { recursive: true, force: true }) })

function install (program: string): void {
  const tarball = execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', project], { cwd: repository, encoding: 'utf8' }).trim()
  const registry = execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).trim()
  const { version: pino } = JSON.parse(readFileSync(join(repository, 'node_modules/pino/package.json'), 'utf8')) as { version: string }
  writeFileSync(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module', dependencies: { pino, 'pino-rotor': `file:./${tarball}` } }))
  writeFileSync(join(project, '.yarnrc.yml'), `nodeLinker: pnp\nenableTelemetry: false\nenableGlobalCache: false\nenableImmutableInstalls: false\nnpmRegistryServer: ${JSON.stringify(registry)}\n`)
  cpSync(join(import.meta.dirname, 'runtimes'), project, { recursive: true })
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, 'install'], { cwd: project, encoding: 'utf8' })
  if (status !== 0) throw new Error(`yarn install: ${stdout}${stderr}`)
}

function run (...args: readonly string[]): { status: number | null, output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [yarn ?? '', ...args], { cwd: project, encoding: 'utf8' })
  return { status, output: stdout + stderr }
}

/** Writes an application that rotates once and waits for the compression. */
function writeRotation (folder: string, compress: string): void {
  writeFileSync(join(project, 'rotate.js'), `
    import { once } from 'node:events'
    import { transport } from 'pino-rotor'
    setInterval(() => {}, 60_000)
    const destination = transport({ file: ${JSON.stringify(join(folder, 'app.log'))}, compress: ${compress} })
    destination.write('a line\\n')
    await destination.rotate()
    await once(destination, 'compressed')
    const closed = once(destination, 'close')
    destination.end()
    await closed
    process.exit(0)
  `)
}

describe.skipIf(yarn === null)('a project of Yarn\'s Plug\'n\'Play', () => {
  test('has no node_modules, and logs, rotates and compresses through each form of the API', () => {
    const folder = join(project, 'forms')
    mkdirSync(folder)
    expect(run('node', 'log.js', folder)).toEqual({ status: 0, output: 'passed\n' })
    expect(readdirSync(project)).not.toContain('node_modules')
    expect(readdirSync(folder).filter((name) => name.endsWith('.gz'))).toHaveLength(2)
    expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([])
    for (const name of ['status', 'cat', 'verify', 'doctor', 'rotate']) {
      const { status, output } = run('pino-rotor', name, join(folder, 'handle.log'))
      expect({ name, status, output: status === 0 ? '' : output }).toEqual({ name, status: 0, output: '' })
    }
    expect(run('pino-rotor', 'cat', '--count', join(folder, 'handle.log')).output).toBe('200\n')
  })

  test.each([
    ['gzip of one member', "{ algorithm: 'gzip', blocks: false }", '.gz'],
    ['brotli', "'brotli'", '.br'],
    ['a module of your own', "{ module: './own.mjs' }", '.own']
  ])('compresses with %s', (_what, compress, suffix) => {
    const folder = mkdtempSync(join(project, 'algorithm-'))
    writeFileSync(join(project, 'own.mjs'), "import { createGunzip, createGzip } from 'node:zlib'\nexport const extension = '.own'\nexport const create = () => createGzip()\nexport const restore = () => createGunzip()\n")
    writeRotation(folder, compress)
    expect(run('node', 'rotate.js')).toEqual({ status: 0, output: '' })
    expect(readdirSync(folder).filter((name) => name !== 'app.log').map((name) => name.replace(/^app\.\d+_\d+\.log/, ''))).toEqual([suffix])
  })

  // pino's own transports do not start in this way, since pino drops the flags.
  test('writes blocks from a thread of its own, also if Node itself gets the flags of Yarn', () => {
    const folder = mkdtempSync(join(project, 'flags-'))
    writeRotation(folder, "'gzip'")
    const { status, stderr } = spawnSync(process.execPath, ['--no-warnings', '-r', './.pnp.cjs', '--experimental-loader', './.pnp.loader.mjs', 'rotate.js'], { cwd: project, encoding: 'utf8' })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const [archive = ''] = readdirSync(folder).filter((name) => name.endsWith('.gz'))
    // The header of a block has an extra field, whose identifier is PR.
    expect(readFileSync(join(folder, archive)).subarray(12, 14).toString()).toBe('PR')
  })

  test('bundles on request, and finds the lines again', () => {
    const folder = mkdtempSync(join(project, 'bundle-'))
    for (const day of ['03', '04']) writeFileSync(join(folder, `app.202501${day}_000000.log`), `{"day":${day.slice(1)}}\n`)
    writeFileSync(join(folder, 'app.log'), '{"day":5}\n')
    writeFileSync(join(folder, 'rotor.json'), JSON.stringify({ file: join(folder, 'app.log'), bundle: { frequency: 'monthly' }, limit: false }))
    const { status, output } = run('pino-rotor', 'bundle', '--config', join(folder, 'rotor.json'), join(folder, 'app.log'))
    expect({ status, output }).toMatchObject({ status: 0 })
    expect(readdirSync(join(folder, 'archive'))).toEqual(['app.202501.log.gz'])
    expect(run('pino-rotor', 'cat', join(folder, 'app.log')).output).toBe('{"day":3}\n{"day":4}\n{"day":5}\n')
  })
})
