// The option `metrics` and `status --prometheus`, read by Debian's promtool and node_exporter.
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { get } from 'node:http'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { gzipSync } from 'node:zlib'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { transport } from '../support/built-package.js'
import { lineAt, run, temporaryFolder } from '../cli/command-line.js'
import { startReceiver, taken, type Receiver } from './receiver.js'

const hasPrometheus = spawnSync('promtool', ['--version']).status === 0 && existsSync('/usr/bin/prometheus-node-exporter')
if (!hasPrometheus) console.log('skipped: promtool and node_exporter, because the Debian packages prometheus and prometheus-node-exporter are missing')

let folder: string
let receiver: Receiver
const metricsFile = (): string => join(folder, 'rotor.prom')

beforeEach(async () => {
  folder = temporaryFolder()
  receiver = await startReceiver()
})

async function logSome (): Promise<string> {
  receiver.answering = (records) => records.some(({ body }) => body === 'bad') ? { status: 400 } : taken
  for (const second of [1, 2, 3]) writeFileSync(join(folder, `app.20251001_12111${second}.log.gz`), gzipSync('x\n'))
  const destination = transport({ file: join(folder, 'app.log'), metrics: metricsFile(), report: false, limit: { count: 2, age: false }, forward: { to: 'otlp', url: receiver.url, hold: '1b' } })
  await once(destination, 'ready')
  for (const msg of ['one', 'bad', 'three']) destination.write(`${JSON.stringify({ level: 30, time: 1, msg })}\n`)
  await receiver.until(() => receiver.records.length >= 2)
  await destination.rotate()
  await destination.sweep()
  destination.end()
  await once(destination, 'close')
  return readFileSync(metricsFile(), 'utf8')
}

function valueOf (text: string, sample: string): number {
  const found = text.split('\n').find((line) => line.startsWith(`pino_rotor_${sample}`))
  return found === undefined ? NaN : Number(found.slice(found.lastIndexOf(' ')))
}

test('counts lines, rotations, compressions, removals, forwarded and rejected lines in a file that others may read', async () => {
  const text = await logSome()
  const values = ['lines_total', 'rotations_total{file="' + join(folder, 'app.log') + '",reason="request"}', 'compressions_total', 'forwarded_lines_total', 'rejected_lines_total', 'dropped_lines_total'].map((name) => valueOf(text, name))
  expect(values).toEqual([3, 1, 1, 2, 1, 0])
  expect(valueOf(text, `removals_total{file="${join(folder, 'app.log')}",reason="count"}`)).toBe(2)
  expect(valueOf(text, `files{file="${join(folder, 'app.log')}",kind="compressed"}`)).toBe(2)
  expect(valueOf(text, 'disk_free_bytes')).toBeGreaterThan(0)
  expect(statSync(metricsFile()).mode & 0o777).toBe(0o644)
})

test('counters begin at 0 with each worker, so that none goes back', async () => {
  const countOfRun = async (messages: readonly string[]): Promise<number> => {
    const destination = transport({ file: join(folder, 'app.log'), metrics: metricsFile(), report: false })
    await once(destination, 'ready')
    for (const msg of messages) destination.write(`${JSON.stringify({ level: 30, time: 1, msg })}\n`)
    destination.end()
    await once(destination, 'close')
    return valueOf(readFileSync(metricsFile(), 'utf8'), 'lines_total')
  }
  expect(await countOfRun(['one', 'two', 'three'])).toBe(3)
  expect(await countOfRun(['four', 'five'])).toBe(2)
})

