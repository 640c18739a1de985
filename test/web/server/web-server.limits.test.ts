// The bounds of the server: clients that send too much, too slowly, or leave in the middle.
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { endlessLogs, folderOfLogs, serve, usualLine, type RawClient, type Served } from './served.js'

const followsMax = 24

test('refuses a flood of headers, and goes on', async () => {
  const { raw, get } = await serve(folderOfLogs())
  for (const [count, characters] of [[10_000, 100], [20, 1_000], [1, 20_000]] as const) {
    const flood = Array.from({ length: count }, (_, index) => `X-${index}: ${'a'.repeat(characters)}\r\n`).join('')
    expect(await raw(`GET / HTTP/1.1\r\nHost: localhost\r\n${flood}\r\n`).closed, `${count} headers`).toMatch(/^HTTP\/1\.1 431 /)
  }
  expect((await get('/api/v1/logs')).status).toBe(200)
})

test('refuses a request with more than 64 headers, whatever the others are, before it looks for its Origin', async () => {
  const { raw, token } = await serve(folderOfLogs())
  // The headers of the request, with two before and two after the others.
  const answerTo = async (count: number, last: string): Promise<string> => {
    const others = Array.from({ length: count - 4 }, (_, index) => `X-${index}: 1\r\n`).join('')
    return await raw(`GET /api/v1/logs HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${others}${last}Authorization: Bearer ${token}\r\n\r\n`).closed
  }
  expect(await answerTo(64, 'X-Last: 1\r\n')).toMatch(/^HTTP\/1\.1 200 /)
  expect(await answerTo(64, 'Origin: http://evil.example\r\n')).toMatch(/^HTTP\/1\.1 403 /)
  for (const count of [65, 66, 67, 200, 1_000]) {
    for (const last of ['X-Last: 1\r\n', 'Origin: http://evil.example\r\n', 'Sec-Fetch-Site: cross-site\r\n', 'Host: evil.example\r\n']) expect(await answerTo(count, last), `${count} headers, ${last}`).toMatch(/^HTTP\/1\.1 431 [^]*64 headers/)
  }
})

test('drops ten clients that never finish their request, and serves others meanwhile', async () => {
  const { raw, get } = await serve(folderOfLogs())
  const slow = Array.from({ length: 10 }, () => raw('GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: '))
  expect((await get('/api/v1/logs')).status).toBe(200)
  for (const { closed } of slow) expect(await closed).toMatch(/^(?:HTTP\/1\.1 408 |$)/)
})

test('serves others, stays below 150 MiB and refuses further downloads while ten clients take nothing of a large answer', async () => {
  const served = await serve(folderOfLogs(60_000, (n, timeMs) => usualLine(n, timeMs).replace('"msg":"', `"msg":"${'x'.repeat(1_000)}`)))
  const slow = Array.from({ length: 10 }, () => ask(served, 'download'))
  for (const { socket } of slow) socket.pause()
  // Each search reads as much as a download would. So the downloads had time to fill all buffers.
  for (let round = 0; round < 3; round++) expect((await served.get('/api/v1/logs/1/lines?grep=needle')).status).toBe(200)
  expect(peakBytes(served)).toBeLessThan(150 * 1024 * 1024)
  expect(await firstAnswer(Array.from({ length: 10 }, () => ask(served, 'download')))).toMatch(/^HTTP\/1\.1 503 /)
})

test('ends a search, and begins the next one, when a tab is killed', async () => {
  const served = await serve(endlessLogs())
  const tabs = Array.from({ length: 3 }, () => ask(served, 'lines?grep=needle', 'text/event-stream'))
  await Promise.all(tabs.map(async (tab) => { await until(tab, 'event: progress') }))
  // A search ends with its threads, and only then another one begins.
  const next = served.get('/api/v1/logs/1/lines?limit=1')
  tabs[0]?.socket.resetAndDestroy()
  expect((await next).status).toBe(200)
})

test('ends the work of one request after ten seconds: a search says where to go on, and a regular expression that never ends is stopped', async () => {
  const searched = (await serve(endlessLogs())).json('/api/v1/logs/1/lines?grep=needle')
  const served = await serve(folderOfLogs(10, (n, time) => JSON.stringify({ level: 30, time, n, msg: `${'a'.repeat(40)}!` })))
  const endless = served.get(`/api/v1/logs/1/lines?grep=${encodeURIComponent('/(a+)+$/')}`)
  expect((await served.get('/api/v1/logs/1/lines')).status).toBe(200)
  expect(await endless).toMatchObject({ status: 422, text: expect.stringContaining('regular expression') })
  expect(await searched).toMatchObject({ lines: [], isComplete: false, before: expect.any(String) })
})

