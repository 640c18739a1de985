// The command `web`: what it says, which port it takes, how it ends, and what others load of it.
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { canActAsOtherUser, otherUser, program, run } from '../command-line.js'
import { loadedAtStart } from '../../support/loaded-at-start.js'
import { temporaryFolder } from '../../support/temporary-folder.js'
import { folderOfLogs, serve } from '../../web/server/served.js'

test('takes the next free port if the port is in use, and says so', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => { other.close() })
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  const served = await serve(folderOfLogs(), ['--port', String(port)])
  expect(served.port).toBeGreaterThan(port)
  expect(served.stderr()).toContain(`port ${port} is in use: ${served.port} is taken instead`)
  expect((await served.get('/api/v1/logs')).status).toBe(200)
})

test('listens on this machine alone, unless --host says otherwise, and then warns', async () => {
  const usual = await serve(folderOfLogs())
  expect(usual.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{32}$/)
  expect(usual.stderr()).toBe('')
  const open = await serve(folderOfLogs(), ['--host', '0.0.0.0'])
  expect(open.stderr()).toContain('everyone who reaches this machine')
  expect((await open.get('/api/v1/logs', { host: '192.168.1.5' })).status).toBe(200)
  expect((await open.get('/api/v1/logs', { host: 'evil.example' })).status).toBe(403)
})

test.each(['SIGINT', 'SIGTERM'] as const)('ends at once on %s, also while clients read', async (signal) => {
  const served = await serve(folderOfLogs(50_000))
  for (const path of ['follow', 'download']) served.raw(`GET /api/v1/logs/1/${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${served.token}\r\n\r\n`)
  await served.get('/api/v1/logs')
  served.child.kill(signal)
  const [status] = await once(served.child, 'exit') as [number | null]
  expect(status).toBe(0)
})

test('says that no browser could be opened, and serves all the same', async () => {
  const served = await serve(folderOfLogs(), ['--open'], { PATH: temporaryFolder() })
  while (!served.stderr().includes('no browser')) await once(served.child.stderr, 'data')
  expect((await served.get('/api/v1/logs')).status).toBe(200)
})

test('gives the browser an address that works once, because every user sees the arguments of a process', async () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'xdg-open'), `#!/bin/sh\necho "$1" > ${folder}/opened.part\nmv ${folder}/opened.part ${folder}/opened\n`, { mode: 0o755 })
  const served = await serve(folderOfLogs(), ['--open'], { PATH: `${folder}:${process.env['PATH']}` })
  while (!readdirSync(folder).includes('opened')) await new Promise((resolve) => setImmediate(resolve))
  const { pathname, search } = new URL(readFileSync(join(folder, 'opened'), 'utf8').trim())
  expect(search).not.toContain(served.token)
  expect((await served.get(pathname + search)).status).toBe(303)
  expect((await served.get(pathname + search)).status).toBe(401)
})

test.each([
  ['an empty folder', [], 'contains no logs'],
  ['no folder', ['missing'], 'does not exist'],
  ['a wrong port', ['--port', '99999'], '--port: expected'],
  ['a wrong base path', ['--base-path', '/../x'], '--base-path: expected'],
  ['a short token', ['--token', 'HOME_SHORT'], '--token: expected']
])('refuses %s with one sentence and exit status 2', async (_, args, sentence) => {
  const cwd = temporaryFolder()
  mkdirSync(join(cwd, 'logs'))
  writeFileSync(join(cwd, 'app.log'), '{}\n')
  const [first = 'logs'] = args.length === 1 ? args : args.length === 0 ? ['logs'] : ['app.log']
  const outcome = await run(['web', first, ...args.length > 1 ? args : []], { cwd, env: { HOME_SHORT: 'short' } })
  expect([outcome.status, outcome.stdout]).toEqual([2, ''])
  expect(outcome.stderr).toContain(sentence)
})

test.runIf(canActAsOtherUser)('refuses a folder without rights', async () => {
  const cwd = temporaryFolder()
  mkdirSync(join(cwd, 'logs'), { mode: 0o700 })
  const outcome = await run(['web', join(cwd, 'logs')], { cwd: '/', uid: otherUser })
  expect(outcome.status).toBe(2)
})

test('adds nothing to what the worker and the other commands load', () => {
  const dist = dirname(program)
  const programs = readdirSync(dist).filter((file) => /^(?:cat|cli)-program.*\.js$/.test(file))
  expect(programs).toHaveLength(2)
  for (const file of ['index.js', 'index.cjs', 'worker.js', 'worker.cjs', 'reading-thread.js', ...programs]) {
    const loaded = [...loadedAtStart(file)]
    expect(loaded, file).toContain('fs')
    expect(loaded, file).not.toContain('http')
    expect(loaded.filter((name) => existsSync(join(dist, name)) && readFileSync(join(dist, name), 'utf8').includes('frame-ancestors')), file).toEqual([])
  }
  expect([...loadedAtStart('server-thread.js')]).toContain('http')
})
