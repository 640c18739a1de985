// A firewall between the client and a store on loopback: it refuses connections, or lets packets vanish.
import { execFileSync, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { uploadFile } from '../../src/lifecycle/uploading/upload-one.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { client } from './scene.js'

const never = new AbortController().signal
const credentials = { accessKeyId: 'a', secretAccessKey: 'b' }

function rule (action: '-I' | '-D', port: number, verdict: readonly string[]): string[] {
  return ['-w', '10', action, 'OUTPUT', '-p', 'tcp', '-d', '127.0.0.1', '--dport', String(port), '-j', ...verdict]
}

const refused = ['REJECT', '--reject-with', 'tcp-reset']
const lost = ['DROP']
const mayFilter = process.getuid?.() === 0 && spawnSync('iptables', ['-w', '10', '-L', 'OUTPUT', '-n']).status === 0
if (!mayFilter) console.log("skipped: a firewall in front of a store, because Debian's iptables is missing or may not be used")

let port: number
let path: string
let stored: number
/** Is called with the first bytes of each body. */
let onBody: () => void

beforeEach(async () => {
  stored = 0
  onBody = () => {}
  path = join(temporaryFolder(), 'a.gz')
  writeFileSync(path, Buffer.alloc(8 * 1024 ** 2))
  const server = createServer((request, response) => { answer(request, response) }).on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    response.writeContinue()
    answer(request, response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  port = (server.address() as AddressInfo).port
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
})

function answer (request: IncomingMessage, response: ServerResponse): void {
  if (request.method === 'HEAD') {
    response.writeHead(404).end()
    return
  }
  request.once('data', () => { onBody() })
  request.on('data', () => {}).on('end', () => {
    stored++
    response.writeHead(200, { ETag: '"e"' }).end()
  })
}

function filter (verdict: readonly string[]): () => void {
  execFileSync('iptables', rule('-I', port, verdict))
  let isOver = false
  const end = (): void => {
    if (!isOver) execFileSync('iptables', rule('-D', port, verdict))
    isOver = true
  }
  onTestFinished(end)
  return end
}

async function upload (): Promise<unknown> {
  const place = { kind: 'bucket', bucket: 'b', endpoint: `http://127.0.0.1:${port}`, isPathStyle: true, region: 'r', credentialsModule: null, putHeaders: {}, objectLock: null } as const
  return await uploadFile(client(place, credentials, { silenceMs: 500 }), path, 'k', never)
}

describe.skipIf(!mayFilter)('a firewall', () => {
  test.each([
    ['refuses connections', refused, 'ECONNREFUSED'],
    ['lets packets vanish', lost, 'ERR_ROTOR_STORE_SILENT']
  ])('that %s fails an upload, which succeeds once it lets them through', async (_, verdict, code) => {
    const end = filter(verdict)
    await expect(upload()).rejects.toMatchObject({ code })
    end()
    expect(await upload()).toMatchObject({ isSent: true })
    expect(stored).toBe(1)
  })

  test('that closes halfway leaves no object, and the next attempt stores it', async () => {
    let end = (): void => {}
    onBody = () => {
      onBody = () => {}
      end = filter(lost)
    }
    await expect(upload()).rejects.toMatchObject({ code: 'ERR_ROTOR_STORE_SILENT' })
    expect(stored).toBe(0)
    end()
    expect(await upload()).toMatchObject({ isSent: true })
    expect(stored).toBe(1)
  })
})
