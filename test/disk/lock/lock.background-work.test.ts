// On Windows, another program holds the file of a lock for a moment when background work or a command begins. That delays it.
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test, vi, type MockInstance } from 'vitest'
import { systemClock } from '../../../src/clock.js'
import { Lock } from '../../../src/disk/lock/lock.js'
import { downloadNow } from '../../../src/lifecycle/downloading/download-now.js'
import { StepHealth } from '../../../src/lifecycle/step-health.js'
import { bundleNow } from '../../../src/lifecycle/sweeping/bundle-now.js'
import { Uploader } from '../../../src/lifecycle/uploading/uploader.js'
import type { RotorOptions } from '../../../src/options/options.js'
import type { Settings, Uploading } from '../../../src/options/settings.js'
import { parseOptions } from '../../../src/options/parse-options.js'
import { logOf } from '../../../src/policy/names/archive-name.js'
import { actAs } from '../../support/platform.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

let attempts: MockInstance<Lock['tryAcquire']>

beforeEach(() => {
  actAs('win32')
  vi.restoreAllMocks()
  attempts = vi.spyOn(Lock.prototype, 'tryAcquire').mockImplementationOnce(() => { throw Object.assign(new Error('EPERM: held'), { code: 'EPERM' }) })
})

function settingsOf (options: Partial<RotorOptions>): Settings {
  return parseOptions({ file: join(temporaryFolder(), 'app.log'), ...options })
}

function uploadingOf ({ upload }: Settings): Uploading {
  if (upload === null) throw new Error('no upload')
  return upload
}

test('an upload', async () => {
  const module = join(temporaryFolder(), 'store.mjs')
  writeFileSync(module, 'export async function put () {}\nexport async function head () { return null }\n')
  const settings = settingsOf({ upload: { module, key: '{name}' } })
  const failed = vi.fn()
  const uploader = new Uploader({ settings, uploading: uploadingOf(settings), log: logOf(settings), clock: systemClock, emit: failed, health: new StepHealth(failed, systemClock.monotonic), memory: { unsaved: null } })
  onTestFinished(async () => { await uploader.close() })
  await uploader.upload()
  expect(attempts).toHaveBeenCalledTimes(2)
  expect(failed).not.toHaveBeenCalled()
})

test('the command bundle', async () => {
  const settings = settingsOf({ bundle: { frequency: 'daily' } })
  if (settings.bundle === null) throw new Error('no bundles')
  expect(await bundleNow({ settings, bundling: settings.bundle, month: null }, systemClock).done).toMatchObject({ bundled: [], failed: [] })
  expect(attempts).toHaveBeenCalledTimes(2)
})

test('the command download', async () => {
  const store = createServer((_, answer) => { answer.end('<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>') })
  store.listen(0, '127.0.0.1')
  await once(store, 'listening')
  onTestFinished(() => { store.close() })
  const credentials = join(temporaryFolder(), 'credentials.mjs')
  writeFileSync(credentials, 'export default async () => ({ accessKeyId: "key", secretAccessKey: "secret" })\n')
  const endpoint = `http://127.0.0.1:${(store.address() as AddressInfo).port}`
  const settings = settingsOf({ upload: { to: 's3://logs', key: '{name}', endpoint, region: 'eu-central-1', pathStyle: true, credentials: { module: credentials } } })
  const { place } = uploadingOf(settings)
  if (place.kind !== 'bucket') throw new Error('no bucket')
  const watch = { onPlanned: () => {}, onReceived: () => {} }
  const done = await downloadNow({ settings, place, keyTemplate: '{name}', window: { sinceMs: -Infinity, untilMs: Infinity } }, systemClock, watch).done
  expect(done).toEqual({ downloaded: [], present: [], failed: [] })
  expect(attempts).toHaveBeenCalledTimes(2)
})
