// Answers that come from something else than a healthy store: a proxy's page, a store without conditional requests whose objects
// may not be looked at, a listing that is none. Nothing counts as stored by them, nothing is overwritten, and nothing is set aside.
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { uploadFile } from '../../src/lifecycle/uploading/upload-one.js'
import { concernsObjectAlone } from '../../src/policy/uploading/upload-plan.js'
import { remedyFor } from '../../src/remote/store-error.js'
import { startRawServer } from '../support/raw-server.js'
import { bucketAt, client, factsOf } from './scene.js'

const never = new AbortController().signal
const content = Buffer.from('a line\n')
const { sha256 } = factsOf(content)
const credentials = { accessKeyId: 'a', secretAccessKey: 'no word of any answer' }

let folder: string
let path: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rotor-odd-store-'))
  path = join(folder, 'a.gz')
  writeFileSync(path, content)
})
afterAll(() => { rmSync(folder, { recursive: true, force: true }) })

function answer (status: string, text = '', headers = ''): string {
  return `HTTP/1.1 ${status}\r\n${headers}Content-Length: ${text.length}\r\n\r\n${text}`
}

const missing = answer('404 Not Found')
const taken = answer('200 OK', '', 'ETag: "e"\r\n')
const page = answer('200 OK', '<html>Sign in</html>', 'Content-Type: text/html\r\n')
const forbidden = answer('403 Forbidden')
const object = `HTTP/1.1 200 OK\r\nETag: "e"\r\nx-amz-meta-sha256: ${sha256}\r\nContent-Length: ${content.length}\r\n\r\n`

interface Asked { readonly method: string, readonly target: string, readonly headers: string }

/** Answers each request by its method and its number among those of the method. */
async function serve (answering: (method: string, count: number) => string): Promise<{ store: ReturnType<typeof client>, asked: Asked[] }> {
  const asked: Asked[] = []
  const { origin } = await startRawServer((socket) => {
    socket.once('data', (head) => {
      const text = head.toString('latin1')
      const [method = '', target = ''] = text.split(' ')
      asked.push({ method, target, headers: text })
      const answered = answering(method, asked.filter((one) => one.method === method).length)
      if (method !== 'PUT' || !answered.startsWith('HTTP/1.1 200')) return socket.end(answered)
      // A success comes after the body, whose few bytes come in one piece.
      socket.write('HTTP/1.1 100 Continue\r\n\r\n')
      socket.once('data', () => { socket.end(answered) })
    })
  })
  return { store: client(bucketAt(origin), credentials, { silenceMs: 5_000 }), asked }
}

const upload = async (store: ReturnType<typeof client>): Promise<unknown> => {
  try {
    return await uploadFile(store, path, 'k', never)
  } catch (error) {
    return error
  }
}

test('waits for the store where a proxy shows a page in its place, and sets no file aside', async () => {
  const { store, asked } = await serve(() => page)
  const { code } = await upload(store) as { code: string }
  expect(code).toBe('ERR_ROTOR_STORE_FOREIGN')
  expect(concernsObjectAlone(code)).toBe(false)
  expect(remedyFor(code)).toContain('proxy')
  expect(asked.map(({ method }) => method)).toEqual(['HEAD'])
})

describe('a success without an ETag', () => {
  test('counts if the object is there', async () => {
    const { store } = await serve((method, count) => method === 'PUT' ? answer('200 OK') : count === 1 ? missing : object)
    expect(await upload(store)).toMatchObject({ isSent: true, sha256 })
  })

  test.each([
    ['no object is there', missing, 'ERR_ROTOR_STORE_FOREIGN'],
    ['a page is shown in its place', page, 'ERR_ROTOR_STORE_FOREIGN'],
    ['other content is there', object.replace(sha256, '0'.repeat(64)), 'ERR_ROTOR_UPLOAD_CONFLICT'],
    ['nothing there may be looked at', forbidden, 'ERR_ROTOR_UPLOAD_UNKNOWN']
  ])('does not count if %s', async (_, found, code) => {
    const { store } = await serve((method, count) => method === 'PUT' ? page : count === 1 ? missing : found)
    expect(await upload(store)).toMatchObject({ code })
  })
})

test('sets aside only the file that a proxy finds too large', async () => {
  const { store } = await serve((method) => method === 'HEAD' ? missing : answer('413 Request Entity Too Large', '<html>413</html>'))
  const { code } = await upload(store) as { code: string }
  expect(concernsObjectAlone(code)).toBe(true)
})

