// A store or a receiver that answers in the middle of a body and resets the connection at once. The answer lies in this machine's
// kernel when the next write fails. It must be told in place of the broken connection.
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { describe, expect, onTestFinished, test } from 'vitest'
import { exchange, readText } from '../../src/remote/http-exchange.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { bucketAt, client, factsOf } from './scene.js'

const never = new AbortController().signal
const chunk = Buffer.alloc(64 * 1024, 'a line\n')
const content = Buffer.concat([chunk, chunk, chunk, chunk])
const credentials = { accessKeyId: 'a', secretAccessKey: 'b' }

/** Runs in a thread of its own, so that it can answer while the client's thread does not look. */
const serverSource = `
  const { parentPort, workerData: { answer, flag, secure } } = require('node:worker_threads')
  const { TLSSocket } = require('node:tls')
  const serve = (connection) => {
    const socket = secure === null ? connection : new TLSSocket(connection, { isServer: true, ...secure })
    socket.on('error', () => {})
    let text = ''
    socket.on('data', (data) => {
      text += data.toString('latin1')
      if (text.startsWith('HEAD')) return socket.end('HTTP/1.1 404 Not Found\\r\\nConnection: close\\r\\nContent-Length: 0\\r\\n\\r\\n')
      if (/expect: 100-continue/i.test(text) && !text.includes('\\0continued')) {
        text += '\\0continued'
        return socket.write('HTTP/1.1 100 Continue\\r\\n\\r\\n')
      }
      if (!text.includes('a line')) return
      socket.removeAllListeners('data')
      socket.write(answer, () => {
        connection.once('close', () => {
          Atomics.store(flag, 0, 1)
          Atomics.notify(flag, 0)
        })
        connection.resetAndDestroy()
      })
    })
  }
  const server = require('node:net').createServer(serve)
  server.listen(0, '127.0.0.1', () => { parentPort.postMessage(server.address().port) })
`

interface Scene {
  readonly port: number
  /** A body whose second chunk comes only after the server has answered and reset the connection. */
  readonly body: () => AsyncGenerator<Buffer, void>
}

async function answering (answer: string, secure: { readonly key: string, readonly cert: string } | null = null): Promise<Scene> {
  const flag = new Int32Array(new SharedArrayBuffer(4))
  const server = new Worker(serverSource, { eval: true, workerData: { answer, flag, secure } })
  onTestFinished(async () => { await server.terminate() })
  const [port] = await once(server, 'message') as [number]
  return {
    port,
    body: async function * () {
      yield chunk
      Atomics.wait(flag, 0, 0, 10_000)
      for (let n = 1; n < 4; n++) yield chunk
    }
  }
}

function answerOf (status: string, text: string, headers = ''): string {
  return `HTTP/1.1 ${status}\r\n${headers}Content-Length: ${text.length}\r\n\r\n${text}`
}

describe.each([
  ['403 Forbidden', '<Error><Code>QuotaExceeded</Code></Error>', '', { status: 403, code: 'QuotaExceeded' }],
  ['413 Payload Too Large', '<Error><Code>EntityTooLarge</Code></Error>', '', { status: 413, code: 'EntityTooLarge' }],
  ['503 Slow Down', '<Error><Code>SlowDown</Code></Error>', 'Retry-After: 7\r\n', { status: 503, code: 'SlowDown', retryAfterMs: 7000 }],
  ['500 No', '', '', { status: 500, code: 'HTTP_500' }]
])('%s in the middle of a body', (status, text, headers, expected) => {
  test('is what an upload fails with, although the connection broke', async () => {
    const { port, body } = await answering(answerOf(status, text, headers))
    await expect(client(bucketAt(`http://127.0.0.1:${port}`), credentials).put('k', factsOf(content), body, never)).rejects.toMatchObject(expected)
  })

  test('is what a request gets that did not ask first', async () => {
    const { port, body } = await answering(answerOf(status, text, headers))
    const response = await exchange({ url: new URL(`http://127.0.0.1:${port}/`), method: 'POST', headers: { 'Content-Length': content.length }, body: body(), asksFirst: false, silenceMs: 20_000, unseenMs: 0, signal: never })
    expect(response.statusCode).toBe(expected.status)
    expect(await readText(response, 1000, null)).toBe(text)
  })
})

test('a broken connection without an answer stays the error of the system', async () => {
  const { port, body } = await answering('')
  await expect(exchange({ url: new URL(`http://127.0.0.1:${port}/`), method: 'POST', headers: { 'Content-Length': content.length }, body: body(), asksFirst: false, silenceMs: 20_000, unseenMs: 0, signal: never })).rejects.toMatchObject({ code: expect.stringMatching(/ECONNRESET|EPIPE/) as string })
})

test('half an answer before the connection broke counts by its status', async () => {
  const { port, body } = await answering('HTTP/1.1 403 Forbidden\r\nContent-Length: 1000\r\n\r\n<Error><Code>QuotaExceeded</Code>')
  await expect(client(bucketAt(`http://127.0.0.1:${port}`), credentials).put('k', factsOf(content), body, never)).rejects.toMatchObject({ status: 403, code: 'QuotaExceeded' })
})

test('wins over a broken TLS connection as well', async () => {
  const folder = temporaryFolder()
  const file = (name: string): string => join(folder, name)
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', file('key.pem'), '-out', file('cert.pem')], { stdio: 'ignore' })
  const { port, body } = await answering(answerOf('403 Forbidden', 'no'), { key: readFileSync(file('key.pem'), 'utf8'), cert: readFileSync(file('cert.pem'), 'utf8') })
  process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'
  onTestFinished(() => { delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'] })
  const response = await exchange({ url: new URL(`https://127.0.0.1:${port}/`), method: 'POST', headers: { 'Content-Length': content.length }, body: body(), asksFirst: false, silenceMs: 20_000, unseenMs: 0, signal: never })
  expect(response.statusCode).toBe(403)
})
