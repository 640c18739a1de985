// What docs/forwarding.md shows, taken as it stands: its first example, its tables, and its module.
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { parseOptions } from '../../src/options/parse-options.js'
import { mapLine, severityNumber } from '../../src/policy/forwarding/otlp-record.js'
import { verdictOf } from '../../src/policy/forwarding/answer.js'
import { run } from '../cli/command-line.js'
import { fencesIn } from '../readme/fences.js'
import { tableUnder, wordsIn } from '../readme/tables.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { startReceiver } from './receiver.js'

const repository = join(import.meta.dirname, '../..')
const page = readFileSync(join(repository, 'docs/forwarding.md'), 'utf8')
const fences = fencesIn(page)

test('the first example sends its line', async () => {
  const folder = temporaryFolder()
  const receiver = await startReceiver()
  const [code = ''] = fences.flatMap(({ words, code }) => words.includes('recipe') ? [code] : [])
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  symlinkSync(join(repository, 'node_modules'), join(folder, 'node_modules'))
  writeFileSync(join(folder, 'app.js'), `import pino from 'pino'\nimport { transport } from '${join(repository, 'dist/index.js')}'\n${code.replace(/http:[^']*/, receiver.url)}\n`)
  execFileSync(process.execPath, ['app.js'], { cwd: folder })
  await run(['forward', 'logs/app.log', '--url', receiver.url, '--from', 'oldest', '--until-sent'], { cwd: folder })
  // What is acknowledged in the moment of the end may be sent again.
  expect(new Set(receiver.bodies)).toEqual(new Set(['hello']))
})

const samples: Readonly<Record<string, unknown>> = {
  level: 35,
  time: 1759320671111,
  timestamp: 1759320671.111,
  '@timestamp': '2025-10-01T12:11:11.111Z',
  ts: '1759320671111000000',
  msg: 'hello',
  message: 'hello',
  name: 'shop',
  hostname: 'web-1',
  pid: 7,
  trace_id: 'a'.repeat(32),
  traceId: 'a'.repeat(32),
  span_id: 'b'.repeat(16),
  spanId: 'b'.repeat(16),
  trace_flags: '01',
  traceFlags: '01',
  err: { type: 'TypeError', message: 'no', stack: 'TypeError: no' }
}

interface Row { readonly fields: string[], readonly places: string[], readonly record: string }

const mapping = tableUnder(page, 'How a line becomes a record').map(([field = '', record = '']): Row => ({
  // The rest of such a cell tells what is in the field.
  fields: wordsIn(field.replace(/ with .*/, '')).filter((word) => Object.hasOwn(samples, word)),
  places: wordsIn(record),
  record
}))

test('the table names each field that has a place of its own', () => {
  expect(mapping.flatMap(({ fields }) => fields).toSorted()).toEqual(Object.keys(samples).toSorted())
})

test.each(mapping.flatMap(({ fields, places }) => fields.map((field, index) => {
  // Several fields of a row have one place each, in their order, or two names of a field share one.
  const shared = fields.length / places.length
  return [field, fields.length > 1 && Number.isInteger(shared) ? places.slice(Math.floor(index / shared), Math.floor(index / shared) + 1) : places] as const
})))('the field "%s" comes to the place in the table: %j', (field, places) => {
  const { resource, record } = mapLine(JSON.stringify({ [field]: field === 'level' ? 'warn' : samples[field] }), 'uid', '1')
  for (const place of places) expect(`[${resource}]${record}`).toContain(`"${place}"`)
  expect(JSON.parse(record)).toMatchObject({ attributes: expect.not.arrayContaining([expect.objectContaining({ key: field })]) as unknown[] })
})

test('the table says which severity a level has', () => {
  const { record = '' } = mapping.find(({ fields }) => fields.includes('level')) ?? {}
  const pairs = [...record.matchAll(/(\d+) → (\d+)/g)].map(([, level, severity]) => [Number(level), Number(severity)] as const)
  expect(pairs).toHaveLength(6)
  for (const [level, severity] of pairs) expect(severityNumber(level)).toBe(severity)
  expect([12.4, 12.5, 15, 17.5].map(severityNumber)).toEqual([1, 2, 3, 4])
})

test('the page says which answers are tried again', () => {
  const [, listed = ''] = /the answers ([^.]*?) are retried for ever/.exec(page.replaceAll('\n', ' ')) ?? []
  const again = [...listed.matchAll(/\d{3}/g)].map(Number)
  const all = Array.from({ length: 100 }, (_, index) => 400 + index)
  expect(all.filter((status) => verdictOf(status) === 'retry')).toEqual(again)
  expect(listed).toContain('5xx')
  for (let status = 500; status < 600; status++) expect(verdictOf(status)).toBe('retry')
})

test('the table has every code of a report that lines may be missing', () => {
  const source = readFileSync(join(repository, 'src/lifecycle/forwarding/forwarder.ts'), 'utf8')
  const codes = new Set([...source.matchAll(/'(ERR_ROTOR_(?:CURSOR|LINES)_\w+)'/g)].map(([, code]) => code))
  expect(new Set(tableUnder(page, 'What holds').flatMap(([code = '']) => wordsIn(code)))).toEqual(codes)
})

test.each(tableUnder(page, 'Receivers').map(([receiver = '', options = '']) => [receiver, wordsIn(options)[0] ?? '']))('the options of %s are taken', (_, options) => {
  const file = join(temporaryFolder(), 'app.log')
  const entries = Object.fromEntries([...options.matchAll(/(\w+): '([^']*)'/g)].map(([, key = '', value]) => [key, value]))
  const { url = '', authorization } = entries
  process.env['GRAFANA_OTLP'] = 'secret'
  onTestFinished(() => { delete process.env['GRAFANA_OTLP'] })
  const forward = { to: 'otlp', url: url.replace('REGION', 'eu'), ...authorization !== undefined && { headers: { authorization } } }
  expect(parseOptions({ file, forward }).forward?.place).toMatchObject({ kind: 'otlp', url: forward.url })
})

test('the module sends each line, again after a failure, and sets a refused one aside', async () => {
  const folder = temporaryFolder()
  const lines = Array.from({ length: 20 }, (_, index) => `{"level":30,"msg":"line ${index}"}`)
  const taken: string[] = []
  let requests = 0
  const server = createServer((request, response) => {
    void request.setEncoding('utf8').toArray().then((parts) => {
      const batch = parts.join('').split('\n')
      const status = ++requests === 1 ? 503 : batch.some((line) => line.includes('"line 7"')) ? 400 : 200
      if (status === 200) taken.push(...batch)
      response.writeHead(status).end()
    })
  }).listen(0, '127.0.0.1')
  onTestFinished(() => { server.close() })
  await once(server, 'listening')
  const [module = ''] = fences.flatMap(({ code }) => code.startsWith('// send.js') ? [code] : [])
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(folder, 'send.js'), module.replace('127.0.0.1:9000', `127.0.0.1:${(server.address() as AddressInfo).port}`))
  writeFileSync(join(folder, 'app.log'), lines.map((line) => `${line}\n`).join(''))
  writeFileSync(join(folder, 'rotor.json'), JSON.stringify({ file: 'app.log', forward: { module: './send.js', from: 'oldest' } }))
  const { status } = await run(['forward', '--config', 'rotor.json', '--until-sent'], { cwd: folder })
  expect(status).toBe(1)
  expect(taken).toEqual(lines.filter((line) => !line.includes('"line 7"')))
  expect(readFileSync(join(folder, readdirSync(folder).find((name) => name.endsWith('.rejected')) ?? ''), 'utf8')).toBe(`${lines[7] ?? ''}\n`)
})
