// Who may read the logs: attacked with a raw client, as another site, another name or another user would.
import { expect, test } from 'vitest'
import { folderOfLogs, serve } from './served.js'

const dataRoutes = ['/', '/api/v1/logs', '/api/v1/logs/1/lines', '/api/v1/logs/1/status', '/api/v1/logs/1/histogram', '/api/v1/logs/1/fields', '/api/v1/logs/1/groups?by=level', '/api/v1/logs/1/download', '/api/v1/logs/1/follow', '/api/v1/logs/1/query?sql=select+1', '/api/v1/openapi.json', '/metrics']

test('tells nothing without the token, on any route', async () => {
  const { get } = await serve(folderOfLogs())
  for (const path of dataRoutes) {
    expect((await get(path, { authorization: '' })).status, path).toBe(401)
    expect((await get(path, { authorization: 'Bearer wrong' })).status, path).toBe(401)
    expect((await get(path, { authorization: '', cookie: 'pino-rotor-1=x; other=y' })).status, path).toBe(401)
  }
})

test('turns the token of the printed address into a cookie that scripts and other sites do not get', async () => {
  const { get, token, port } = await serve(folderOfLogs())
  const entered = await get(`/?token=${token}&level=error`, { authorization: '' })
  expect(entered.status).toBe(303)
  expect(entered.headers.location).toBe('/?level=error')
  const [cookie = ''] = entered.headers['set-cookie'] ?? []
  expect(cookie).toMatch(new RegExp(`^pino-rotor-${port}=[\\w-]{43}; Path=/; HttpOnly; SameSite=Strict$`))
  expect(cookie).not.toContain(token)
  const [pair = ''] = cookie.split(';')
  expect((await get('/api/v1/logs', { authorization: '', cookie: pair })).status).toBe(200)
  expect((await get('/?token=wrong', { authorization: '' })).status).toBe(401)
})

test('refuses a name that is not its own, as a page does that rebinds its name to this address', async () => {
  const { get, raw, port, token } = await serve(folderOfLogs())
  for (const host of ['evil.example', `evil.example:${port}`, '127.0.0.1.evil.example', 'localhost.evil.example', 'evil-localhost', 'evil.localhost', '192.168.1.5', '[::2]', 'a b']) {
    for (const path of ['/', '/api/v1/logs', `/?token=${token}`]) expect((await get(path, { host })).status, `${host} ${path}`).toBe(403)
  }
  for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`, 'LOCALHOST:8080']) expect((await get('/api/v1/logs', { host })).status, host).toBe(200)
  expect(await raw(`GET http://evil.example/api/v1/logs HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n\r\n`).closed).toMatch(/^HTTP\/1\.1 400 /)
  expect(await raw(`GET /api/v1/logs HTTP/1.1\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n\r\n`).closed).toMatch(/^HTTP\/1\.1 400 /)
})

