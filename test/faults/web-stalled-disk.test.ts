// `pino-rotor web` on a disk that stops answering, as a network disk does whose server is gone.
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { mountOddDisk, stallDisk, whyNoOddDisk } from '../support/odd-disk.js'
import { serve, usualLine } from '../web/server/served.js'

const refusal = whyNoOddDisk()
if (refusal !== null) console.log(`skipped: ${refusal}`)

test.skipIf(refusal !== null).each(['lines?grep=needle', 'histogram', 'status', 'download', 'follow'])('Ctrl-C ends the command while %s waits for a disk that does not answer', async (path) => {
  const mount = await mountOddDisk()
  const logs = join(mount, 'logs')
  mkdirSync(logs)
  writeFileSync(join(logs, 'app.20250101_000000.log.gz'), gzipSync(`${usualLine(1, 1_735_689_600_000)}\n`))
  writeFileSync(join(logs, 'app.log'), `${usualLine(2, 1_735_689_700_000)}\n`)
  const { child, raw, token } = await serve(logs)
  stallDisk(mount)
  raw(`GET /api/v1/logs/1/${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n\r\n`)
  while (!waitsForDisk(child.pid)) await setImmediate()
  const ended = once(child, 'exit')
  child.kill('SIGINT')
  // A call that never ends keeps a process from its usual end. So it ends by the signal.
  expect(await ended).toEqual([null, 'SIGINT'])
})

// Whether a thread is in a call of FUSE.
function waitsForDisk (pid: number | undefined): boolean {
  const tasks = `/proc/${pid}/task`
  return readdirSync(tasks).some((task) => readFileSync(join(tasks, task, 'wchan'), 'utf8') === 'request_wait_answer')
}
