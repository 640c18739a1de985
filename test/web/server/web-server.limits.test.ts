// The bounds of the server: clients that send too much, too slowly, or leave in the middle.
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { folderOfLogs, serve, usualLine, type Served } from './served.js'

test('refuses a flood of headers, and goes on', async () => {
  const { raw, get } = await serve(folderOfLogs())
  const flood = Array.from({ length: 10_000 }, (_, index) => `X-${index}: ${'a'.repeat(100)}\r\n`).join('')
  expect(await raw(`GET / HTTP/1.1\r\nHost: localhost\r\n${flood}\r\n`).closed).toMatch(/^HTTP\/1\.1 431 /)
  expect((await get('/api/v1/logs')).status).toBe(200)
})

test('drops ten clients that never finish their request, and serves others meanwhile', async () => {
  const { raw, get } = await serve(folderOfLogs())
  const slow = Array.from({ length: 10 }, () => raw('GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: '))
  expect((await get('/api/v1/logs')).status).toBe(200)
  for (const { closed } of slow) expect(await closed).toMatch(/^(?:HTTP\/1\.1 408 |$)/)
})

test('holds little memory for ten clients that do not take a large answer', async () => {
  const served = await serve(folderOfLogs(60_000, (n, timeMs) => usualLine(n, timeMs).replace('"msg":"', `"msg":"${'x'.repeat(1_000)}`)))
  const slow = Array.from({ length: 10 }, () => served.raw(`GET /api/v1/logs/1/download HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${served.token}\r\n\r\n`))
  for (const { socket } of slow) socket.pause()
  expect((await served.get('/api/v1/logs')).status).toBe(200)
  await setTimeout(1_000) // Another process reads as much as it can; nothing tells when it stops.
  expect(residentBytes(served)).toBeLessThan(200 * 1024 * 1024)
})

test('ends a search and frees its threads when the client is killed', async () => {
  const served = await serve(folderOfLogs(200_000))
  const before = threadsOf(served)
  const tab = served.raw(`GET /api/v1/logs/1/lines?grep=${encodeURIComponent('/(n+)+never/')} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${served.token}\r\nAccept: text/event-stream\r\n\r\n`)
  await untilTrue(() => threadsOf(served) > before)
  tab.socket.resetAndDestroy()
  await untilTrue(() => threadsOf(served) <= before)
  expect((await served.get('/api/v1/logs')).status).toBe(200)
})

test('stops a regular expression that never ends, and answers others meanwhile', async () => {
  const served = await serve(folderOfLogs(10, (n, time) => JSON.stringify({ level: 30, time, n, msg: `${'a'.repeat(40)}!` })))
  const endless = served.get(`/api/v1/logs/1/lines?grep=${encodeURIComponent('/(a+)+$/')}`)
  expect((await served.get('/api/v1/logs/1/lines')).status).toBe(200)
  expect(await endless).toMatchObject({ status: 422, text: expect.stringContaining('regular expression') })
})

test('closes its files when a live tail ends', async () => {
  const served = await serve(folderOfLogs())
  const before = descriptorsOf(served)
  const tails = Array.from({ length: 5 }, () => served.raw(`GET /api/v1/logs/1/follow HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${served.token}\r\n\r\n`))
  await Promise.all(tails.map(async ({ socket }) => { await once(socket, 'data') }))
  for (const { socket } of tails) socket.resetAndDestroy()
  await untilTrue(() => descriptorsOf(served) <= before)
})

test('takes so many connections and live tails, and tells further ones to come back', async () => {
  const served = await serve(folderOfLogs())
  const tails = Array.from({ length: 24 }, () => served.raw(`GET /api/v1/logs/1/follow HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${served.token}\r\n\r\n`))
  await Promise.all(tails.map(async ({ socket }) => { await once(socket, 'data') }))
  expect((await served.get('/api/v1/logs/1/follow')).status).toBe(503)
  const many = Array.from({ length: 80 }, () => served.raw('GET / HTTP/1.1\r\n'))
  await Promise.race(many.map(({ closed }) => closed))
})

test('refuses parameters beyond its bounds with a sentence', async () => {
  const { get } = await serve(folderOfLogs())
  for (const query of ['limit=1001', 'limit=0', 'limit=x', 'level=loud', 'match=', 'match=a=b=c&match==', 'grep=/(/', 'since=never', 'before=x', 'before=n-1&after=n-1', `grep=${'a'.repeat(3_000)}`, Array.from({ length: 21 }, () => 'match=a').join('&')]) {
    const reply = await get(`/api/v1/logs/1/lines?${query}`)
    if (query === 'match=') expect(reply.status).toBe(200)
    else expect([reply.status, typeof JSON.parse(reply.text).error.message], query).toEqual([400, 'string'])
  }
  expect((await get(`/${'a'.repeat(9_000)}`)).status).toBe(414)
})

function residentBytes ({ child }: Served): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) * 1024
}

function threadsOf ({ child }: Served): number {
  return readdirSync(`/proc/${child.pid}/task`).length
}

function descriptorsOf ({ child }: Served): number {
  return readdirSync(`/proc/${child.pid}/fd`).length
}

// Another process is under test, which offers no event.
async function untilTrue (isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await setTimeout(20)
}
