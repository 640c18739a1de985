// Keys for query engines: what docs/object-storage.md says for DuckDB is run over objects that were stored under the keys that
// it names. A plain folder stands for the bucket.
import { readFileSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { expect, onTestFinished, test } from 'vitest'
import { fill, run, temporaryFolder } from '../cli/command-line.js'

const page = readFileSync(join(import.meta.dirname, '../../docs/object-storage.md'), 'utf8')
const [, key = ''] = /^\| `'(host=[^']+)'` \|/m.exec(page) ?? []
const [, sql = ''] = /```sql\n(select[^`]+)```/.exec(page) ?? []

test('DuckDB finds the errors of a day by the SQL of the page, with host and date as columns', async () => {
  const folder = temporaryFolder()
  const line = (level: number, day: number): string => `${JSON.stringify({ level, time: Date.UTC(2025, 9, day, 12), msg: 'done' })}\n`
  fill(join(folder, 'logs'), {
    'app.20251001_121111.log.gz': line(50, 1) + line(30, 1),
    'app.20251001_131111.log.gz': line(60, 1),
    'app.20251002_121111.log.gz': line(50, 2),
    'app.log': ''
  })
  writeFileSync(join(folder, 'rotor.json'), JSON.stringify({ file: 'logs/app.log', limit: false, upload: { module: join(import.meta.dirname, '../../examples/object-storage/folder-store.js'), key: `logs/${key}` } }))
  expect(await run(['upload', '--config', 'rotor.json'], { cwd: folder, env: { ARCHIVE_FOLDER: join(folder, 'my-bucket') } })).toMatchObject({ status: 0, stderr: '' })

  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  onTestFinished(() => { connection.closeSync() })
  const result = await connection.runAndReadAll(sql.replace('s3://my-bucket', join(folder, 'my-bucket')))
  const host = hostname().replace(/[^A-Za-z0-9._-]+/g, '-')
  expect(result.getRowsJson()).toEqual([[host, '2025-10-01', '2']])
})
