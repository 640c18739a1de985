// The example for Azure Blob Storage, against Azurite, which is Microsoft's own emulator of it. Both come from npm by name.
import { createHash, randomBytes } from 'node:crypto'
import type { ChildProcess } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { run } from '../cli/command-line.js'
import { fetchProgram } from '../platforms/fetched.js'
import { answers, endAll, freePorts, startProgram } from './server-process.js'

const azurite = fetchProgram('azurite@3.35.0', 'azurite/dist/src/blob/main.js')
const client = fetchProgram('@azure/storage-blob@12.32.0', '@azure/storage-blob/package.json')
if (azurite === null || client === null) console.log('skipped: Azure, because azurite or @azure/storage-blob could not be installed')

interface Blobs {
  readonly getBlockBlobClient: (key: string) => { downloadToBuffer: () => Promise<Buffer>, upload: (content: string, bytes: number) => Promise<unknown>, getProperties: () => Promise<{ contentType?: string, contentEncoding?: string }> }
  readonly create: () => Promise<unknown>
  readonly createIfNotExists: () => Promise<unknown>
}
interface Sdk { readonly BlobServiceClient: { fromConnectionString: (text: string) => { getContainerClient: (name: string) => Blobs } } }

describe.skipIf(azurite === null || client === null)('the example for Azure', () => {
  const names = ['app.20251001_121111.log.gz', 'app.20251002_121111.log.gz']
  let base: string
  let folder: string
  let port: number
  let server: ChildProcess
  let sdk: Sdk
  let blobs: Blobs
  let env: NodeJS.ProcessEnv
  let containers = 0

  async function startAzurite (): Promise<ChildProcess> {
    const child = startProgram(base, process.execPath, [azurite ?? '', '--blobPort', String(port), '--location', join(base, 'data'), '--silent', '--skipApiVersionCheck', '--disableTelemetry'], { AZURITE_ACCOUNTS: `account:${accountKey}` })
    await answers(`http://127.0.0.1:${port}/account?comp=list`, child)
    return child
  }

  const accountKey = randomBytes(32).toString('base64')

  beforeAll(async () => {
    base = mkdtempSync(join(tmpdir(), 'rotor-azure-'))
    port = await freePorts(1)
    server = await startAzurite()
    const modules = dirname(dirname(dirname(client ?? '')))
    sdk = await import(pathToFileURL(join(modules, '@azure/storage-blob/dist/esm/index.js')).href) as Sdk
  })
  afterAll(async () => {
    await endAll([server])
    rmSync(base, { recursive: true, force: true })
  })

  beforeEach(async () => {
    folder = mkdtempSync(join(base, 'machine-'))
    symlinkSync(dirname(dirname(dirname(client ?? ''))), join(folder, 'node_modules'))
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
    copyFileSync(join(import.meta.dirname, '../../examples/object-storage/azure-store.js'), join(folder, 'azure-store.js'))
    writeFileSync(join(folder, 'rotor.json'), JSON.stringify({ file: 'logs/app.log', limit: false, upload: { module: './azure-store.js', key: 'h ö+=&/{yyyy}/{name}' } }))
    mkdirSync(join(folder, 'logs'))
    const connection = `DefaultEndpointsProtocol=http;AccountName=account;AccountKey=${accountKey};BlobEndpoint=http://127.0.0.1:${port}/account;`
    const container = `logs-${++containers}`
    blobs = sdk.BlobServiceClient.fromConnectionString(connection).getContainerClient(container)
    await blobs.create()
    env = { AZURE_STORAGE_CONNECTION_STRING: connection, AZURE_STORAGE_CONTAINER: container }
  })

  const upload = async () => await run(['upload', '--config', 'rotor.json', '--json'], { cwd: folder, env })
  const keyOf = (name: string): string => `h ö+=&/2025/${name}`

  function archive (name: string, content: Buffer): void {
    writeFileSync(join(folder, 'logs', name), content)
  }

  test('stores archives whole, with their SHA-256, and sends none twice', async () => {
    archive(names[0] ?? '', randomBytes(10_000_000))
    archive(names[1] ?? '', Buffer.alloc(0))
    const first = await upload()
    expect(first).toMatchObject({ status: 0, stderr: '' })
    expect((JSON.parse(first.stdout) as { uploaded: object[] }).uploaded).toHaveLength(2)
    for (const name of names) {
      const content = readFileSync(join(folder, 'logs', name))
      const blob = blobs.getBlockBlobClient(keyOf(name))
      const stored = content.length === 0 ? Buffer.alloc(0) : await blob.downloadToBuffer()
      expect(createHash('sha256').update(stored).digest('hex')).toBe(createHash('sha256').update(content).digest('hex'))
      expect(await blob.getProperties()).toMatchObject({ contentType: 'application/gzip' })
    }
    rmSync(join(folder, 'logs/.app.log.rotor.stored'))
    expect(await upload()).toMatchObject({ status: 0, stderr: '' })
  })

  test('overwrites nothing, and stores the rest', async () => {
    for (const name of names) archive(name, randomBytes(1000))
    await blobs.getBlockBlobClient(keyOf(names[0] ?? '')).upload('something else', 14)
    const { status, stderr } = await upload()
    expect({ status, stderr }).toMatchObject({ status: 1, stderr: expect.stringContaining('holds something else') as string })
    expect(String(await blobs.getBlockBlobClient(keyOf(names[0] ?? '')).downloadToBuffer())).toBe('something else')
    expect(await blobs.getBlockBlobClient(keyOf(names[1] ?? '')).downloadToBuffer()).toEqual(readFileSync(join(folder, 'logs', names[1] ?? '')))
  })

  test('has the whole blob or none after the server was killed, and stores it at the next attempt', async () => {
    archive(names[0] ?? '', randomBytes(30_000_000))
    const attempt = upload()
    await endAll([server])
    await attempt
    server = await startAzurite()
    // Azurite writes its list of containers only now and then.
    await blobs.createIfNotExists()
    expect(await upload()).toMatchObject({ status: 0 })
    const stored = await blobs.getBlockBlobClient(keyOf(names[0] ?? '')).downloadToBuffer()
    // A comparison by the test runner takes minutes.
    expect(stored.equals(readFileSync(join(folder, 'logs', names[0] ?? '')))).toBe(true)
  })
})
