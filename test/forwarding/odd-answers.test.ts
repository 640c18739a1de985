// Receivers that answer as no healthy one does: a raw TCP server, against the sender of batches.
import type { Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { Delivery, type Delivered } from '../../src/forward/delivery.js'
import { OtlpSender } from '../../src/forward/otlp-sender.js'
import type { SendOutcome } from '../../src/forward/sender.js'
import { forwardPauseMs } from '../../src/policy/forwarding/answer.js'
import { startRawServer } from '../support/raw-server.js'
import { forwardedLines } from '../support/forwarded-lines.js'

const never = new AbortController().signal
const nowMs = Date.UTC(2025, 9, 1, 12)
const batch = forwardedLines(Array.from({ length: 10 }, (_, index) => `{"msg":"line ${index}"}`))

/** Calls back with each connection once the whole request has come. */
async function senderTo (handle: (socket: Socket) => void, silenceMs = 300): Promise<OtlpSender> {
  const { origin } = await startRawServer((socket) => {
    let text = Buffer.alloc(0)
    let isAnswered = false
    socket.on('data', (data) => {
      text = Buffer.concat([text, data])
      const headEnd = text.indexOf('\r\n\r\n')
      const length = Number(/content-length: (\d+)/i.exec(text.toString('latin1'))?.[1])
      if (isAnswered || headEnd === -1 || text.length < headEnd + 4 + length) return
      isAnswered = true
      handle(socket)
    })
  })
  return new OtlpSender({ url: `${origin}/v1/logs`, headers: {}, resource: {}, secrets: [], silenceMs }, () => nowMs, () => {})
}

async function answered (answer: string | Buffer): Promise<SendOutcome> {
  return await (await senderTo((socket) => { socket.end(answer) })).send(batch, never)
}

function withBody (status: string, body: string | Buffer, headers = ''): Buffer {
  return Buffer.concat([Buffer.from(`HTTP/1.1 ${status}\r\n${headers}Content-Length: ${body.length}\r\n\r\n`), Buffer.from(body)])
}

const gzipped = gzipSync('{"partialSuccess":{}}')

test.each([
  ['rubbish', withBody('200 OK', '\0\xff<html>')],
  ['a JSON text that is no object', withBody('200 OK', 'null')],
  ['nested rubbish', withBody('200 OK', '{"partialSuccess":[{"rejectedLogRecords":{}}]}')],
  ['a text', withBody('200 OK', 'ok', 'Content-Type: text/plain\r\n')],
  ['no content', 'HTTP/1.1 204 No Content\r\n\r\n'],
  ['no length', 'HTTP/1.1 200 OK\r\n\r\n{}'],
  ['a compressed answer', withBody('200 OK', gzipped, 'Content-Encoding: gzip\r\n')],
  ['megabytes', withBody('202 Accepted', 'x'.repeat(5_000_000))],
  ['a chunked answer', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n'],
  ['an informational answer first', 'HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n']
])('counts a batch as taken after a success with %s', async (_, answer) => {
  expect(await answered(answer)).toMatchObject({ verdict: 'accepted', rejected: 0 })
})

test.each([
  ['200 OK', 'text/html'],
  ['202 Accepted', 'Text/HTML; charset=utf-8']
])('sends a batch again after the page of a proxy: %s, %s', async (status, type) => {
  expect(await answered(withBody(status, '<html>Sign in</html>', `Content-Type: ${type}\r\n`))).toMatchObject({ verdict: 'retry', answer: expect.stringContaining('Sign in') as string })
})

test.each(['-3', '1.5', '1e3', 'many', ''])('counts no line as rejected where a receiver rejects "%s" of them', async (count) => {
  const { rejected } = await answered(withBody('200 OK', JSON.stringify({ partialSuccess: { rejectedLogRecords: count } })))
  expect(rejected).toBe(count === '1e3' ? 1000 : 0)
})

test.each(['true', '[5]', '{"low":5,"high":0}', 'null', '-0'])('counts no line as rejected where their number is %s', async (count) => {
  expect(await answered(withBody('200 OK', `{"partial_success":{"rejected_log_records":${count}}}`))).toMatchObject({ verdict: 'accepted', rejected: 0 })
})

test('counts no more lines as rejected than a batch has', async () => {
  const sender = await senderTo((socket) => { socket.end(withBody('200 OK', '{"partialSuccess":{"rejectedLogRecords":"1000000"}}')) })
  const delivered: Delivered = await new Delivery(batch).run(sender, () => {}, never)
  expect(delivered).toMatchObject({ lines: 0, rejected: 10 })
})

test.each([
  ['an answer without an end', (socket: Socket) => { socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n') }],
  ['an answer that comes byte by byte for ever', (socket: Socket) => {
    socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n')
    const drip = setInterval(() => { socket.write('1\r\nx\r\n') }, 20)
    socket.once('close', () => { clearInterval(drip) })
  }],
  ['a flood of informational answers', (socket: Socket) => {
    const flood = setInterval(() => { socket.write('HTTP/1.1 102 Processing\r\n\r\n'.repeat(100)) }, 5)
    socket.once('close', () => { clearInterval(flood) })
  }],
  ['a gigabyte of headers', (socket: Socket) => {
    socket.write('HTTP/1.1 200 OK\r\n')
    const more = (): void => { while (socket.writable && socket.write(`X: ${'y'.repeat(60_000)}\r\n`)); }
    socket.on('drain', more)
    more()
  }],
  ['a chunk whose size is no number', (socket: Socket) => { socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n{}\r\n0\r\n\r\n') }],
  ['a chunk whose size is negative', (socket: Socket) => { socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n') }],
  ['a chunk whose size has a hundred digits', (socket: Socket) => { socket.end(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${'f'.repeat(100)}\r\n{}\r\n0\r\n\r\n`) }],
  ['two lengths', (socket: Socket) => { socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 5\r\n\r\n{}') }],
  ['headers without an end', (socket: Socket) => {
    socket.write('HTTP/1.1 200 OK\r\n')
    const drip = setInterval(() => { socket.write('X: y\r\n') }, 20)
    socket.once('close', () => { clearInterval(drip) })
  }],
  ['a change of the protocol', (socket: Socket) => { socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n') }],
  ['a success that is cut', (socket: Socket) => { socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}') }],
  ['no HTTP at all', (socket: Socket) => { socket.end('SSH-2.0-OpenSSH\r\n\r\n') }],
  ['an end at once', (socket: Socket) => { socket.end() }],
  ['a reset', (socket: Socket) => { socket.resetAndDestroy() }]
])('sends a batch again after %s', async (_, handle) => {
  await expect((await senderTo(handle)).send(batch, never)).rejects.toThrow()
})

test('reads 16 KiB of an answer of a gigabyte, and closes the connection', async () => {
  let sentBytes = 0
  let closed = (): void => {}
  const isClosed = new Promise<void>((resolve) => { closed = resolve })
  const piece = Buffer.alloc(64 * 1024, 'x')
  const sender = await senderTo((socket) => {
    socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${2 ** 30}\r\n\r\n`)
    const more = (): void => {
      do sentBytes += piece.length
      while (socket.writable && socket.write(piece))
    }
    socket.on('drain', more)
    socket.once('close', closed)
    more()
  })
  expect(await sender.send(batch, never)).toMatchObject({ verdict: 'accepted' })
  await isClosed
  expect(sentBytes).toBeLessThan(2 ** 26)
})

test.each([
  ['413 Too Large', 'HTTP/1.1 413 Too Large\r\nContent-Length: 1000\r\n\r\ntoo l', 'refused'],
  ['503 No', 'HTTP/1.1 503 No\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nlater', 'retry']
])('takes the word of a refusal that is cut: %s', async (_, answer, verdict) => {
  expect(await answered(answer)).toMatchObject({ verdict })
})

test('takes the word of a refusal that has no end, within the time limit', async () => {
  const sender = await senderTo((socket) => { socket.write('HTTP/1.1 400 No\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nbad\r\n') })
  expect(await sender.send(batch, never)).toMatchObject({ verdict: 'refused', answer: '400 bad' })
})

test.each([
  ['a date', 'Wed, 01 Oct 2025 12:00:30 GMT', '', 30_000],
  ['a date by the clock of the receiver', 'Wed, 01 Oct 2025 15:00:30 GMT', 'Date: Wed, 01 Oct 2025 15:00:00 GMT\r\n', 30_000],
  ['a date that has passed', 'Wed, 01 Oct 2014 12:00:00 GMT', '', 0],
  ['a negative number', '-5', '', 0],
  ['years', '999999999999', '', 300_000],
  ['years as a date', 'Wed, 01 Oct 2325 12:00:00 GMT', '', 300_000],
  ['rubbish', 'soon', '', 0]
])('heeds Retry-After with %s within its bounds', async (_, header, more, pauseMs) => {
  const { verdict, retryAfterMs } = await answered(withBody('429 Slow', '', `Retry-After: ${header}\r\n${more}`))
  expect(verdict).toBe('retry')
  expect(forwardPauseMs(1, retryAfterMs)).toBe(Math.max(pauseMs, forwardPauseMs(1, null)))
})
