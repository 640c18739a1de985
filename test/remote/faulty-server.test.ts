// A server that answers what no healthy store does: a raw TCP server with a script, against the client that uploads.
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { uploadFile } from '../../src/lifecycle/uploading/upload-one.js'
import { startRawServer, type RawServer } from '../support/raw-server.js'
import { bucketAt, client, factsOf } from './scene.js'

const never = new AbortController().signal
const content = Buffer.alloc(200_000, 'a line\n')
const { sha256 } = factsOf(content)
const credentials = { accessKeyId: 'a', secretAccessKey: 'no word of any answer' }
const missing = 'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n'
const stored = 'HTTP/1.1 200 OK\r\nETag: "e"\r\nContent-Length: 0\r\n\r\n'

let folder: string
let path: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rotor-faulty-'))
  path = join(folder, 'a.gz')
  writeFileSync(path, content)
})
afterAll(() => { rmSync(folder, { recursive: true, force: true }) })

/** Serves each connection by the handler, which gets the method of its one request. */
async function serve (handle: (socket: Socket, method: string) => void): Promise<RawServer & { readonly store: ReturnType<typeof client> }> {
  const server = await startRawServer((socket) => {
    socket.once('data', (head) => { handle(socket, head.toString('latin1').split(' ')[0] ?? '') })
  })
  return { ...server, store: client(bucketAt(server.origin), credentials, { silenceMs: 500 }) }
}

/** Takes the whole body, then calls back. */
function takeBody (socket: Socket, then: () => void, from = 0): void {
  let bytes = from
  socket.write('HTTP/1.1 100 Continue\r\n\r\n')
  socket.on('data', ({ length }) => {
    bytes += length
    if (bytes >= content.length) then()
  })
}

const upload = async (store: ReturnType<typeof client>, from = path): Promise<unknown> => await uploadFile(store, from, 'k', never)

test('takes no success for one that comes before the whole body', async () => {
  const { store } = await serve((socket, method) => { socket.write(method === 'HEAD' ? missing : stored) })
  await expect(upload(store)).rejects.toMatchObject({ code: 'ERR_ROTOR_STORE_EARLY' })
})

test.each(Array.from({ length: 20 }, (_, index) => index))('rejects where the connection is cut after %i twentieths of the body', async (part) => {
  const { store } = await serve((socket, method) => {
    if (method === 'HEAD') return socket.write(missing)
    let bytes = 0
    if (part === 0) return socket.resetAndDestroy()
    socket.write('HTTP/1.1 100 Continue\r\n\r\n')
    socket.on('data', ({ length }) => {
      bytes += length
      if (bytes >= content.length * part / 20) socket.resetAndDestroy()
    })
  })
  await expect(upload(store)).rejects.toMatchObject({ code: expect.stringMatching(/ECONNRESET|EPIPE/) as string })
})

test.each(Array.from({ length: 20 }, (_, index) => index))('rejects where the answer ends after %i of its bytes', async (bytes) => {
  const { store } = await serve((socket, method) => {
    if (method === 'HEAD') return socket.write(missing)
    takeBody(socket, () => { socket.end(stored.slice(0, bytes)) })
  })
  await expect(upload(store)).rejects.toThrow()
})

describe('412', () => {
  async function answering (headers: string): Promise<unknown> {
    let heads = 0
    const { store } = await serve((socket, method) => {
      if (method === 'HEAD') return socket.write(heads++ === 0 ? missing : `HTTP/1.1 200 OK\r\nETag: "e"\r\n${headers}\r\n\r\n`)
      socket.write('HTTP/1.1 412 Precondition Failed\r\nContent-Length: 0\r\n\r\n')
    })
    return await upload(store)
  }

  test('with the same content counts as stored', async () => {
    expect(await answering(`Content-Length: ${content.length}\r\nx-amz-meta-sha256: ${sha256}`)).toMatchObject({ isSent: false })
  })

  test.each([
    ['another SHA-256', `Content-Length: ${content.length}\r\nx-amz-meta-sha256: ${'0'.repeat(64)}`],
    ['another length', `Content-Length: 7\r\nx-amz-meta-sha256: ${sha256}`],
    ['no SHA-256', `Content-Length: ${content.length}`],
    ['no length', `x-amz-meta-sha256: ${sha256}`]
  ])('with %s is a conflict', async (_, headers) => {
    await expect(answering(headers)).rejects.toMatchObject({ code: 'ERR_ROTOR_UPLOAD_CONFLICT' })
  })
})

test.each(['HEAD', 'PUT'])('follows no redirect of a %s to another host', async (redirected) => {
  const other = await serve((socket) => { socket.end(stored) })
  const location = other.origin
  const { store } = await serve((socket, method) => {
    socket.write(method === redirected ? `HTTP/1.1 307 Temporary Redirect\r\nLocation: ${location}/\r\nContent-Length: 0\r\n\r\n` : missing)
  })
  await expect(upload(store)).rejects.toMatchObject({ code: 'PermanentRedirect' })
  expect(other.connections()).toBe(0)
})

test.each([
  ['403', 'AccessDenied'],
  ['500', 'HTTP_500'],
  ['503', 'HTTP_503'],
  ['404', 'HTTP_404']
])('says what %s was the answer to', async (status, code) => {
  const { store } = await serve((socket, method) => { socket.write(method === 'HEAD' ? missing : `HTTP/1.1 ${status} X\r\nRetry-After: 9\r\nContent-Length: 0\r\n\r\n`) })
  await expect(upload(store)).rejects.toMatchObject({ code, retryAfterMs: 9_000, message: expect.stringContaining('PUT s3://b/k') as string })
})