test('closes its files when a live tail ends', async () => {
  const served = await serve(folderOfLogs())
  const openTails = async (): Promise<RawClient[]> => await Promise.all(Array.from({ length: followsMax }, async () => await openTail(served)))
  const first = await openTails()
  const before = descriptorsOf(served)
  for (const { socket } of first) socket.resetAndDestroy()
  // So many are open at a time. The new ones begin when the old ones have ended.
  await openTails()
  expect(descriptorsOf(served)).toBeLessThan(before + followsMax)
})

test('takes so many connections and live tails, and tells further ones to come back', async () => {
  const served = await serve(folderOfLogs())
  const tails = Array.from({ length: followsMax }, () => ask(served, 'follow'))
  await Promise.all(tails.map(async ({ socket }) => { await once(socket, 'data') }))
  expect((await served.get('/api/v1/logs/1/follow')).status).toBe(503)
  const many = Array.from({ length: 80 }, () => served.raw('GET / HTTP/1.1\r\n'))
  // Without the limit, the first one to be closed is told that it was too slow.
  expect(await Promise.race(many.map(({ closed }) => closed))).toBe('')
})

test('searches for three clients at a time, lets others wait, and tells further ones to come back', async () => {
  const served = await serve(endlessLogs())
  const tabs = Array.from({ length: 3 }, () => ask(served, 'lines?grep=needle', 'text/event-stream'))
  await Promise.all(tabs.map(async (tab) => { await until(tab, 'event: progress') }))
  const further = Array.from({ length: 40 }, () => ask(served, 'lines?grep=needle', 'text/event-stream'))
  expect(await firstAnswer(further)).toMatch(/^HTTP\/1\.1 503 [^]*Retry-After: 1\r\n/)
})

test.each(['/api/v1/logs/1/status', '/api/v1/logs', '/metrics'])('looks at the state of files for a few requests at a time, and tells further ones to come back: %s', async (path) => {
  const { raw, token, json } = await serve(folderOfLogs())
  const client = raw(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n\r\n`.repeat(200))
  const statuses = (): string[] => client.received().match(/HTTP\/1\.1 \d+/g) ?? []
  while (statuses().length < 200) await once(client.socket, 'data')
  expect(statuses().filter((status) => status.endsWith(' 503')).length).toBeGreaterThan(100)
  expect(statuses().filter((status) => status.endsWith(' 200')).length).toBeGreaterThanOrEqual(35)
  expect((await json('/api/v1/logs')).logs).toHaveLength(1)
})

test('refuses parameters beyond its bounds with a sentence', async () => {
  const { get } = await serve(folderOfLogs())
  for (const query of ['limit=1001', 'limit=0', 'limit=x', 'level=loud', 'match=', 'match=a=b=c&match==', 'grep=/(/', 'since=never', 'before=x', 'before=n-1&after=n-1', `grep=${'a'.repeat(3_000)}`, Array.from({ length: 21 }, () => 'match=a').join('&'), Array.from({ length: 65 }, (_, index) => `x${index}=1`).join('&')]) {
    const reply = await get(`/api/v1/logs/1/lines?${query}`)
    if (query === 'match=') expect(reply.status).toBe(200)
    else expect([reply.status, typeof JSON.parse(reply.text).error.message], query).toEqual([400, 'string'])
  }
  expect((await get(`/${'a'.repeat(9_000)}`)).status).toBe(414)
})

function ask ({ raw, token }: Served, path: string, accept = '*/*'): RawClient {
  return raw(`GET /api/v1/logs/1/${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\nAccept: ${accept}\r\n\r\n`)
}

async function until ({ socket, received }: RawClient, text: string): Promise<void> {
  while (!received().includes(text)) await once(socket, 'data')
}

async function firstAnswer (clients: readonly RawClient[]): Promise<string> {
  return await Promise.race(clients.map(async (client) => {
    await until(client, '\r\n\r\n')
    return client.received()
  }))
}

// Asks again while the server says that it has too many.
async function openTail (served: Served): Promise<RawClient> {
  for (;;) {
    const tail = ask(served, 'follow')
    await until(tail, '\r\n\r\n')
    if (tail.received().startsWith('HTTP/1.1 200')) return tail
    tail.socket.destroy()
  }
}

function peakBytes ({ child }: Served): number {
  return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) * 1024
}

function descriptorsOf ({ child }: Served): number {
  return readdirSync(`/proc/${child.pid}/fd`).length
}
