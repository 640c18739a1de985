// The option `upload`: what it is read as, and every way in which it could never work or would give a secret away.
import { join } from 'node:path'
import { hostname } from 'node:os'
import { writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { RotorOptionsError } from '../../../src/errors.js'
import { parseOptions } from '../../../src/options/parse-options.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

function read (upload: unknown) {
  return parseOptions({ file: join(temporaryFolder(), 'app.log'), upload }).upload
}

function faults (upload: unknown): string[] {
  try {
    read(upload)
    return []
  } catch (error) {
    if (!(error instanceof RotorOptionsError)) throw error
    return error.faults.map(({ path }) => path)
  }
}

const host = hostname().replace(/[^A-Za-z0-9._-]+/g, '-')

test('is off by default', () => {
  expect(read(false)).toBeNull()
  expect(parseOptions({ file: join(temporaryFolder(), 'app.log') }).upload).toBeNull()
})

test('takes a bucket of Amazon S3 by its address alone', () => {
  expect(read({ to: 's3://my-bucket/logs', region: 'eu-central-1' })).toEqual({
    place: {
      kind: 'bucket', bucket: 'my-bucket', endpoint: 'https://s3.eu-central-1.amazonaws.com', isPathStyle: false, region: 'eu-central-1', credentialsModule: null, putHeaders: {}, objectLock: null
    },
    keyTemplate: `logs/${host}/{yyyy}/{mm}/{dd}/{name}`,
    anyHostKeyTemplate: 'logs/{hostname}/{yyyy}/{mm}/{dd}/{name}',
    holdBytes: 5 * 1024 ** 3
  })
})

test('puts the bucket into the path with an endpoint, and if its name has a dot', () => {
  expect(read({ to: 's3://my-bucket', endpoint: 'http://127.0.0.1:9000' })).toMatchObject({ place: { isPathStyle: true, endpoint: 'http://127.0.0.1:9000' } })
  expect(read({ to: 's3://my.bucket' })).toMatchObject({ place: { isPathStyle: true } })
  expect(read({ to: 's3://my-bucket', endpoint: 'https://[2001:db8::1]:9000' })).toMatchObject({ place: { isPathStyle: true, endpoint: 'https://[2001:db8::1]:9000' } })
  expect(read({ to: 's3://my-bucket', endpoint: 'https://r2.example.com', pathStyle: false })).toMatchObject({ place: { isPathStyle: false } })
})

test('sends a header only if its option is given', () => {
  expect(read({ to: 's3://my-bucket', storageClass: 'STANDARD_IA', encryption: 'aws:kms', kmsKey: 'key-1', tags: { team: 'a b' }, objectLock: { mode: 'governance', days: 30 } })).toMatchObject({
    place: {
      putHeaders: { 'x-amz-storage-class': 'STANDARD_IA', 'x-amz-server-side-encryption': 'aws:kms', 'x-amz-server-side-encryption-aws-kms-key-id': 'key-1', 'x-amz-tagging': 'team=a+b' },
      objectLock: { mode: 'GOVERNANCE', days: 30 }
    }
  })
})

test('takes a module instead of a bucket', () => {
  const module = join(temporaryFolder(), 'store.mjs')
  writeFileSync(module, '')
  expect(read({ module, key: '{name}' })).toMatchObject({ place: { kind: 'module', module }, keyTemplate: '{name}' })
})

test.each([
  [{}, ['upload.to']],
  [{ to: 'https://my-bucket' }, ['upload.to']],
  [{ to: 's3://b' }, ['upload.to']],
  [{ to: 's3://key:secret@bucket' }, ['upload.to']],
  [{ to: 's3://my-bucket/{name}' }, ['upload.to']],
  [{ to: 's3://my-bucket', endpoint: 'http://minio.example.com' }, ['upload.endpoint']],
  [{ to: 's3://my-bucket', endpoint: 'https://10.0.0.1', pathStyle: false }, ['upload.pathStyle']],
  [{ to: 's3://my-bucket', endpoint: 'https://0x7f.1', pathStyle: false }, ['upload.pathStyle']],
  [{ to: 's3://my-bucket', endpoint: 'http://[::1]:9000', pathStyle: false }, ['upload.pathStyle']],
  [{ to: 's3://my-bucket', endpoint: 'https://user:secret@minio.example.com' }, ['upload.endpoint']],
  [{ to: 's3://my-bucket', endpoint: 'https://minio.example.com/path' }, ['upload.endpoint']],
  [{ to: 's3://my-bucket', key: 'logs/{yyyy}' }, ['upload.key']],
  [{ to: 's3://my-bucket', key: '{name}/{name}' }, ['upload.key']],
  [{ to: 's3://my-bucket', key: '{user}/{name}' }, ['upload.key']],
  [{ to: 's3://my-bucket', key: '../{name}' }, ['upload.key']],
  [{ to: 's3://my-bucket', hold: 5 }, ['upload.hold']],
  [{ to: 's3://my-bucket', kmsKey: 'k' }, ['upload.kmsKey']],
  [{ to: 's3://my-bucket', tags: { a: 1 } }, ['upload.tags']],
  [{ to: 's3://my-bucket', objectLock: { mode: 'governance', days: 0 } }, ['upload.objectLock.days']],
  [{ to: 's3://my-bucket', secretAccessKey: 'x' }, ['upload.secretAccessKey']],
  [{ to: 's3://my-bucket', bucket: 'x' }, ['upload.bucket']],
  [{ module: './there-is-none.js' }, ['upload.module']],
  [true, ['upload']]
])('refuses %j', (upload, paths) => {
  expect(faults(upload)).toEqual(paths)
})

test('says where a secret belongs, and does not repeat it', () => {
  expect(() => read({ to: 's3://my-bucket', secretAccessKey: 'hush-hush' })).toThrow(/environment/)
  expect(() => read({ to: 's3://my-bucket', endpoint: 'https://user:hush-hush@minio.example.com' })).toThrow(/environment/)
  for (const upload of [{ to: 's3://my-bucket', secretAccessKey: 'hush-hush' }, { to: 's3://my-bucket', endpoint: 'https://user:hush-hush@minio.example.com' }, { to: 's3://key:hush-hush@bucket' }]) {
    expect(() => read(upload)).toThrow(expect.objectContaining({ message: expect.not.stringContaining('hush-hush') as string }))
  }
})
