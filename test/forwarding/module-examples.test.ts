// The modules in examples/forward: each sends what is in the files, sends it again after a failure, and sets aside what is refused.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { watch } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { run } from '../cli/command-line.js'
import { unpackRsyslog } from '../shippers/unpacked.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const examples = join(import.meta.dirname, '../../examples/forward')

let folder: string

beforeEach(() => {
  folder = temporaryFolder()
  writeFileSync(join(folder, 'app.log'), lines.map((line) => `${line}\n`).join(''))
})

const lines = Array.from({ length: 20 }, (_, index) => JSON.stringify({ level: 30, time: 1759320671111 + index, msg: `line ${index}` }))
const good = lines.filter((line) => !line.includes('"line 7"'))

async function forwardWith (module: string, env: NodeJS.ProcessEnv): Promise<number | null> {
  writeFileSync(join(folder, 'rotor.json'), JSON.stringify({ file: 'app.log', forward: { module: join(examples, module), from: 'oldest' } }))
  return (await run(['forward', '--config', 'rotor.json', '--until-sent'], { cwd: folder, env })).status
}

/** A server that refuses the first request with 503, and answers the others as it is told. */
async function server (answer: (body: string, path: string) => { readonly status: number, readonly text?: string }): Promise<string> {
  let requests = 0
  const listening = createServer((request, response) => {
    void request.setEncoding('utf8').toArray().then((parts) => {
      const { status, text = '' } = ++requests === 1 ? { status: 503 } : answer(parts.join(''), request.url ?? '')
      response.writeHead(status).end(text)
    })
  }).listen(0, '127.0.0.1')
  onTestFinished(() => { listening.close() })
  await once(listening, 'listening')
  return `http://127.0.0.1:${(listening.address() as AddressInfo).port}`
}

test("sends to Loki's push API, with each line's time, and sets a refused line aside", async () => {
  const taken: string[][] = []
  const url = await server((body, path) => {
    const { streams } = JSON.parse(body) as { streams: Array<{ stream: object, values: string[][] }> }
    expect(path).toBe('/loki/api/v1/push')
    expect(streams.map(({ stream }) => stream)).toEqual([{ service_name: 'shop' }])
    const values = streams.flatMap((stream) => stream.values)
    if (values.some(([, line]) => line?.includes('"line 7"'))) return { status: 400, text: 'entry too old' }
    taken.push(...values)
    return { status: 204 }
  })
  expect(await forwardWith('loki.js', { LOKI_URL: url, SERVICE: 'shop' })).toBe(1)
  expect(taken.map(([, line]) => line)).toEqual(good)
  expect(taken[0]?.[0]).toBe('1759320671111000000')
})

test("sends to Elasticsearch's _bulk, where a line that is sent again takes its own place", async () => {
  const stored = new Map<string, string>()
  const url = await server((body, path) => {
    expect(path).toBe('/logs/_bulk')
    const rows = body.trimEnd().split('\n')
    const items = rows.flatMap((row, index) => index % 2 === 1 ? [] : [{ id: (JSON.parse(row) as { index: { _id: string } }).index._id, line: rows[index + 1] ?? '' }]).map(({ id, line }) => {
      if (line.includes('"line 7"')) return { index: { status: 400 } }
      stored.set(id, line)
      return { index: { status: 201 } }
    })
    return { status: 200, text: JSON.stringify({ errors: false, items }) }
  })
  expect(await forwardWith('elasticsearch.js', { ELASTICSEARCH_URL: url })).toBe(1)
  expect([...stored.values()].sort()).toEqual([...good].sort())
})

const rsyslog = existsSync('/usr/bin/apt-get') ? unpackRsyslog() : null
if (rsyslog === null) console.log("skipped: syslog over TCP, because Debian's rsyslog cannot be unpacked here")

test.skipIf(rsyslog === null)("sends to Debian's rsyslog over TCP, and every line is in its file", async () => {
  if (rsyslog === null) return
  onTestFinished(() => { rsyslog.remove() })
  const [configuration, output, port] = ['rsyslog.conf', 'received', 'port'].map((name) => join(folder, name)) as [string, string, string]
  writeFileSync(configuration, `
global(workDirectory="${folder}" maxMessageSize="64k")
module(load="imtcp")
template(name="message" type="string" string="%msg%\\n")
ruleset(name="keep") { action(type="omfile" file="${output}" template="message") }
input(type="imtcp" address="127.0.0.1" port="0" listenPortFileName="${port}" ruleset="keep")
`)
  const created = watch(folder)[Symbol.asyncIterator]()
  const daemon = spawn(rsyslog.command, [...rsyslog.args, '-n', '-f', configuration, '-i', join(folder, 'rsyslog.pid')], { env: { ...process.env, ...rsyslog.environment }, stdio: 'ignore' })
  const ended = once(daemon, 'exit')
  onTestFinished(() => { daemon.kill('SIGKILL') })
  while (!existsSync(port) || readFileSync(port, 'utf8') === '') await created.next()
  expect(await forwardWith('syslog.js', { SYSLOG_PORT: readFileSync(port, 'utf8').trim() })).toBe(0)
  daemon.kill('SIGTERM')
  await ended
  expect(readFileSync(output, 'utf8').trimEnd().split('\n').map((line) => line.trim())).toEqual(lines)
})
