// How an answer is written to a client that takes it slowly, or not at all.
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { afterEach, expect, onTestFinished, test, vi } from 'vitest'
import { ClientGoneError, writePart } from '../../../src/web/server/answers.js'

const stallMs = 30_000
/** More than the buffers of a connection hold. */
const part = Buffer.alloc(64 * 1024 * 1024)

afterEach(() => { vi.useRealTimers() })

// A client that takes nothing until it is told to, and the answer to it.
async function stalled (): Promise<{ client: Socket, response: ServerResponse }> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1').pause()
  client.on('error', () => {})
  onTestFinished(() => {
    client.destroy()
    server.close()
  })
  client.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
  const [, response] = await once(server, 'request') as [unknown, ServerResponse]
  return { client, response }
}

test('drops a client that takes nothing for 30 seconds, and not before', async () => {
  const { response } = await stalled()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const written = writePart(response, part)
  vi.advanceTimersByTime(stallMs - 1)
  expect(response.destroyed).toBe(false)
  vi.advanceTimersByTime(1)
  await expect(written).rejects.toThrow(ClientGoneError)
  expect(response.destroyed).toBe(true)
})

test('goes on with a client that takes the part in time, and counts the time anew for the next part', async () => {
  const { client, response } = await stalled()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  for (let round = 0; round < 2; round++) {
    const written = writePart(response, part)
    vi.advanceTimersByTime(stallMs - 1)
    client.resume()
    await written
    client.pause()
  }
  vi.advanceTimersByTime(stallMs)
  expect(response.destroyed).toBe(false)
})

test('writes nothing to a client that has left', async () => {
  const { client, response } = await stalled()
  const written = writePart(response, part)
  client.destroy()
  await expect(written).rejects.toThrow(ClientGoneError)
  await expect(writePart(response, part)).rejects.toThrow(ClientGoneError)
})
