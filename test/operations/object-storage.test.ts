// The example with MinIO: its options are those that pino-rotor takes, and they lead to the server of its compose file.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseOptions } from '../../src/options/parse-options.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const [compose = '', page = '', options = ''] = ['compose.yaml', 'README.md', 'rotor.json']
  .map((name) => readFileSync(join(import.meta.dirname, '../../examples/object-storage', name), 'utf8'))

test('the options lead to the bucket that the compose file makes', () => {
  const { upload } = parseOptions({ ...JSON.parse(options) as object, file: join(temporaryFolder(), 'app.log') })
  expect(upload?.place).toMatchObject({ kind: 'bucket', bucket: 'logs', endpoint: 'http://127.0.0.1:9000', isPathStyle: true })
  expect(compose).toContain("'127.0.0.1:9000:9000'")
  expect(compose).toContain('mc mb --ignore-existing store/logs"')
})

test('the page exports the credentials of the server', () => {
  const [, user] = /MINIO_ROOT_USER: (\S+)/.exec(compose) ?? []
  const [, password] = /MINIO_ROOT_PASSWORD: (\S+)/.exec(compose) ?? []
  expect(page).toContain(`AWS_ACCESS_KEY_ID=${user ?? '?'} AWS_SECRET_ACCESS_KEY=${password ?? '?'}\n`)
})
