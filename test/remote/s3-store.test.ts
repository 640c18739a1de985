// The client against real stores. They differ where it matters: Ceph refuses to overwrite (412), Swift does not know how to (501).
import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { startRawServer } from '../support/raw-server.js'
import { body, bucketAt, client, contentOf, factsOf, kindsOfServer, shareServer } from './scene.js'

const never = new AbortController().signal
const lines = Buffer.from('{"level":30,"msg":"hello"}\n'.repeat(1000))

describe.each(kindsOfServer)('$kind', ({ kind, missing, start }) => {
  describe.skipIf(missing !== null)('as a store', () => {
    const shared = shareServer(start)

    test('takes an object and gives it back, with its SHA-256 beside it', async () => {
      const store = shared.client()
      expect(await store.head('a.log.gz', never)).toBeNull()
      expect(await store.put('a.log.gz', factsOf(lines), body(lines), never)).toBe('stored')
      expect(await store.head('a.log.gz', never)).toEqual({ sizeBytes: lines.length, sha256: factsOf(lines).sha256 })
      const { stored, body: stream } = await store.get('a.log.gz', never)
      expect(stored.sha256).toBe(factsOf(lines).sha256)
      expect(await contentOf(stream)).toEqual(lines)
    })

    test('takes an empty object', async () => {
      const store = shared.client()
      const empty = Buffer.alloc(0)
      expect(await store.put('empty', factsOf(empty), body(empty), never)).toBe('stored')
      expect(await store.head('empty', never)).toMatchObject({ sizeBytes: 0, sha256: factsOf(empty).sha256 })
    })

    test.each(['with space', 'umläut', 'a+b=c&d', "quote'(x)!*", 'h/2025/10/01/app.log.gz', '100%', '日本'])('takes the key "%s" and lists it', async (name) => {
      const store = shared.client()
      const key = `keys/${name}`
      expect(await store.put(key, factsOf(lines), body(lines), never)).toBe('stored')
      expect(await store.head(key, never)).toMatchObject({ sizeBytes: lines.length })
      const listed = []
      for await (const { key: found } of store.list('keys/', never)) listed.push(found)
      expect(listed).toContain(key)
    })

    test.each(['signed SHA-256', 'MD5'])('stores nothing where the body does not have the %s', async (kind) => {
      const store = shared.client()
      const other = Buffer.from(lines).fill('x', 0, 10)
      const facts = kind === 'MD5' ? { ...factsOf(lines), md5: factsOf(other).md5 } : { ...factsOf(lines), sha256: factsOf(other).sha256 }
      await expect(store.put(`wrong/${kind}`, facts, body(lines), never)).rejects.toMatchObject({ status: 400 })
      expect(await store.head(`wrong/${kind}`, never)).toBeNull()
    })

    test.skipIf(kind === 'Swift')('keeps an object that exists, and tells so (Swift does not know how to: the uploader asks it first)', async () => {
      const store = shared.client()
      const other = Buffer.from('other content')
      await store.put('taken', factsOf(lines), body(lines), never)
      expect(await store.put('taken', factsOf(other), body(other), never)).toBe('exists')
      expect(await store.head('taken', never)).toMatchObject({ sizeBytes: lines.length })
    })

    test('says which credentials are wrong, and no secret', async () => {
      const store = client(shared.place, { ...shared.server.credentials, secretAccessKey: 'a-wrong-secret' })
      const failure = await store.put('never', factsOf(lines), body(lines), never).then(() => null, (error: unknown) => error as Error)
      expect(failure).toMatchObject({ status: 403, code: 'SignatureDoesNotMatch' })
      expect(JSON.stringify(failure) + String(failure)).not.toContain('a-wrong-secret')
    })

    test('says that the bucket is missing', async () => {
      const store = client({ ...shared.place, bucket: 'there-is-none' }, shared.server.credentials)
      await expect(store.put('never', factsOf(lines), body(lines), never)).rejects.toMatchObject({ code: 'NoSuchBucket' })
    })

    test("signs by the store's clock where this machine's is an hour off", async () => {
      const store = shared.client({ now: () => Date.now() + 3_600_000 })
      expect(await store.put('clock', factsOf(lines), body(lines), never)).toBe('stored')
    })

    test('rejects within its time limit where the store is frozen, and goes on once it answers', async () => {
      const store = shared.client({ silenceMs: 1_000 })
      shared.server.front().kill('SIGSTOP')
      try {
        await expect(store.put('frozen', factsOf(lines), body(lines), never)).rejects.toMatchObject({ code: 'ERR_ROTOR_STORE_SILENT' })
      } finally {
        shared.server.front().kill('SIGCONT')
      }
      expect(await shared.client().head('frozen', never)).toBeOneOf([null, { sizeBytes: lines.length, sha256: factsOf(lines).sha256 }])
    })

    test('stores no part of an object if its upload is cut off', async () => {
      const store = shared.client()
      const abort = new AbortController()
      const half = (): Readable => Readable.from((function * () {
        yield lines
        abort.abort(new Error('cut off'))
        yield lines
      })(), { objectMode: false })
      await expect(store.put('cut', { ...factsOf(lines), sizeBytes: 2 * lines.length }, half, abort.signal)).rejects.toThrow()
      expect(await store.head('cut', never)).toBeNull()
    })
  })
})

