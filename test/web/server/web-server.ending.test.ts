// Ctrl-C ends the command in a moment, whatever is under way: each case begins work that would never end, or take minutes.
import { once } from 'node:events'
import { readdirSync, readFileSync, watch, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../../support/temporary-folder.js'
import { endlessLogs, folderOfLogs, serve, type RawClient, type Served } from './served.js'

interface Work {
  readonly logs?: () => string
  readonly args?: readonly string[]
  readonly env?: () => NodeJS.ProcessEnv
  /** Begins the work, and resolves once it is under way. */
  readonly begin: (served: Served) => Promise<unknown>
}

const endlessSql = encodeURIComponent('select count(*) from log a, range(100000000000) b, range(100000000000) c')
/** Where the command makes its temporary files. */
const folders = { temporary: '' }

const works: Readonly<Record<string, Work>> = {
  'a live tail': { begin: async (served) => { await until(ask(served, 'follow'), '\r\n\r\n') } },
  'downloads that their clients do not take': {
    logs: () => folderOfLogs(50_000),
    begin: async (served) => {
      await Promise.all(Array.from({ length: 2 }, async () => {
        const client = ask(served, 'download')
        await until(client, '\r\n\r\n')
        client.socket.pause()
      }))
    }
  },
  'a search through 100 GB': {
    logs: endlessLogs,
    begin: async (served) => { await until(ask(served, 'lines?grep=needle', 'text/event-stream'), 'event: progress') }
  },
  'a regular expression that never ends': {
    logs: () => folderOfLogs(10, (n, time) => JSON.stringify({ level: 30, time, n, msg: `${'a'.repeat(40)}!` })),
    begin: async (served) => { await until(ask(served, `lines?grep=${encodeURIComponent('/(a+)+$/')}`, 'text/event-stream'), 'event: progress') }
  },
  'the counting of a field through 100 GB': {
    logs: endlessLogs,
    begin: async (served) => {
      ask(served, 'groups?by=n')
      await served.get('/api/v1/openapi.json')
    }
  },
  'SQL that never ends': {
    env: temporaryFiles,
    begin: async (served) => {
      const began = firstEntry(folders.temporary)
      ask(served, `query?sql=${endlessSql}`)
      await began
    }
  },
  'SQL that samples many files': {
    logs: endlessLogs,
    env: temporaryFiles,
    begin: async (served) => {
      const began = firstEntry(folders.temporary)
      ask(served, `query?sql=${encodeURIComponent('select count(*) from log')}`)
      await began
    }
  },
  'a connection that is kept alive': { begin: async (served) => { await until(ask(served, 'lines?limit=1'), 'isComplete') } },
  'a request that is half sent': {
    begin: async (served) => {
      await once(served.raw('GET / HTTP/1.1\r\nHost: local').socket, 'connect')
      await served.get('/api/v1/openapi.json')
    }
  },
  'a browser that it opened, which goes on': {
    args: ['--open'],
    env: () => {
      const folder = folders.temporary = temporaryFolder()
      writeFileSync(join(folder, 'xdg-open'), `#!/bin/sh\necho $$ > ${folder}/opened.part\nmv ${folder}/opened.part ${folder}/opened\nexec sleep 1000\n`, { mode: 0o755 })
      return { PATH: `${folder}:${process.env['PATH']}` }
    },
    begin: async () => {
      while (!readdirSync(folders.temporary).includes('opened')) await new Promise((resolve) => setImmediate(resolve))
      const browser = Number(readFileSync(join(folders.temporary, 'opened'), 'utf8'))
      onTestFinished(() => { process.kill(browser, 'SIGKILL') })
    }
  }
}

test.each(Object.keys(works))('Ctrl-C ends the command and what it started during %s', async (name) => {
  const { logs, args, env, begin } = works[name] ?? {}
  const served = await serve(logs?.() ?? folderOfLogs(), args, env?.())
  await begin?.(served)
  const closed = once(served.child, 'close')
  served.child.kill('SIGINT')
  expect(await closed).toEqual([0, null])
  if (name.startsWith('SQL')) expect(readdirSync(folders.temporary)).toEqual([])
})

test('SQL ends, and its process with it, when the client leaves', async () => {
  const temporary = temporaryFolder()
  const served = await serve(folderOfLogs(), [], { TMPDIR: temporary })
  const began = firstEntry(temporary)
  const client = ask(served, `query?sql=${endlessSql}`)
  const folder = join(temporary, await began)
  const gone = once(watch(temporary), 'change')
  client.socket.resetAndDestroy()
  await gone
  expect(folder).toContain('pino-rotor-query-')
  expect(readdirSync(temporary)).toEqual([])
})

function temporaryFiles (): NodeJS.ProcessEnv {
  folders.temporary = temporaryFolder()
  return { TMPDIR: folders.temporary }
}

function ask ({ raw, token }: Served, path: string, accept = '*/*'): RawClient {
  return raw(`GET /api/v1/logs/1/${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\nAccept: ${accept}\r\n\r\n`)
}

async function until ({ socket, received }: RawClient, text: string): Promise<void> {
  while (!received().includes(text)) await once(socket, 'data')
}

// The name of the first file in the folder.
async function firstEntry (folder: string): Promise<string> {
  const watcher = watch(folder)
  onTestFinished(() => { watcher.close() })
  const [, name] = await once(watcher, 'change') as [string, string]
  return name
}
