// The overview of a folder, as the API gives it.
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import type { LogsAnswer } from '../../../src/web/answer-shapes.js'
import { folderOfLogs, serve } from '../server/served.js'

test('gives each limit of the options with what is used of it, and the disk where no limit is about it', async () => {
  const logs = folderOfLogs(10)
  writeFileSync(join(logs, 'app.20250101_000000.log.gz'), gzipSync('{}\n'))
  const limitsWith = async (limit: object): Promise<unknown> => {
    const config = join(logs, '..', 'rotor.json')
    writeFileSync(config, JSON.stringify({ file: join(logs, 'app.log'), limit }))
    const { json } = await serve(join(logs, 'app.log'), ['--config', config])
    return (await json<LogsAnswer>('/api/v1/logs')).logs[0]?.limits
  }
  expect(await limitsWith({ count: 4, age: '30d', totalSize: '1m', minFree: '2k' })).toEqual([
    { name: 'archives', used: 1, allowed: 4, unit: 'files' },
    { name: 'age', used: expect.any(Number), allowed: 30, unit: 'days' },
    { name: 'total size', used: expect.any(Number), allowed: 1024 ** 2, unit: 'bytes' },
    { name: 'disk free', used: expect.any(Number), allowed: 2048, unit: 'bytes' }
  ])
  expect(await limitsWith({ count: false, age: false })).toEqual([{ name: 'disk', used: expect.any(Number), allowed: expect.any(Number), unit: 'bytes' }])
})

test('shows a folder of 300 logs with few descriptors, because it looks at a few logs at a time', async () => {
  const logs = folderOfLogs(10)
  for (let index = 0; index < 300; index++) writeFileSync(join(logs, `worker${index}.log`), '{"level":50}\n')
  const { child, get, json, stderr } = await serve(logs)
  execFileSync('prlimit', ['--pid', String(child.pid), '--nofile=100:100'])
  const answer = await json<LogsAnswer>('/api/v1/logs')
  expect(answer.logs).toHaveLength(301)
  expect(answer.logs.filter(({ files }) => files !== 1)).toEqual([])
  expect((await get('/metrics')).text.match(/^pino_rotor_files\{[^}]*kind="active"\} 1$/gm)).toHaveLength(301)
  expect(stderr()).toBe('')
})
