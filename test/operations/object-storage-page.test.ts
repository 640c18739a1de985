// What docs/object-storage.md shows, taken as it stands: its options, its module of credentials, its policies.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { parseOptions } from '../../src/options/parse-options.js'
import { credentialSource } from '../../src/remote/credentials.js'
import { fencesIn } from '../readme/fences.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const page = readFileSync(join(import.meta.dirname, '../../docs/object-storage.md'), 'utf8')
const fences = fencesIn(page)

function codeOf (language: string, heading: string): string[] {
  return fences.filter((fence) => fence.language === language && fence.heading === heading).map(({ code }) => code)
}

async function valueOf (text: string): Promise<object> {
  const path = join(temporaryFolder(), 'options.mjs')
  writeFileSync(path, `export default {${text}}`)
  return (await import(pathToFileURL(path).href) as { default: object }).default
}

test('the options file of the page is taken', () => {
  const [options = ''] = codeOf('json', 'Keep archives in object storage')
  expect(parseOptions({ ...JSON.parse(options) as object, file: join(temporaryFolder(), 'app.log') }).upload).toMatchObject({ keyTemplate: expect.stringMatching(/^logs\//) as string })
})

test('the module of credentials gives them, by the option that names it', async () => {
  const folder = temporaryFolder()
  const [module = '', option = ''] = codeOf('js', 'The least that the credentials must allow')
  const path = join(folder, 'credentials.mjs')
  writeFileSync(path, module)
  const { default: exported } = await import(pathToFileURL(path).href) as { default: unknown }
  expect(await credentialSource(exported)()).toEqual({ accessKeyId: '…', secretAccessKey: '…', sessionToken: '…' })
  const given = await valueOf(option.replace('./credentials.js', path))
  expect(parseOptions({ file: join(folder, 'app.log'), ...given }).upload?.place).toMatchObject({ bucket: 'my-bucket', credentialsModule: path })
})

test.each([...page.matchAll(/^\| `('[^`]*\{name\}')`/gm)].map(([, key = '']) => key))('the key %s is taken', (key) => {
  expect(parseOptions({ file: join(temporaryFolder(), 'app.log'), upload: { to: 's3://my-bucket', key: key.slice(1, -1) } }).upload?.anyHostKeyTemplate).toBe(key.slice(1, -1))
})

test.each([...page.matchAll(/^\| ([^|]+) \| `(endpoint: [^`]+)`/gm)].map(([, store = '', options = '']) => [store, options]))('the options of %s are taken', async (_, options) => {
  const given = await valueOf(options.replaceAll('ACCOUNT', 'account').replaceAll('REGION', 'region-1'))
  expect(parseOptions({ file: join(temporaryFolder(), 'app.log'), upload: { to: 's3://my-bucket', ...given } }).upload?.place).toMatchObject(given)
})

test('the policies allow what the text names, for the bucket of the examples', () => {
  const [policy = ''] = codeOf('json', 'The least that the credentials must allow')
  const { Statement } = JSON.parse(policy) as { Statement: Array<{ Action: string | string[], Resource: string }> }
  expect(Statement.flatMap(({ Action }) => Action)).toEqual(['s3:PutObject', 's3:GetObject', 's3:ListBucket'])
  expect(Statement.every(({ Resource }) => Resource.startsWith('arn:aws:s3:::my-bucket'))).toBe(true)
  expect(JSON.parse(codeOf('json', 'How long objects are kept')[0] ?? '')).toMatchObject({ Rules: [{ Filter: { Prefix: 'logs/' } }] })
})
