// One file into real stores, with proof.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { uploadFile } from '../../src/lifecycle/uploading/upload-one.js'
import { contentOf, kindsOfServer, shareServer } from './scene.js'

const never = new AbortController().signal

describe.each(kindsOfServer)('$kind', ({ missing, start }) => {
  describe.skipIf(missing !== null)('as the store of an upload', () => {
    const shared = shareServer(start)

    function file (name: string, content: string | Buffer): string {
      const path = join(shared.folder, name)
      writeFileSync(path, content)
      return path
    }

    test('is sent a file once, however often it is asked', async () => {
      const store = shared.client()
      const path = file('a.gz', 'content')
      expect(await uploadFile(store, path, 'first/a.gz', never)).toMatchObject({ isSent: true, bytes: 7 })
      expect(await uploadFile(shared.client(), path, 'first/a.gz', never)).toMatchObject({ isSent: false, bytes: 7 })
    })

    test('keeps what another file has put there, and tells of the conflict', async () => {
      const store = shared.client()
      await uploadFile(store, file('b.gz', 'content'), 'taken/b.gz', never)
      await expect(uploadFile(store, file('b.gz', 'another'), 'taken/b.gz', never)).rejects.toMatchObject({ code: 'ERR_ROTOR_UPLOAD_CONFLICT' })
      const { body } = await store.get('taken/b.gz', never)
      expect(String(await contentOf(body))).toBe('content')
    })

    test('adopts an object that was sent before a crash could record it', async () => {
      const store = shared.client()
      const path = file('c.gz', Buffer.alloc(300_000, 7))
      await uploadFile(store, path, 'noted/c.gz', never)
      expect(await uploadFile(store, path, 'noted/c.gz', never)).toMatchObject({ isSent: false, bytes: 300_000 })
    })

    test('refuses a file beyond its quota, has no part of it, and takes it once there is room', async () => {
      const { limit } = shared.server
      if (limit === null) return // Swift fills up in full-store.test.ts.
      const path = file('q.gz', Buffer.alloc(2 * 1024 * 1024, 3))
      limit(1024 * 1024)
      // Ceph agrees to take the body, and then refuses it and breaks the connection.
      await expect(uploadFile(shared.client(), path, 'quota/q.gz', never)).rejects.toMatchObject({ status: 403, code: 'QuotaExceeded' })
      expect(await shared.client().head('quota/q.gz', never)).toBeNull()
      limit(null)
      expect(await uploadFile(shared.client(), path, 'quota/q.gz', never)).toMatchObject({ isSent: true })
    })

    test('is killed halfway, and has the whole object or none after it', async () => {
      const path = file('d.gz', Buffer.alloc(64 * 1024 * 1024, 1))
      const store = shared.client()
      const upload = uploadFile(store, path, 'killed/d.gz', never).then(() => 'stored', () => 'failed')
      shared.server.front().kill('SIGKILL')
      await upload
      await shared.server.restart()
      const found = await shared.client().head('killed/d.gz', never)
      expect(found).toBeOneOf([null, expect.objectContaining({ sizeBytes: 64 * 1024 * 1024 })])
      expect(await uploadFile(shared.client(), path, 'killed/d.gz', never)).toMatchObject({ bytes: 64 * 1024 * 1024 })
    })
  })
})
