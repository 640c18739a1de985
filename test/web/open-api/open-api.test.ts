// The description of the API, compared with real answers.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { faultOf, type Root, type Schema } from '../server/schema-check.js'
import { folderOfLogs, serve } from '../server/served.js'

interface Description extends Root {
  readonly paths: Readonly<Record<string, { readonly get: { readonly responses: { readonly 200: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> } } } }>>
}

const examples: Readonly<Record<string, string>> = {
  '/api/v1/logs': '/api/v1/logs',
  '/api/v1/logs/{id}/status': '/api/v1/logs/1/status',
  '/api/v1/logs/{id}/lines': '/api/v1/logs/1/lines?level=warn&limit=3',
  '/api/v1/logs/{id}/context': '/api/v1/logs/1/context?cursor=n-0',
  '/api/v1/logs/{id}/histogram': '/api/v1/logs/1/histogram?match=n>5',
  '/api/v1/logs/{id}/fields': '/api/v1/logs/1/fields',
  '/api/v1/logs/{id}/groups': '/api/v1/logs/1/groups?by=res.statusCode&measure=responseTime',
  '/api/v1/logs/{id}/query': `/api/v1/logs/1/query?sql=${encodeURIComponent('select level, count(*) from log group by 1')}`,
  '/api/v1/logs/{id}/download': '/api/v1/logs/1/download?format=csv',
  '/api/v1/logs/{id}/follow': '',
  '/metrics': '/metrics'
}

test('describes every route as it answers', async () => {
  const { json, get } = await serve(folderOfLogs())
  const description = await json<Description>('/api/v1/openapi.json')
  expect(Object.keys(description.paths).sort()).toEqual(Object.keys(examples).sort())
  for (const [path, address] of Object.entries(examples).filter(([, each]) => each !== '')) {
    const reply = await get(address)
    const content = description.paths[path]?.get.responses['200'].content ?? {}
    const type = String(reply.headers['content-type']).split(';')[0] ?? ''
    expect([reply.status, Object.keys(content)], path).toEqual([200, expect.arrayContaining([type])])
    if (type === 'application/json') expect(faultOf(JSON.parse(reply.text), content[type]?.schema ?? {}, description), path).toBeNull()
  }
})

test('describes faults as they are answered', async () => {
  const { json, get } = await serve(folderOfLogs())
  const description = await json<Description>('/api/v1/openapi.json')
  for (const path of ['/nothing', '/api/v1/logs/9/lines', '/api/v1/logs/1/lines?limit=x', '/api/v1/logs/1/query', '/api/v1/logs/1/groups']) {
    const reply = await get(path)
    expect(reply.status, path).toBeGreaterThanOrEqual(400)
    expect(faultOf(JSON.parse(reply.text), description.components.schemas['Fault'] ?? {}, description), path).toBeNull()
  }
})

test('runs SQL that reads the lines, and nothing else', async () => {
  const { json, get } = await serve(folderOfLogs())
  const sql = (text: string): string => `/api/v1/logs/1/query?sql=${encodeURIComponent(text)}`
  expect(await json(sql('select count(*) n from log'))).toEqual({ columns: ['n'], rows: [['100']], isCut: false })
  for (const text of ["select * from read_csv('/etc/passwd')", "select * from read_text('/etc/hostname')", "copy log to '/tmp/stolen.csv'", 'create table t as select 1', "attach '/tmp/x.db'", 'install httpfs', 'load httpfs', 'set lock_configuration = false', 'select 1; select 2', 'drop view log', "select * from glob('/etc/*')"]) {
    expect((await get(sql(text))).status, text).toBe(422)
  }
  expect((await json(sql('select * from range(5000)'))).isCut).toBe(true)
})

test('says that DuckDB crashed at a line that is nested too deeply for it, and answers the next query', async () => {
  const folder = folderOfLogs()
  const { json, get } = await serve(folder)
  const path = `/api/v1/logs/1/query?sql=${encodeURIComponent('select count(*) n from log')}`
  const file = join(folder, 'app.log')
  const depth = 100_000
  writeFileSync(file, `{"n":1,"x":${'['.repeat(depth)}${']'.repeat(depth)}}\n`)
  const reply = await get(path)
  expect([reply.status, reply.text]).toEqual([422, expect.stringContaining('DuckDB crashed, perhaps at a line with very many brackets')])
  writeFileSync(file, '{"n":1}\n')
  expect((await json<{ rows: unknown }>(path)).rows).toEqual([['1']])
})
