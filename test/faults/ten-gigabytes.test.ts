// `pino-rotor cat` on a log of ten gigabytes of lines, which takes a few megabytes of disk: one archive under forty names.
import { createWriteStream, linkSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { lineAt, run, start, temporaryFolder } from '../cli/command-line.js'

const archives = 40
const archiveBytes = 2 ** 28

const lines = Buffer.from(Array.from({ length: 10_000 }, (_, n) => lineAt(Date.UTC(2025, 9, 1) + n, n)).join(''))
const count = Math.ceil(archiveBytes / lines.length)
const allBytes = archives * count * lines.length

function * content (): Generator<Buffer> {
  for (let n = 0; n < count; n++) yield lines
}

/** As gzip makes it, and as 0.1 did. */
async function packInOneMember (plain: string): Promise<void> {
  await pipeline(content, createGzip({ level: 1 }), createWriteStream(`${plain}.gz`))
}

/** As the transport makes it. */
async function packInBlocks (plain: string): Promise<void> {
  await pipeline(content, createWriteStream(plain))
  const folder = dirname(plain)
  writeFileSync(join(folder, 'rotor.json'), JSON.stringify({ file: join(folder, 'app.log'), compress: 'gzip', limit: { age: false, count: false } }))
  const { status, stderr } = await run(['sweep', join(folder, 'app.log'), '--config', join(folder, 'rotor.json')], { cwd: folder })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
}

describe.skipIf(process.platform !== 'linux').each([['one member each', packInOneMember], ['blocks', packInBlocks]])('in archives of %s', (_kind, pack) => {
  test('cat prints ten gigabytes in at most 130 MiB of memory', async () => {
    const logs = temporaryFolder()
    writeFileSync(join(logs, 'app.log'), '')
    await pack(join(logs, 'app.20251001_000000.log'))
    for (let n = 1; n < archives; n++) linkSync(join(logs, 'app.20251001_000000.log.gz'), join(logs, `app.20251001_000000.${n}.log.gz`))
    const { bytes, peakMebibytes } = await printed(logs)
    console.log(`${bytes} bytes, at most ${Math.round(peakMebibytes)} MiB of memory`)
    expect(bytes).toBe(allBytes)
    expect(peakMebibytes).toBeLessThanOrEqual(130)
  }, 240_000)
})

async function printed (logs: string): Promise<{ readonly bytes: number, readonly peakMebibytes: number }> {
  const child = start(['cat', 'app.log'], { cwd: logs })
  const pages = `/proc/${child.pid ?? 0}/status`
  let [bytes, lookedAtBytes, peakKibibytes] = [0, 0, 0]
  for await (const chunk of child.stdout) {
    bytes += (chunk as Buffer).length
    // Seldom enough to cost nothing; the peak of the process so far, which after its last bytes may be gone.
    if (bytes - lookedAtBytes < archiveBytes || bytes === allBytes) continue
    lookedAtBytes = bytes
    peakKibibytes = Math.max(peakKibibytes, Number(/VmHWM:\s+(\d+)/.exec(readFileSync(pages, 'utf8'))?.[1]))
  }
  return { bytes, peakMebibytes: peakKibibytes / 1024 }
}
