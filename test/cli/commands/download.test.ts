// `pino-rotor download`: how it is called. What it brings from real stores is in test/remote/commands.test.ts.
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { run, temporaryFolder } from '../command-line.js'

let folder: string
const download = (...args: string[]) => run(['download', ...args], { cwd: folder, env: { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'a-secret' } })

beforeEach(() => {
  folder = temporaryFolder()
  writeFileSync(join(folder, 'bucket.json'), '{ "file": "logs/app.log", "upload": { "to": "s3://my-bucket/logs", "endpoint": "http://127.0.0.1:1" } }')
  writeFileSync(join(folder, 'module.json'), '{ "file": "logs/app.log", "upload": { "module": "./store.js" } }')
  writeFileSync(join(folder, 'store.js'), '')
  writeFileSync(join(folder, 'none.json'), '{ "file": "logs/app.log" }')
})

test.each([
  ['without the options', ['logs/app.log', '--since', '2h'], /needs the store: give --config PATH/],
  ['where they name no store', ['--config', 'none.json', '--since', '2h'], /has no "upload"/],
  ['for a store of your own, which cannot be listed', ['--config', 'module.json', '--since', '2h'], /needs a bucket, but "upload\.module" \(store\.js\) is your own store/],
  ['without --since', ['--config', 'bucket.json'], /give --since/],
  ['where nothing could be in between', ['--config', 'bucket.json', '--since', '1h', '--until', '2h'], /--since is later than --until/],
  ['for what is no name of a host', ['--config', 'bucket.json', '--since', '1h', '--host', '../x'], /is not a host name/]
])('changes nothing and exits 2 %s', async (_, args, message) => {
  const before = readdirSync(folder)
  const { status, stdout, stderr } = await download(...args)
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
  expect(stderr).toMatch(message)
  expect(readdirSync(folder)).toEqual(before)
})

test('exits 1 if the store does not answer, and names no secret', async () => {
  const { status, stdout, stderr } = await download('--config', 'bucket.json', '--since', '2h', '--to', 'restored')
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
  expect(stderr).toMatch(/^pino-rotor: connect ECONNREFUSED [^\n]+\n$/)
  expect(stderr).not.toContain('a-secret')
  expect(readdirSync(join(folder, 'restored'))).toEqual([])
})
