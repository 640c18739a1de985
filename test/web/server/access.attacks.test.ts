// Attacks in the bytes of a request and of lines: raw requests that a browser would not send, and lines that aim at what shows them.
import { expect, test } from 'vitest'
import type { GroupsAnswer } from '../../../src/web/answer-shapes.js'
import { folderOfLogs, serve } from './served.js'

test('refuses a request whose Host is doubled, dotted at its end, or no name', async () => {
  const { raw, token, port } = await serve(folderOfLogs())
  const answerTo = async (hosts: string): Promise<string> => await raw(`GET /api/v1/logs HTTP/1.1\r\n${hosts}Authorization: Bearer ${token}\r\nConnection: close\r\n\r\n`).closed
  for (const host of [`localhost.:${port}`, 'localhost:1:2', 'user@localhost', 'localhost/x', '[::1', '0x7f.1', '2130706433', 'localhost,evil.example', '']) expect(await answerTo(`Host: ${host}\r\n`), host).toMatch(/^HTTP\/1\.1 40[03] /)
  expect(await answerTo('Host: localhost\r\nHost: evil.example\r\n')).toMatch(/^HTTP\/1\.1 400 /)
  // With 403 the first name alone would have been looked at.
  expect(await answerTo('Host: evil.example\r\nHost: localhost\r\n')).toMatch(/^HTTP\/1\.1 400 /)
})

test('takes no method, form of address or protocol but GET of a path', async () => {
  const { raw, token } = await serve(folderOfLogs())
  for (const line of ['TRACE /api/v1/logs', 'CONNECT localhost:80', 'OPTIONS *', 'POST /?token=TOKEN', 'GET api/v1/logs', 'GET http://localhost/api/v1/logs', 'GET *', 'get /api/v1/logs', 'PROPFIND /api/v1/logs']) {
    const answer = await raw(`${line.replace('TOKEN', token)} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n\r\n`).closed
    expect(answer, line).toMatch(/^(?:HTTP\/1\.1 40[05] |$)/)
    expect(answer, line).not.toMatch(/set-cookie/i)
  }
})

test('answers a request for a WebSocket as any other request: with the token over HTTP, and to no other site', async () => {
  const { raw, token } = await serve(folderOfLogs())
  const answerTo = async (headers: string): Promise<string> => await raw(`GET /api/v1/logs HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n${headers}\r\n`).closed
  expect(await answerTo(`Authorization: Bearer ${token}\r\n`)).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*app\.log"/)
  expect(await answerTo(`Authorization: Bearer ${token}\r\nOrigin: http://evil.example\r\n`)).toMatch(/^HTTP\/1\.1 403 /)
  expect(await answerTo('')).toMatch(/^HTTP\/1\.1 401 /)
})

test('answers one request where a body hides a second one', async () => {
  const { raw, token } = await serve(folderOfLogs())
  const hidden = `GET /?token=${token} HTTP/1.1\r\nHost: localhost\r\n\r\n`
  for (const framing of [`Content-Length: ${hidden.length}\r\nTransfer-Encoding: chunked\r\n`, 'Content-Length: 0\r\nContent-Length: 5\r\n', 'Transfer-Encoding: xchunked\r\n', 'Content-Length: -1\r\n']) {
    const answer = await raw(`GET /api/v1/logs HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${framing}\r\n${hidden}`).closed
    expect(answer.match(/^HTTP\/1\.1 /gm) ?? [], framing).toHaveLength(1)
    expect(answer, framing).not.toMatch(/set-cookie/i)
  }
})

test('takes no cookie of a server on another port, and no token but as Bearer', async () => {
  const [one, other] = [await serve(folderOfLogs()), await serve(folderOfLogs())]
  const [cookie = ''] = (await one.get(`/?token=${one.token}`)).headers['set-cookie'] ?? []
  const pair = cookie.split(';')[0] ?? ''
  expect((await one.get('/api/v1/logs', { authorization: '', cookie: pair })).status).toBe(200)
  for (const sent of [pair, pair.replace(String(one.port), String(other.port))]) expect((await other.get('/api/v1/logs', { authorization: '', cookie: sent })).status, sent).toBe(401)
  for (const authorization of [one.token, `Basic ${Buffer.from(`x:${one.token}`).toString('base64')}`, `Bearer ${one.token}x`, `Bearer ${one.token} x`]) expect((await one.get('/api/v1/logs', { authorization })).status, authorization).toBe(401)
  expect((await one.get(`/api/v1/logs?token=${one.token}`, { authorization: '' })).status).toBe(401)
})

test('leaves the base path by no address', async () => {
  const { raw, token } = await serve(folderOfLogs(), ['--base-path', '/logs'])
  for (const path of ['/logs/../api/v1/logs', '/logs/%2e%2e/api/v1/logs', '/logsx/api/v1/logs', '/LOGS/api/v1/logs', '//logs/api/v1/logs', '/logs//api/v1/logs', '/api/v1/logs?/logs/']) {
    expect(await raw(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n\r\n`).closed, path).toMatch(/^HTTP\/1\.1 404 /)
  }
})

test('reads fields named like parts of an object, deep JSON and escapes of a terminal as data', async () => {
  const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`
  const { get, json } = await serve(folderOfLogs(3, (n, time) => `{"level":30,"time":${time},"n":${n},"__proto__":{"polluted":1},"constructor":"x","deep":${deep},"msg":"\\u001b[31mred"}`))
  for (const path of ['lines', 'lines?match=__proto__.polluted=1', 'fields', 'groups?by=__proto__', 'groups?by=constructor', 'groups?by=toString', 'groups?by=deep', 'groups?by=level&of=deep', 'histogram', 'download?format=csv&fields=__proto__,constructor,deep,msg']) expect((await get(`/api/v1/logs/1/${path}`)).status, path).toBe(200)
  expect((await get('/api/v1/logs/1/lines')).text).not.toContain('\u001b')
  const countsBy = async (field: string): Promise<unknown[]> => (await json<GroupsAnswer>(`/api/v1/logs/1/groups?by=${field}`)).groups.map(({ value, count }) => [value, count])
  for (const [field, value] of [['__proto__', '{"polluted":1}'], ['__proto__.polluted', '1'], ['constructor', 'x']] as const) expect(await countsBy(field), field).toEqual([[value, 3]])
  for (const field of ['toString', 'constructor.name', 'hasOwnProperty', 'deep.length']) expect(await countsBy(field), field).toEqual([])
  expect((await json('/api/v1/logs/1/lines?match=__proto__.polluted=1')).lines).toHaveLength(3)
  expect((await json('/api/v1/logs/1/lines?match=polluted=1')).lines).toEqual([])
})

test.each(['=1+1', '+1', '-1+1', '@SUM(A1)', '\t=1', '\r=1', '  =1'])('gives a spreadsheet no formula: %j', async (msg) => {
  const { get } = await serve(folderOfLogs(1, (_, time) => JSON.stringify({ level: 30, time, msg })))
  const { text } = await get('/api/v1/logs/1/download?format=csv&fields=msg')
  expect(text.slice('msg\r\n'.length)).toMatch(/^"?'/)
})