test.skipIf(!hasPrometheus)('satisfies promtool, as a file and from the command', async () => {
  const text = await logSome()
  expect(execFileSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' })).toBe('')
  const { stdout } = await run(['status', 'app.log', '--prometheus'], { cwd: folder })
  expect(stdout).toContain('pino_rotor_forward_lag_seconds')
  expect(execFileSync('promtool', ['check', 'metrics'], { input: stdout, encoding: 'utf8' })).toBe('')
  const whole = await run(['status', '.', '--prometheus'], { cwd: folder })
  expect(execFileSync('promtool', ['check', 'metrics'], { input: whole.stdout, encoding: 'utf8' })).toBe('')
})

test.skipIf(!hasPrometheus)('is read by node_exporter', async () => {
  await logSome()
  const exporter = spawn('prometheus-node-exporter', ['--collector.disable-defaults', '--collector.textfile', `--collector.textfile.directory=${folder}`, '--web.listen-address=127.0.0.1:0'], { stdio: ['ignore', 'ignore', 'pipe'] })
  onTestFinished(() => { exporter.kill() })
  const page = await new Promise<string>((resolve, reject) => {
    createInterface({ input: exporter.stderr }).on('line', (line) => {
      const address = /127\.0\.0\.1:[1-9]\d*/.exec(line)?.[0]
      if (address === undefined) return
      get(`http://${address}/metrics`, (response) => { response.setEncoding('utf8').toArray().then((parts) => { resolve(parts.join('')) }, reject) }).on('error', reject)
    })
  })
  expect(page).toContain('node_textfile_scrape_error 0')
  expect(valueOf(page, 'lines_total')).toBe(3)
})

test('keeps a label of any path apart from the text around it', async () => {
  const name = 'a"b\\c.log'
  writeFileSync(join(folder, name), lineAt(1, 1))
  const { stdout } = await run(['status', name, '--prometheus'], { cwd: folder })
  expect(stdout).toContain('a\\"b\\\\c.log"')
})

test.skipIf(!hasPrometheus)('has alert rules that promtool accepts, of metrics that exist', async () => {
  const rules = join(import.meta.dirname, '../../examples/monitoring/alerts.yml')
  const dashboard = readFileSync(join(import.meta.dirname, '../../examples/monitoring/dashboard.json'), 'utf8')
  expect(execFileSync('promtool', ['check', 'rules', rules], { encoding: 'utf8' })).toContain('SUCCESS: 6 rules found')
  const text = await logSome()
  const used = new Set(`${readFileSync(rules, 'utf8')}${JSON.stringify(JSON.parse(dashboard))}`.match(/pino_rotor_\w+/g))
  const missing = [...used].filter((name) => !text.includes(`# TYPE ${name} `) && !name.startsWith('pino_rotor_upload_'))
  expect(missing).toEqual([])
})

// What docs/metrics.md shows, run as it stands.
const page = readFileSync(join(import.meta.dirname, '../../docs/metrics.md'), 'utf8')
const recipe = (name: string): string => new RegExp(`\`\`\`js ${name}\\n([^]*?)\`\`\``).exec(page)?.[1] ?? 'throw new Error("no such recipe")'

function runRecipe (name: string, end: string, begin = ''): string {
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  symlinkSync(join(import.meta.dirname, '../../node_modules'), join(folder, 'node_modules'))
  const prologue = `import { transport } from '${join(import.meta.dirname, '../../dist/index.js')}'\nconst destination = transport({ file: 'app.log', report: false })\ndestination.write('{"msg":"one"}\\n')\nawait new Promise((resolve) => destination.flush(resolve))\n`
  writeFileSync(join(folder, 'recipe.js'), `${prologue}${begin}${recipe(name)}\n${end}\ndestination.end()\n`)
  return execFileSync(process.execPath, ['recipe.js'], { cwd: folder, encoding: 'utf8' })
}

test('writes the file by the first example of the page', () => {
  const [, code = ''] = /```js recipe\n([^]*?)```/.exec(page) ?? []
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  symlinkSync(join(import.meta.dirname, '../../node_modules'), join(folder, 'node_modules'))
  writeFileSync(join(folder, 'recipe.js'), `import pino from 'pino'\nimport { transport } from '${join(import.meta.dirname, '../../dist/index.js')}'\n${code}`)
  execFileSync(process.execPath, ['recipe.js'], { cwd: folder })
  const text = readFileSync(join(folder, 'logs/rotor.prom'), 'utf8')
  expect(valueOf(text, 'lines_total')).toBe(1)
  expect(valueOf(text, 'size_bytes{file="' + join(folder, 'logs/app.log') + '",kind="active"}')).toBeGreaterThan(0)
})

interface Named { readonly name: string, readonly labels: readonly string[], readonly type: string }

/** The metrics of a file in Prometheus's format, without the label that all have. */
function metricsIn (text: string): Named[] {
  return [...text.matchAll(/^# TYPE (\S+) (\S+)\n\S+?\{(.*?)\} /gm)].map(([, name = '', type = '', labels = '']) => (
    { name, type, labels: [...labels.matchAll(/(\w+)="/g)].map(([, label = '']) => label).filter((label) => label !== 'file') }
  ))
}

/** The metrics in the tables of the page. */
function metricsOfPage (): Named[] {
  return page.split('\n').filter((line) => line.startsWith('| `')).flatMap((line) => {
    const [, names = ''] = line.split('|')
    return [...names.matchAll(/`(\w+)(?:\{(\w+)\})?`/g)].map(([, name = '', label]) => ({ name, type: name.endsWith('_total') ? 'counter' : 'gauge', labels: label === undefined ? [] : [label] }))
  })
}

const byName = (a: Named, b: Named): number => a.name < b.name ? -1 : 1

test('has the metrics of the tables, with their labels, and no other', async () => {
  for (const second of [1, 2]) writeFileSync(join(folder, `app.20251001_12111${second}.log.gz`), gzipSync('x\n'))
  const store = join(folder, 'store.mjs')
  writeFileSync(store, 'export const put = () => { throw new Error("away") }\nexport const head = () => null\n')
  const destination = transport({ file: join(folder, 'app.log'), metrics: metricsFile(), report: false, upload: { module: store }, forward: { to: 'otlp', url: receiver.url } })
  await once(destination, 'ready')
  destination.write('{"level":30,"time":1,"msg":"one"}\n')
  await receiver.until(() => receiver.records.length >= 1)
  destination.end()
  await once(destination, 'close')
  const text = readFileSync(metricsFile(), 'utf8')
  expect(metricsIn(text).sort(byName)).toEqual(metricsOfPage().sort(byName))
  for (const [row, name] of [[/_rotations_total.*/, 'rotations_total'], [/_removals_total.*/, 'removals_total']] as const) {
    const values = [...text.matchAll(new RegExp(`^pino_rotor_${name}.*reason="(\\w+)"`, 'gm'))].map(([, value]) => value)
    expect([...(row.exec(page)?.[0] ?? '').matchAll(/`(\w+)`/g)].map(([, value]) => value)).toEqual(values)
  }
  const { stdout } = await run(['status', 'app.log', '--prometheus'], { cwd: folder })
  const gauges = metricsIn(stdout).map(({ name }) => name)
  expect(gauges.every((name) => metricsOfPage().some((each) => each.name === name && each.type === 'gauge'))).toBe(true)
  expect(gauges).not.toContain('pino_rotor_step_failing')
})

test('gives prom-client the gauges of status()', () => {
  expect(runRecipe('prom-client', 'console.log(await register.metrics())')).toMatch(/^log_size_bytes 14$/m)
})

test('gives OpenTelemetry the gauges of status()', () => {
  const provider = `import { metrics as api } from '@opentelemetry/api'
const callbacks = []
api.setGlobalMeterProvider({ getMeter: () => ({ createObservableGauge: () => ({ addCallback: (callback) => { callbacks.push(callback) } }) }) })
`
  const observe = 'for (const callback of callbacks) await callback({ observe: (value) => { console.log(value) } })'
  expect(runRecipe('opentelemetry', observe, provider)).toMatch(/^14\n/)
})