test('refuses requests that a page of another site sends, on every route, and allows none to read answers', async () => {
  const { get, port } = await serve(folderOfLogs())
  for (const path of dataRoutes) {
    for (const headers of [{ origin: 'https://evil.example' }, { origin: 'null' }, { origin: `http://127.0.0.1:${port + 1}` }, { 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' }] as Array<Record<string, string>>) {
      const reply = await get(path, headers)
      expect(reply.status, `${path} ${JSON.stringify(headers)}`).toBe(403)
      expect(reply.headers['access-control-allow-origin']).toBeUndefined()
    }
  }
  expect((await get('/api/v1/logs', { origin: `http://127.0.0.1:${port}`, host: `127.0.0.1:${port}`, 'sec-fetch-site': 'same-origin' })).status).toBe(200)
})

test('leads from a link on another site to the page with one click, and shows nothing before', async () => {
  const { get } = await serve(folderOfLogs())
  const reply = await get('/?level=error&x="><script>alert(1)</script>&token=abc'.replaceAll('"', '%22').replaceAll('<', '%3C').replaceAll('>', '%3E'), { authorization: '', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' })
  expect(reply.status).toBe(403)
  expect(reply.text).toContain('href="/?level=error&amp;x=')
  expect(reply.text).not.toMatch(/<script|token/)
})

test('changes nothing: every method but GET and HEAD is refused', async () => {
  const { get } = await serve(folderOfLogs())
  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
    const reply = await get('/api/v1/logs', {}, method)
    expect([reply.status, reply.headers.allow], method).toEqual([405, 'GET, HEAD'])
  }
  expect(await get('/api/v1/logs', {}, 'HEAD')).toMatchObject({ status: 200, text: '' })
})

test('sends every answer with headers that keep it from frames, caches, sniffing and referrers', async () => {
  const { get } = await serve(folderOfLogs())
  for (const [path, headers] of [['/', {}], ['/api/v1/logs', {}], ['/api/v1/logs/1/lines', { 'sec-fetch-site': 'same-origin' }], ['/api/v1/logs/1/download', {}], ['/nothing', {}], ['/api/v1/logs', { host: 'evil' }], ['/api/v1/logs', { authorization: '' }]] as Array<[string, Record<string, string>]>) {
    const reply = await get(path, headers)
    expect(reply.headers, path).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer', 'x-frame-options': 'DENY', 'cache-control': 'no-store' })
    expect(reply.headers['content-security-policy'], path).toContain("frame-ancestors 'none'")
    expect(reply.headers['content-security-policy'], path).toContain("default-src 'none'")
    expect(reply.headers['content-security-policy'], path).not.toMatch(/unsafe|\*|https?:/)
    expect(Object.keys(reply.headers).filter((name) => name.startsWith('access-control-')), path).toEqual([])
  }
})

test('reaches no file by a path of the client', async () => {
  const { raw, token } = await serve(folderOfLogs())
  for (const path of ['/../../etc/passwd', '/..%2f..%2fetc/passwd', '/api/v1/logs/../../../etc/passwd', '/api/v1/logs/%2e%2e/lines', '/api/v1/logs/app.log/lines', '/api/v1/logs/1/..%2f..%2fetc%2fpasswd', '/api/v1/logs/-1/lines', '/api/v1/logs/1e0/lines', '/api/v1/logs/2/lines', '/__proto__', '/api/v1/logs/1/constructor', '//etc/passwd', '/web-page.html']) {
    const answer = await raw(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n\r\n`).closed
    expect(answer, path).toMatch(/^HTTP\/1\.1 404 /)
    expect(answer, path).not.toContain('root:')
  }
})

test('gives script in lines and names as text of JSON, never as HTML', async () => {
  const script = '<script>alert(1)</script>'
  const { get } = await serve(folderOfLogs(3, (n, time) => JSON.stringify({ level: 30, time, n, [script]: script, msg: `</script>${script}` })))
  for (const path of ['/api/v1/logs/1/lines', '/api/v1/logs/1/fields', '/api/v1/logs/1/download', `/api/v1/logs/1/lines?since=${encodeURIComponent(script)}`]) {
    const reply = await get(path)
    expect(reply.headers['content-type'], path).toMatch(/^application\/(?:x-nd)?json/)
    expect(reply.headers['content-security-policy'], path).toContain("default-src 'none'")
  }
  expect((await get('/')).text).not.toContain('alert(1)')
})

test('takes the token of a service from the environment, and prints it nowhere', async () => {
  const secret = 'a-secret-of-twenty-four-characters'
  const served = await serve(folderOfLogs(), ['--token', 'TOKEN_OF_TEST'], { TOKEN_OF_TEST: secret })
  expect(served.address).not.toContain('token')
  expect((await served.get('/api/v1/logs')).status).toBe(200)
  expect((await served.get('/api/v1/logs', { authorization: 'Bearer wrong' })).text + served.stderr()).not.toContain(secret)
})

test('serves below a base path alone, with a cookie for that path', async () => {
  const { get, token } = await serve(folderOfLogs(), ['--base-path', '/logs'])
  expect((await get('/logs/api/v1/logs')).status).toBe(200)
  expect((await get('/api/v1/logs')).status).toBe(404)
  expect(await get('/logs')).toMatchObject({ status: 308, headers: { location: '/logs/' } })
  expect((await get(`/logs/?token=${token}`)).headers['set-cookie']?.[0]).toContain('; Path=/logs/;')
})