test.each(['ExpiredToken', 'InvalidToken'])('says %s, and what to do, although the answer to HEAD has no reason', async (code) => {
  const { store } = await serve((method) => method === 'HEAD' ? answer('400 Bad Request') : answer('400 Bad Request', `<Error><Code>${code}</Code></Error>`))
  expect(await upload(store)).toMatchObject({ status: 400, code })
  expect(remedyFor(code)).toContain('renew the credentials')
})

test('says that an object was taken and is gone again, and is tried again', async () => {
  const { store } = await serve((method) => method === 'HEAD' ? missing : answer('412 Precondition Failed'))
  expect(await upload(store)).toMatchObject({ code: 'ERR_ROTOR_UPLOAD_UNKNOWN', message: 's3://b/k was taken, and is not there any more' })
})

describe('a store without conditional requests', () => {
  const unconditional = (puts: Asked[]): Asked[] => puts.filter(({ method, headers }) => method === 'PUT' && !/if-none-match/i.test(headers))

  test('is sent nothing that may overwrite an object which these credentials may not look at', async () => {
    const { store, asked } = await serve((method) => {
      if (method === 'PUT') return answer('501 Not Implemented')
      return method === 'HEAD' ? forbidden : answer('403 Forbidden', '<Error><Code>AccessDenied</Code></Error>')
    })
    expect(await upload(store)).toMatchObject({ code: 'AccessDenied', message: expect.stringContaining('GET s3://b/k') as string })
    expect(await upload(store)).toMatchObject({ code: 'AccessDenied' })
    expect(unconditional(asked)).toEqual([])
  })

  test('is asked again right before the bytes are sent', async () => {
    const { store, asked } = await serve((method, count) => method === 'PUT' ? answer('501 Not Implemented') : count === 1 ? missing : object)
    expect(await upload(store)).toMatchObject({ isSent: false })
    expect(unconditional(asked)).toEqual([])
  })
})

describe('a listing', () => {
  const keyed = '<ListBucketResult><Contents><Key>k</Key><Size>1</Size></Contents>'
  test.each([
    ['is the page of a proxy', ['<html>Sign in</html>']],
    ['is empty', ['']],
    ['does not say where its next page begins', [`${keyed}<IsTruncated>true</IsTruncated></ListBucketResult>`]],
    ['begins its next page where this one began', [1, 2, 3].map(() => `${keyed}<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken></ListBucketResult>`)]
  ])('is no whole one if it %s', async (_, pages) => {
    const { store, asked } = await serve((_method, count) => answer('200 OK', pages[count - 1] ?? ''))
    const list = async (): Promise<void> => { for await (const { key } of store.list('', never)) expect(key).toBe('k') }
    await expect(list()).rejects.toMatchObject({ code: 'ERR_ROTOR_STORE_FOREIGN' })
    expect(asked.length).toBeLessThanOrEqual(2)
  })
})

test.each([["a'(b)!*.gz", '/b/a%27%28b%29%21%2A.gz'], ['a+b=c&d ä.gz', '/b/a%2Bb%3Dc%26d%20%C3%A4.gz']])('sends the key "%s" in the form that is signed', async (key, target) => {
  const { store, asked } = await serve((method) => method === 'HEAD' ? missing : taken)
  await store.head(key, never)
  await store.list(key, never).next().catch(() => {})
  expect(asked[0]?.target).toBe(target)
  expect(asked[1]?.target).toContain(`prefix=${target.slice('/b/'.length)}`)
})

const hasIpv6 = Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === '::1'))
if (!hasIpv6) console.log('skipped: a store at an IPv6 address, because this machine has no ::1')

test.skipIf(!hasIpv6)('reaches a store at an IPv6 address', async () => {
  const hosts: string[] = []
  const server = createServer((socket) => {
    socket.on('error', () => {}).once('data', (head) => {
      hosts.push(/^host: (.*)\r$/im.exec(head.toString('latin1'))?.[1] ?? '')
      if (head.toString('latin1').startsWith('HEAD')) return socket.end(missing)
      socket.write('HTTP/1.1 100 Continue\r\n\r\n')
      socket.once('data', () => { socket.end(taken) })
    })
  }).listen(0, '::1')
  onTestFinished(() => { server.close() })
  await once(server, 'listening')
  const host = `[::1]:${(server.address() as AddressInfo).port}`
  expect(await upload(client(bucketAt(`http://${host}`), credentials, { silenceMs: 5_000 }))).toMatchObject({ isSent: true })
  expect(hosts).toEqual([host, host])
})
