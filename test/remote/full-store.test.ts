// A store whose disk is full: Swift on a small file system. Nothing is stored, and the upload succeeds once there is room.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { uploadFile } from '../../src/lifecycle/uploading/upload-one.js'
import { canMount } from '../support/small-disk.js'
import { client, kindsOfServer, makeBucket } from './scene.js'
import { startSwift } from './swift.js'

const never = new AbortController().signal
const isMissing = kindsOfServer.some(({ kind, missing }) => kind === 'Swift' && missing !== null)

test.skipIf(isMissing || !canMount)('a store that has filled up fails an upload, which succeeds once it has room', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rotor-full-store-'))
  const devices = join(folder, 'devices')
  mkdirSync(devices)
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'none', devices])
  try {
    const server = await startSwift(folder)
    try {
      const place = await makeBucket(server)
      const path = join(folder, 'a.gz')
      writeFileSync(path, randomBytes(4 * 1024 ** 2))
      const ballast = join(devices, 'ballast')
      writeFileSync(ballast, Buffer.alloc(13 * 1024 ** 2))
      await expect(uploadFile(client(place, server.credentials), path, 'full/a.gz', never)).rejects.toMatchObject({ status: expect.toBeOneOf([503, 507]) as number })
      expect(await client(place, server.credentials).head('full/a.gz', never)).toBeNull()
      rmSync(ballast)
      expect(await uploadFile(client(place, server.credentials), path, 'full/a.gz', never)).toMatchObject({ isSent: true })
    } finally {
      await server.stop()
    }
  } finally {
    execFileSync('umount', ['--lazy', devices])
    rmSync(folder, { recursive: true, force: true })
  }
})
