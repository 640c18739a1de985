// A name server that takes questions and never answers: in a mount namespace with a resolv.conf of its own.
import { execFileSync, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const canUnshare = (() => {
  try {
    execFileSync('unshare', ['--mount', 'true'], { stdio: 'ignore' })
    return true
  } catch {
    console.log('skipped: a name server that does not answer, because no mount namespace can be made here')
    return false
  }
})()

describe.skipIf(!canUnshare)('a name server that does not answer', () => {
  let folder: string
  const server = createSocket('udp4')

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'rotor-dns-'))
    server.bind(53, '127.0.0.83')
    await once(server, 'listening')
    writeFileSync(join(folder, 'resolv.conf'), 'nameserver 127.0.0.83\n')
    writeFileSync(join(folder, 'app.20251001_121111.log.gz'), 'x')
  })
  afterAll(() => {
    server.close()
    rmSync(folder, { recursive: true, force: true })
  })

  test('does not hold up the end of the application', async () => {
    const source = `
      import { transport } from ${JSON.stringify(join(import.meta.dirname, '../../dist/index.js'))}
      const log = transport({ file: ${JSON.stringify(join(folder, 'app.log'))}, report: false, limit: false, upload: { to: 's3://bucket', endpoint: 'https://store.example.com' } })
      log.write('{"msg":"hello"}\\n')
      log.upload().catch(() => {})
      process.stdin.once('data', () => { log.on('close', () => { process.exit() }); log.end() })
      `
    const asked = once(server, 'message')
    const child = spawn('unshare', ['--mount', 'sh', '-c', 'mount --bind "$0" /etc/resolv.conf && exec "$@"', join(folder, 'resolv.conf'), process.execPath, '--input-type=module', '--eval', source], { stdio: ['pipe', 'inherit', 'inherit'], env: { ...process.env, AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' } })
    await asked
    const startedMs = performance.now()
    child.stdin.write('end')
    expect((await once(child, 'close'))[0]).toBe(0)
    // The system's own lookup goes on for 10 s.
    expect(performance.now() - startedMs).toBeLessThan(8_000)
  })
})