test('rejects within its time limit where the length of an answer lies', async () => {
  const { store } = await serve((socket, method) => {
    socket.write(method === 'HEAD' ? missing : 'HTTP/1.1 500 X\r\nContent-Length: 1000\r\n\r\n<Error>')
  })
  await expect(upload(store)).rejects.toMatchObject({ status: 500 })
})

test('waits for a store that takes the last bytes slowly, beyond the time limit of a silent one', async () => {
  const { store } = await serve((socket, method) => {
    if (method === 'HEAD') return socket.write(missing)
    takeBody(socket, () => { setTimeout(() => { socket.write(stored) }, 1_500) })
  })
  expect(await upload(store)).toMatchObject({ isSent: true })
})

test('waits for a store that takes the body slowly, although the kernel hides that for longer than the time limit of a silent one', async () => {
  const large = join(folder, 'slow.gz')
  const sizeBytes = 12 * 1024 ** 2
  writeFileSync(large, Buffer.alloc(sizeBytes))
  const { store } = await serve((socket, method) => {
    if (method === 'HEAD') return socket.write(missing)
    socket.write('HTTP/1.1 100 Continue\r\n\r\n')
    let bytes = 0
    let portion = 0
    socket.on('data', ({ length }) => {
      bytes += length
      portion += length
      if (bytes >= sizeBytes) return socket.write(stored)
      if (portion < 512 * 1024) return
      portion = 0
      socket.pause()
      setTimeout(() => { socket.resume() }, 250)
    })
  })
  expect(await upload(store, large)).toMatchObject({ isSent: true })
})

test('gives up a store that freezes halfway, within its time limit, and has read no more of the archive than the kernel took', async () => {
  const large = join(folder, 'frozen.gz')
  const sizeBytes = 64 * 1024 ** 2
  writeFileSync(large, '')
  truncateSync(large, sizeBytes)
  const { store } = await serve((socket, method) => {
    if (method === 'HEAD') return socket.write(missing)
    socket.write('HTTP/1.1 100 Continue\r\n\r\n')
    socket.once('data', () => { socket.pause() })
  })
  let readBytes = 0
  const sending = uploadFile(store, large, 'k', never, (bytes) => { readBytes += bytes })
  await expect(sending).rejects.toMatchObject({ code: 'ERR_ROTOR_STORE_SILENT' })
  expect(readBytes).toBeGreaterThan(0)
  expect(readBytes).toBeLessThan(sizeBytes / 2)
})

test('keeps what the store says against a body that it does not want to its end', async () => {
  const text = '<Error><Code>QuotaExceeded</Code><Message>the bucket is full</Message></Error>'
  const { store } = await serve((socket, method) => {
    if (method === 'HEAD') return socket.write(missing)
    socket.write('HTTP/1.1 100 Continue\r\n\r\n')
    socket.once('data', () => { socket.write(`HTTP/1.1 403 Forbidden\r\nContent-Length: ${text.length}\r\n\r\n${text}`) })
  })
  await expect(upload(store)).rejects.toMatchObject({ code: 'QuotaExceeded', message: expect.stringContaining('the bucket is full') as string })
})

test('stores nothing of an archive that is cut during its upload, and says so', async () => {
  const cut = join(folder, 'cut.gz')
  writeFileSync(cut, content)
  const { store } = await serve((socket, method) => {
    if (method === 'HEAD') return socket.write(missing)
    truncateSync(cut, 1000)
    takeBody(socket, () => { socket.write(stored) })
  })
  await expect(upload(store, cut)).rejects.toMatchObject({ code: 'ERR_ROTOR_UPLOAD_CHANGED' })
})

test('reads Retry-After as a date by the clock of the store', async () => {
  const { store } = await serve((socket, method) => {
    socket.write(method === 'HEAD' ? missing : 'HTTP/1.1 503 X\r\nDate: Wed, 01 Oct 2025 12:00:00 GMT\r\nRetry-After: Wed, 01 Oct 2025 12:01:30 GMT\r\nContent-Length: 0\r\n\r\n')
  })
  await expect(upload(store)).rejects.toMatchObject({ status: 503, retryAfterMs: 90_000 })
})

test.each(['HEAD', 'PUT'])('rejects where the store changes the protocol in place of an answer to a %s', async (changed) => {
  const { store } = await serve((socket, method) => {
    socket.write(method === changed ? 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n' : missing)
  })
  await expect(upload(store)).rejects.toMatchObject({ code: 'ECONNRESET' })
})

test('gives up an answer that comes byte by byte for ever, and keeps what it said', async () => {
  const { store } = await serve((socket, method) => {
    if (method === 'HEAD') return socket.write(missing)
    socket.write('HTTP/1.1 503 X\r\nTransfer-Encoding: chunked\r\n\r\n15\r\n<Code>SlowDown</Code>\r\n')
    const drip = setInterval(() => { socket.write('1\r\nx\r\n') }, 20)
    socket.once('close', () => { clearInterval(drip) })
  })
  await expect(upload(store)).rejects.toMatchObject({ status: 503, code: 'SlowDown' })
})

test('gives up a store that takes nothing', async () => {
  const { store } = await serve((socket, method) => { if (method === 'HEAD') socket.write(missing) })
  await expect(upload(store)).rejects.toMatchObject({ code: 'ERR_ROTOR_STORE_SILENT' })
})

test('refuses an archive of 6 GB before it reads or sends any of it', async () => {
  const large = join(folder, 'large.gz')
  const descriptor = openSync(large, 'w')
  ftruncateSync(descriptor, 6 * 1024 ** 3)
  closeSync(descriptor)
  const { store, connections } = await serve((socket) => { socket.write(missing) })
  await expect(upload(store, large)).rejects.toMatchObject({ code: 'EntityTooLarge', message: expect.stringContaining('5 GiB') as string })
  expect(connections()).toBe(0)
})
