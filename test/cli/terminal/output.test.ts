// Standard output into pipes: pino-rotor leaves them as they are, and copes with those that another process made non-blocking.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, constants, createReadStream, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { Output } from '../../../src/cli/terminal/output.js'
import { fill, linesFrom, program, temporaryFolder } from '../command-line.js'

const pauses = vi.hoisted(() => ({ count: 0 }))
vi.mock('node:timers/promises', async (original) => {
  const real: { setTimeout: (ms: number) => Promise<void> } = await original()
  return { ...real, setTimeout: async (ms: number) => { pauses.count++; await real.setTimeout(ms) } }
})

const isLinux = process.platform === 'linux'
if (!isLinux) console.log('skipped: what a pipe is set to, because only /proc of Linux tells it')

/** A descriptor of a non-blocking pipe to a process that reads all. */
async function nonBlockingPipe (): Promise<number> {
  const shell = spawn('sh', ['-c', 'sleep 1000 | sh -c \'echo $$ >&2; exec cat > /dev/null\''], { detached: true })
  onTestFinished(() => { process.kill(-(shell.pid ?? NaN), 'SIGKILL') })
  const [reader] = await once(shell.stderr, 'data') as [Buffer]
  const descriptor = openSync(`/proc/${Number(reader.toString())}/fd/0`, constants.O_WRONLY | constants.O_NONBLOCK)
  onTestFinished(() => { closeSync(descriptor) })
  return descriptor
}

test.skipIf(!isLinux)('waits for the reader without pauses if another process made the pipe non-blocking', async () => {
  const output = new Output(await nonBlockingPipe())
  const lines = Buffer.alloc(8 * 1024 * 1024, 'a line\n')
  pauses.count = 0
  await output.write(lines)
  expect(pauses.count).toBe(0)
})

test.skipIf(!isLinux)('leaves a pipe blocking when threads read for it', async () => {
  const folder = temporaryFolder()
  fill(join(folder, 'logs'), { 'app.20251001_110000.log.gz': linesFrom(0, 0, 20_000), 'app.log': '' })
  const pipe = join(folder, 'pipe')
  execFileSync('mkfifo', [pipe])
  const child = spawn('sh', ['-c', 'exec "$@" > pipe', 'sh', process.execPath, program, 'cat', 'logs/app.log', '--grep', '/completed/'], { cwd: folder })
  onTestFinished(() => { child.kill('SIGKILL') })
  const lines = createReadStream(pipe)
  await once(lines, 'readable')
  const flags = /flags:\s+0(\d+)/.exec(readFileSync(`/proc/${child.pid ?? 0}/fdinfo/1`, 'utf8'))?.[1] ?? ''
  expect(parseInt(flags, 8) & constants.O_NONBLOCK).toBe(0)
  lines.destroy()
})
