// The commands against a real store: an upload by the built program, and the same archives brought back on another machine.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { BucketPlace } from '../../src/options/settings.js'
import { fill, linesFrom, numbersIn, program, run, upTo } from '../cli/command-line.js'
import { fencesIn } from '../readme/fences.js'
import { canFakeClock, FakeClock } from '../support/clock-fake.js'
import { client, kindsOfServer, makeBucket, putObject } from './scene.js'
import type { StoreServer } from './store-server.js'

describe.each(kindsOfServer)('$kind', ({ missing, start }) => {
  describe.skipIf(missing !== null)('as the store of the commands', () => {
    let base: string
    let folder: string
    let server: StoreServer
    let place: BucketPlace

    beforeAll(async () => {
      base = mkdtempSync(join(tmpdir(), 'rotor-store-'))
      server = await start(base)
    })

    afterAll(async () => {
      await server.stop()
      rmSync(base, { recursive: true, force: true })
    })

    beforeEach(async () => {
      folder = mkdtempSync(join(base, 'machine-'))
      place = await makeBucket(server)
      configure(folder)
    })

    function configure (folder: string, options: object = {}): void {
      const upload = { to: `s3://${place.bucket}/my logs`, endpoint: server.endpoint, key: 'h/{yyyy}/{mm}/{dd}/{name}' }
      writeFileSync(join(folder, 'rotor.json'), JSON.stringify({ file: 'logs/app.log', limit: { count: false, age: false }, upload, ...options }))
    }

    const call = (cwd: string, ...args: string[]) => run(args, { cwd, env: { AWS_ACCESS_KEY_ID: server.credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: server.credentials.secretAccessKey } })

    function logs (): Record<string, string> {
      return {
        'app.20251001_121111.log.gz': linesFrom(Date.UTC(2025, 9, 1, 12), 0, 100),
        'app.20251002_121111.log.gz': linesFrom(Date.UTC(2025, 9, 2, 12), 100, 100),
        'app.20251003_121111.log.gz': linesFrom(Date.UTC(2025, 9, 3, 12), 200, 100)
      }
    }

    test('gives back to another machine what one has sent, byte for byte, where cat reads it', async () => {
      fill(join(folder, 'logs'), { ...logs(), 'app.log': linesFrom(Date.UTC(2025, 9, 4), 300, 10) })
      expect(await call(folder, 'upload', '--config', 'rotor.json')).toMatchObject({ status: 0, stderr: '' })

      const another = mkdtempSync(join(base, 'machine-'))
      configure(another)
      expect(await call(another, 'download', '--config', 'rotor.json', '--since', '2025-10-01')).toMatchObject({ status: 0, stderr: '' })
      expect(readdirSync(join(another, 'logs')).sort()).toEqual(Object.keys(logs()))
      for (const name of Object.keys(logs())) expect(readFileSync(join(another, 'logs', name))).toEqual(readFileSync(join(folder, 'logs', name)))
      expect(statSync(join(another, 'logs/app.20251001_121111.log.gz')).mtime).toEqual(new Date('2025-10-01T12:11:11Z'))
      expect(numbersIn((await call(another, 'cat', 'logs/app.log')).stdout)).toEqual(upTo(300))

      const again = await call(another, 'download', '--config', 'rotor.json', '--since', '2025-10-01')
      expect(again).toEqual({ status: 0, stdout: '3 files there already\n', stderr: '' })
    })

    test('does what docs/object-storage.md shows a newcomer, by its commands as they stand', async () => {
      const fences = fencesIn(readFileSync(join(import.meta.dirname, '../../docs/object-storage.md'), 'utf8'))
      const [first = '', byHand = ''] = fences.flatMap(({ language, code }) => language === 'sh' && code.includes('npx pino-rotor') ? [code] : [])
      const [options = ''] = fences.flatMap(({ language, code }) => language === 'json' && code.includes('"file"') ? [code] : [])
      // The page says to add the address of a store that is not Amazon's.
      writeFileSync(join(folder, 'rotor.json'), options.replace('"region"', `"endpoint": "${server.endpoint}", "region"`).replace('s3://my-bucket', `s3://${place.bucket}`).replace('"eu-central-1"', '"us-east-1"'))
      fill(join(folder, 'logs'), { 'app.log': linesFrom(Date.UTC(2025, 9, 4), 0, 10) })
      mkdirSync(join(folder, 'bin'))
      writeFileSync(join(folder, 'bin/npx'), `#!/bin/sh\nshift\nexec ${process.execPath} ${program} "$@"\n`, { mode: 0o755 })
      const { accessKeyId, secretAccessKey } = server.credentials
      const env = { ...process.env, PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey }
      const shell = (code: string): string => execFileSync('sh', ['-e', '-c', code], { cwd: folder, env, encoding: 'utf8' })
      expect(shell(first)).toMatch(/✓ upload[^]*uploaded app\.\S+\.log\.gz [^]*stored: 1 file/)
      expect(shell(byHand)).toMatch(/nothing to upload\nnothing to upload\n/)
      expect(readdirSync(join(folder, 'restored'))).toEqual(readdirSync(join(folder, 'logs')).filter((name) => name.endsWith('.gz')))
    })

    test('brings what --since and --until ask for to the folder of --to', async () => {
      fill(join(folder, 'logs'), { ...logs(), 'app.log': '' })
      await call(folder, 'upload', '--config', 'rotor.json')
      const { status, stdout } = await call(folder, 'download', '--config', 'rotor.json', '--since', '2025-10-02T13:30:00Z', '--until', '2025-10-03T00:00:00Z', '--to', 'restored', '--json')
      expect(status).toBe(0)
      expect(JSON.parse(stdout)).toMatchObject({ downloaded: [{ file: join(folder, 'restored/app.20251003_121111.log.gz') }], present: [], failed: [] })
      expect(readdirSync(join(folder, 'restored'))).toEqual(['app.20251003_121111.log.gz'])
    })

    test('gives back bundles, where cat reads them', async () => {
      configure(folder, { bundle: {} })
      fill(join(folder, 'logs'), { ...logs(), 'app.log': '' })
      await call(folder, 'bundle', '--config', 'rotor.json')
      await call(folder, 'upload', '--config', 'rotor.json')
      expect(await call(folder, 'download', '--config', 'rotor.json', '--since', '2025-10-01', '--to', 'restored')).toMatchObject({ status: 0, stderr: '' })
      writeFileSync(join(folder, 'restored/app.log'), '')
      expect(numbersIn((await call(folder, 'cat', 'restored/app.log')).stdout)).toEqual(upTo(300))
    })

    test('doctor says that the bucket can be used, that it is missing, and whose credentials are wrong', async () => {
      fill(join(folder, 'logs'), { ...logs(), 'app.log': '' })
      const findings = async (env: NodeJS.ProcessEnv = {}): Promise<unknown> => {
        const { accessKeyId, secretAccessKey } = server.credentials
        const { stdout } = await run(['doctor', '--config', 'rotor.json', '--json'], { cwd: folder, env: { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, ...env } })
        expect(stdout).not.toContain('a-wrong-secret')
        return (JSON.parse(stdout) as { findings: Array<{ check: string }> }).findings.filter(({ check }) => check === 'upload')
      }
      expect(await findings()).toMatchObject([{ state: 'ok' }])
      expect(await findings({ AWS_SECRET_ACCESS_KEY: 'a-wrong-secret' })).toMatchObject([{ state: 'problem', remedy: expect.stringContaining('AWS_SECRET_ACCESS_KEY') as string }])
      configure(folder, { upload: { to: 's3://there-is-none', endpoint: server.endpoint } })
      expect(await findings()).toMatchObject([{ state: 'problem', remedy: expect.stringContaining('create the bucket') as string }])
    })

    test.skipIf(!canFakeClock)('doctor and uploads go on by the clock of the store where the clock of this machine is an hour off, and doctor says so', async () => {
      fill(join(folder, 'logs'), { ...logs(), 'app.log': '' })
      const env = { ...new FakeClock(new Date(Date.now() + 3_600_000).toISOString()).environment, AWS_ACCESS_KEY_ID: server.credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: server.credentials.secretAccessKey }
      const { stdout } = await run(['doctor', '--config', 'rotor.json', '--json'], { cwd: folder, env })
      const found = (JSON.parse(stdout) as { findings: Array<{ check: string }> }).findings.filter(({ check }) => check === 'upload')
      expect(found).toMatchObject([{ state: 'warning', message: expect.stringMatching(/clock is 1 hour different/) as string, remedy: expect.stringContaining('NTP') as string }])
      const uploaded = await run(['upload', '--config', 'rotor.json'], { cwd: folder, env })
      expect(uploaded).toMatchObject({ status: 0, stderr: '' })
      expect(uploaded.stdout.trim().split('\n')).toHaveLength(3)
    })

    test('doctor says that credentials may list and not store, and what to allow', async () => {
      if (server.reader === null) return
      const { accessKeyId, secretAccessKey } = server.reader
      fill(join(folder, 'logs'), { ...logs(), 'app.log': '' })
      const { stdout } = await run(['doctor', '--config', 'rotor.json', '--json'], { cwd: folder, env: { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } })
      const found = (JSON.parse(stdout) as { findings: Array<{ check: string }> }).findings.filter(({ check }) => check === 'upload')
      expect(found).toMatchObject([{ state: 'problem', message: expect.stringContaining('AccessDenied') as string, remedy: expect.stringContaining('s3:PutObject') as string }])
    })

    test('doctor leaves nothing in the bucket', async () => {
      fill(join(folder, 'logs'), { 'app.log': '' })
      await call(folder, 'doctor', '--config', 'rotor.json')
      expect((await client(place, server.credentials).list('', new AbortController().signal).next()).done).toBe(true)
    })

    test('overwrites nothing, says so, and brings the rest', async () => {
      fill(join(folder, 'logs'), { ...logs(), 'app.log': '' })
      await call(folder, 'upload', '--config', 'rotor.json')
      mkdirSync(join(folder, 'restored'))
      writeFileSync(join(folder, 'restored/app.20251001_121111.log.gz'), 'something else')
      const { status, stdout, stderr } = await call(folder, 'download', '--config', 'rotor.json', '--since', '2025-10-01', '--to', 'restored')
      expect(status).toBe(1)
      expect(stderr).toMatch(/^pino-rotor: app\.20251001_121111\.log\.gz was not downloaded: [^\n]+holds something else/)
      expect(stdout.split('\n')).toHaveLength(3)
      expect(readFileSync(join(folder, 'restored/app.20251001_121111.log.gz'), 'utf8')).toBe('something else')
    })

    test.each([
      ['that have another SHA-256', { 'x-amz-meta-sha256': 'f'.repeat(64) }, /does not have the SHA-256 in its metadata/],
      ['that nothing vouches for', {}, /has no SHA-256 in its metadata/]
    ])('brings no bytes %s, says so, leaves nothing of them, and brings the rest', async (_, headers, message) => {
      fill(join(folder, 'logs'), { ...logs(), 'app.log': '' })
      await call(folder, 'upload', '--config', 'rotor.json')
      await putObject(server, place.bucket, 'my%20logs/h/2025/10/02/app.20251002_131111.log.gz', 'damaged', headers)
      const { status, stderr } = await call(folder, 'download', '--config', 'rotor.json', '--since', '2025-10-01', '--to', 'restored')
      expect(status).toBe(1)
      expect(stderr).toMatch(message)
      expect(readdirSync(join(folder, 'restored')).sort()).toEqual(Object.keys(logs()))
    })

    test('warns that its limits remove the downloaded files', async () => {
      fill(join(folder, 'logs'), { ...logs(), 'app.log': '' })
      await call(folder, 'upload', '--config', 'rotor.json')
      const another = mkdtempSync(join(base, 'machine-'))
      configure(another, { limit: { count: 1, age: false } })
      const { status, stderr } = await call(another, 'download', '--config', 'rotor.json', '--since', '2025-10-01')
      expect({ status, stderr }).toMatchObject({ status: 0, stderr: expect.stringContaining('use --to DIR') as string })
    })
  })
})
