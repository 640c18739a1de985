// `pino-rotor cat` on a log of ten gigabytes of lines, which takes a few megabytes of disk: one archive under forty names.
import { createWriteStream, linkSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { expect, test } from 'vitest'
import { lineAt, start, temporaryFolder } from '../cli/command-line.js'

const archives = 40
const archiveBytes = 2 ** 28
const mebibyte = 2 ** 20

test.skipIf(process.platform !== 'linux')('prints ten gigabytes in at most 130 MiB of memory', async () => {
  const folder = temporaryFolder()
  const logs = join(folder, 'logs')
  mkdirSync(logs)
  const lines = Buffer.from(lineAt(Date.UTC(2025, 9, 1), 0).repeat(10_000))
  const count = Math.ceil(archiveBytes / lines.length)
  const first = join(logs, 'app.20251001_000000.log.gz')
  await pipeline(function * () { for (let n = 0; n < count; n++) yield lines }, createGzip({ level: 1 }), createWriteStream(first))
  for (let n = 1; n < archives; n++) linkSync(first, join(logs, `app.20251001_000000.${n}.log.gz`))
  writeFileSync(join(logs, 'app.log'), '')

  const child = start(['cat', 'logs/app.log'], { cwd: folder })
  const pages = `/proc/${child.pid ?? 0}/status`
  let bytes = 0
  let lookedAtBytes = 0
  let peakKiB = 0
  for await (const chunk of child.stdout) {
    bytes += (chunk as Buffer).length
    // Seldom enough to cost nothing; the peak of the process so far, which after its last bytes may be gone.
    if (bytes - lookedAtBytes < archiveBytes || bytes === archives * count * lines.length) continue
    lookedAtBytes = bytes
    peakKiB = Math.max(peakKiB, Number(/VmHWM:\s+(\d+)/.exec(readFileSync(pages, 'utf8'))?.[1]))
  }
  console.log(`${bytes} bytes, at most ${Math.round(peakKiB / 1024)} MiB of memory`)
  expect(bytes).toBe(archives * count * lines.length)
  expect(peakKiB * 1024).toBeLessThanOrEqual(130 * mebibyte)
}, 240_000)
