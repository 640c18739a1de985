// Routes by the names of a logger's own levels, in every way in which pino writes to this package.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runApplication } from '../support/application.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const files = ['app', 'audit', 'error', 'alert'] as const

/** Makes the options for a folder, and a logger with levels of its own. The process stays alive until its end. */
const prologue = `
  import { once } from 'node:events'
  import pino from 'pino'
  import rotor, { transport } from 'pino-rotor'
  const alive = setInterval(() => {}, 1000)
  const options = (folder) => ({
    file: folder + '/app.log', compress: false,
    routes: ['alert', 'error', 'audit'].map((level) => ({ file: folder + '/' + level + '.log', match: { level } }))
  })
  const own = { level: 'trace', customLevels: { audit: 35, alert: 70 } }
  const closed = async (destination) => { const close = once(destination, 'close'); destination.end(); await close }
`

async function run (folder: string, source: string, ...subfolders: string[]): Promise<{ code: number | null, stderr: string }> {
  for (const subfolder of subfolders) mkdirSync(join(folder, subfolder))
  const { code, stderr } = await runApplication(folder, `${prologue}${source}\nclearInterval(alive)`).ended
  return { code, stderr }
}

function kept (folder: string): Record<string, string[]> {
  return Object.fromEntries(files.map((name) => {
    const path = join(folder, `${name}.log`)
    const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : []
    return [name, lines.filter((line) => line !== '').map((line) => (JSON.parse(line) as { msg: string }).msg)]
  }))
}

test('a line goes to the route of its custom level, whatever way it comes', async () => {
  const ways = {
    handle: 'pino(own, transport(at))',
    'a handle that was ready before': "const handle = transport(at); await once(handle, 'ready'); logger = pino(own, handle)",
    'the in-process stream': 'pino(own, await rotor(at))',
    'a plain target': "pino(own, pino.transport({ target: 'pino-rotor', options: at }))",
    'a plain target that was ready before': "const target = pino.transport({ target: 'pino-rotor', options: at }); await once(target, 'ready'); logger = pino(own, target)",
    'the option transport of pino': "pino({ ...own, transport: { target: 'pino-rotor', options: at } })",
    'one of several targets': "pino({ ...own, transport: { targets: [{ level: 'trace', target: 'pino-rotor', options: at }, { level: 'trace', target: 'pino-rotor', options: { file: folder + '/copy.log' } }] } })",
    'one of several targets made apart': "pino(own, pino.transport({ targets: [{ level: 'trace', target: 'pino-rotor', options: at }, { level: 'trace', target: 'pino/file', options: { destination: folder + '/copy.log' } }] }))",
    'the end of a pipeline': "pino(own, pino.transport({ pipeline: [{ target: new URL('through.mjs', import.meta.url).href }, { target: 'pino-rotor', options: at }] }))"
  }
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'through.mjs'), "import { PassThrough } from 'node:stream'\nexport default () => new PassThrough()\n")
  const making = Object.values(ways).map((way, index) => `async (at, folder) => { ${way.startsWith('const') ? `let logger; ${way}; return logger` : `return ${way}`} }`.replace(/^/, index === 0 ? '' : ', '))
  const names = Object.keys(ways)
  const ending = await run(folder, `
    await Promise.all([${making.join('')}].map(async (make, index) => {
      const logger = await make(options('./' + index), './' + index)
      for (const level of ['info', 'audit', 'error', 'alert', 'debug', 'warn', 'fatal']) logger[level](level)
    }))
  `, ...names.map((_, index) => String(index)))
  expect(ending).toEqual({ code: 0, stderr: '' })
  const expected = { app: ['info', 'debug'], audit: ['audit', 'warn'], error: ['error', 'fatal'], alert: ['alert'] }
  expect(Object.fromEntries(names.map((name, index) => [name, kept(join(folder, String(index)))]))).toEqual(Object.fromEntries(names.map((name) => [name, expected])))
})

test('a level has the number that the logger gives it, also if its name is one of pino\'s own', async () => {
  const folder = temporaryFolder()
  await run(folder, `
    const renumbered = { level: 'info', useOnlyCustomLevels: true, customLevels: { info: 1, audit: 2, error: 3, alert: 4 } }
    for (const destination of [transport(options('./0')), pino.transport({ target: 'pino-rotor', options: options('./1') })]) {
      const logger = pino(renumbered, destination)
      for (const level of ['info', 'audit', 'error', 'alert']) logger[level](level)
    }
  `, '0', '1')
  for (const name of ['0', '1']) expect(kept(join(folder, name)), name).toEqual({ app: ['info'], audit: ['audit'], error: ['error'], alert: ['alert'] })
})

test('a file rotates before a line of a custom level by name', async () => {
  const folder = temporaryFolder()
  const { code } = await run(folder, `
    const destination = transport({ file: 'app.log', compress: false, rotateWhen: { level: 'audit' } })
    const logger = pino(own, destination)
    logger.info('info')
    logger.audit('audit')
    await closed(destination)
  `)
  expect(code).toBe(0)
  expect(kept(folder)['app']).toEqual(['audit'])
})

test('a level that no logger has is reported once with what to write, and its lines are kept elsewhere', async () => {
  const folder = temporaryFolder()
  const makes = ['transport(at)', 'await rotor(at)', "pino.transport({ target: 'pino-rotor', options: at })"]
  const cases = makes.flatMap((make) => [
    { make, log: "pino({ customLevels: { audit: 35 } }, destination).info('line')", says: 'it has trace, ' },
    { make, log: 'destination.write(\'{"level":30,"msg":"line"}\\n\')', says: 'no logger has told its levels' }
  ])
  const { code, stderr } = await run(folder, `
    await Promise.all([${cases.map(({ make, log }) => `async (at) => { const destination = ${make}; ${log}; ${log}; await closed(destination) }`).join(', ')}].map((use, index) => use(options('./' + index))))
  `, ...cases.map((_, index) => String(index)))
  expect(code).toBe(0)
  const reports = stderr.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as { event: string, step: string, code: string, message: string, path: string })
  for (const [index, { make, log, says }] of cases.entries()) {
    const own = reports.filter(({ path }) => path === join(folder, String(index), 'app.log'))
    expect(own, `${make} ${log}`).toEqual([expect.objectContaining({ event: 'failed', step: 'route', code: 'ERR_ROTOR_LEVEL', message: expect.stringContaining(says) })])
    expect(kept(join(folder, String(index)))['app']).toEqual(['line', 'line'])
  }
})

test('a level is known as soon as a logger has it', async () => {
  const folder = temporaryFolder()
  const { stderr } = await run(folder, `
    const destination = transport(options('.'))
    pino(destination).info('line')
    await once(destination, 'failed')
    pino(own, destination).alert('alert')
    await closed(destination)
  `)
  expect(kept(folder)).toMatchObject({ app: ['line'], alert: ['alert'] })
  expect(stderr).toMatch(/"event":"recovered",.*"step":"route"/)
})

test('a plain target refuses the name of a custom level under a version of pino that tells none', async () => {
  const folder = temporaryFolder()
  const at = (path: string): string => JSON.stringify(join(import.meta.dirname, '../..', path))
  const { stderr } = await run(folder, `
    const { default: ThreadStream } = await import(${at('node_modules/thread-stream/index.js')})
    const stream = new ThreadStream({ filename: ${at('dist/index.js')}, workerData: options('.') })
    await new Promise((resolve) => { stream.on('error', (error) => { process.stderr.write(error.message); resolve() }) })
  `)
  expect(stderr).toContain('does not tell a transport the names')
  expect(existsSync(join(folder, 'app.log'))).toBe(false)
})
