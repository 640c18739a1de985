// What an upload of one large archive costs: the memory that it adds to the same process with the same archive and without the
// option, and how long it takes. The store takes everything at once, so the sending is as fast as it can be.
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { transport } from 'pino-rotor'
import { startObjectStore } from './object-store.js'
import { heldMebibytes, peakMebibytes } from './usage.js'

const mebibyte = 1024 * 1024

async function measure ({ scenario: { mebibytes }, contestant, folder, prepared: { endpoint } }) {
  process.env.AWS_ACCESS_KEY_ID = 'key'
  process.env.AWS_SECRET_ACCESS_KEY = 'secret'
  mkdirSync(join(folder, 'logs'))
  writeArchive(join(folder, 'logs/app.20250101_000000.log.gz'), mebibytes)
  const isUploading = contestant === 'with upload'
  const key = `${process.pid}/{name}`
  const log = transport({ file: join(folder, 'logs/app.log'), limit: false, report: false, ...isUploading && { upload: { to: 's3://bucket', endpoint, key } } })
  await once(log, 'ready')
  const startedMs = performance.now()
  if (isUploading) await log.upload()
  else await log.sweep()
  const seconds = (performance.now() - startedMs) / 1000
  const heldMiB = heldMebibytes()
  const closed = once(log, 'close')
  log.end()
  await closed
  return { peakMiB: peakMebibytes(), heldMiB, seconds }
}

function writeArchive (path, mebibytes) {
  const block = randomBytes(mebibyte)
  const descriptor = openSync(path, 'w')
  for (let written = 0; written < mebibytes; written++) writeSync(descriptor, block)
  closeSync(descriptor)
}

export default {
  name: 'upload',
  title: 'Upload: what the upload of an archive costs',
  metrics: { peakMiB: 'peak MiB', heldMiB: 'held MiB', seconds: 's' },
  prepare: startObjectStore,
  scenarios: (quick, sizeMebibytes) => (quick ? [1, 20] : [64, sizeMebibytes]).map((mebibytes) => (
    { name: `${mebibytes} MiB`, contestants: ['without upload', 'with upload'], mebibytes }
  )),
  targets: (quick, sizeMebibytes) => [
    { says: 'memory that an upload adds (MiB)', scenario: `${quick ? 20 : sizeMebibytes} MiB`, over: 'with upload', minus: 'without upload', metric: 'peakMiB', atMost: 24 }
  ],
  measure
}
