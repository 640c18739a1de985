// `pino-rotor web` on a disk that stops answering, as a network disk does whose server is gone.
import { once } from 'node:events'
import { mkdirSync, rmSync, watch, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import { mountOddDisk, whyNoOddDisk } from '../support/odd-disk.js'
import { serve, usualLine } from '../web/server/served.js'

const refusal = whyNoOddDisk()
if (refusal !== null) console.log(`skipped: ${refusal}`)

test.skipIf(refusal !== null).each(['lines', 'lines?grep=needle', 'histogram', 'groups?by=level', 'status', 'download', 'follow'])('Ctrl-C ends the command while %s waits for a disk that does not answer', async (path) => {
  const mount = await mountOddDisk('stalls')
  const behind = join(dirname(mount), 'behind')
  const logs = join(mount, 'logs')
  mkdirSync(join(behind, 'logs'))
  writeFileSync(join(behind, 'logs', 'app.20250101_000000.log.gz'), gzipSync(`${usualLine(1, 1_735_689_600_000)}\n`))
  writeFileSync(join(behind, 'logs', 'app.log'), `${usualLine(2, 1_735_689_700_000)}\n`)
  const { child, raw, token } = await serve(logs)
  onTestFinished(() => { rmSync(join(behind, '.stalled'), { force: true }) })
  const waits = made(behind, '.waits')
  writeFileSync(join(behind, '.stalled'), '')
  raw(`GET /api/v1/logs/1/${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n\r\n`)
  await waits
  const ended = once(child, 'exit')
  child.kill('SIGINT')
  // The read never ends, so the process ends by the signal.
  expect(await ended).toEqual([null, 'SIGINT'])
})

async function made (folder: string, wanted: string): Promise<void> {
  const watcher = watch(folder)
  for (let name = ''; name !== wanted;) [, name] = await once(watcher, 'change') as [string, string]
  watcher.close()
}