describe('an answer that is odd', () => {
  async function answering (answer: string): Promise<ReturnType<typeof client>> {
    const { origin } = await startRawServer((socket) => { socket.once('data', () => { socket.end(answer) }) })
    return client(bucketAt(origin), credentials)
  }
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' }
  const bomb = `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "${'a'.repeat(1000)}">]><Error><Code>Slow&a;Down</Code><Message>${'m'.repeat(100_000)}</Message></Error>`

  test('a listing that is made to take long is read quickly', async () => {
    const listing = `<ListBucketResult>${'<Contents><Key>'.repeat(200_000)}</ListBucketResult>`
    const store = await answering(`HTTP/1.1 200 OK\r\nContent-Length: ${listing.length}\r\n\r\n${listing}`)
    const startedMs = performance.now()
    const listed = []
    for await (const { key } of store.list('', never)) listed.push(key)
    expect(listed).toEqual([])
    // A search that looks at each place from each place takes minutes.
    expect(performance.now() - startedMs).toBeLessThan(20_000)
  })

  test('a key in a listing that is not encoded as requested is taken as it is', async () => {
    const listing = '<ListBucketResult><Contents><Key>%E0%A4%A</Key><Size>x</Size></Contents></ListBucketResult>'
    const store = await answering(`HTTP/1.1 200 OK\r\nContent-Length: ${listing.length}\r\n\r\n${listing}`)
    expect((await store.list('', never).next()).value).toEqual({ key: '%E0%A4%A', sizeBytes: 0 })
  })

  test.each([
    ['503 with Retry-After', 'HTTP/1.1 503 Slow\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n', { status: 503, retryAfterMs: 7000 }],
    ['500', 'HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n', { status: 500, code: 'HTTP_500' }],
    ['a redirect', 'HTTP/1.1 307 There\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n', { status: 307, code: 'PermanentRedirect' }],
    ['an XML bomb, of which nothing is expanded and no more than 16 KiB is read,', `HTTP/1.1 400 No\r\nContent-Length: ${bomb.length}\r\n\r\n${bomb}`, { status: 400, code: 'Slow&a;Down', message: 'PUT s3://b/k was answered with 400 Slow&a;Down' }],
    ['no HTTP at all', 'SSH-2.0-OpenSSH\r\n\r\n', { code: 'HPE_INVALID_CONSTANT' }],
    ['an end at once', '', { code: 'ECONNRESET' }]
  ])('%s is one clear error', async (_name, answer, expected) => {
    const store = await answering(answer)
    await expect(store.put('k', factsOf(lines), body(lines), never)).rejects.toMatchObject(expected)
  })
})
