// A running application whose rotation fails: `doctor` and `status` name the call that failed, from another process.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test } from 'vitest'
import { run, temporaryFolder } from '../cli/command-line.js'
import { target } from '../support/built-package.js'
import { whyNoStrace } from '../support/fault-strace.js'

const reason = whyNoStrace()
if (reason !== null) console.log(`skipped: ${reason}`)

// It ends when its input does.
const application = `
  import { transport } from ${JSON.stringify(target)}
  const destination = transport({ file: 'logs/app.log', size: '1k', report: false, compress: false })
  destination.on('failed', async () => {
    for (let looks = 0; looks < 1000 && (await destination.status()).failing === undefined; looks++);
    console.log(process.pid)
  })
  destination.write('{"level":30,"msg":"a line of the log"}\\n'.repeat(100))
  process.stdin.on('end', () => { destination.end() }).resume()`

const hidden = (folder: string) => readdirSync(join(folder, 'logs')).filter((name) => name.startsWith('.'))

async function failingApplication (folder: string) {
  const strace = spawn('strace', ['-f', '-qq', '-o', '/dev/null', '-e', 'trace=rename', '-e', 'inject=rename:error=EIO', process.execPath, '--input-type=module', '--eval', application], { cwd: folder })
  onTestFinished(() => { strace.kill('SIGKILL') })
  const [pid] = await once(createInterface({ input: strace.stdout }), 'line') as [string]
  return { strace, pid: Number(pid) }
}

test.skipIf(reason !== null)('doctor and status name the failing call of a running application, and nothing of it once it has ended', async () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'rotor.json'), '{ "file": "logs/app.log" }')
  const { strace, pid } = await failingApplication(folder)
  const doctor = await run(['doctor', '--config', 'rotor.json', '--json'], { cwd: folder })
  expect(doctor.status).toBe(1)
  expect(JSON.parse(doctor.stdout)).toMatchObject({
    findings: expect.arrayContaining([
      { check: 'failures', state: 'problem', message: expect.stringMatching(new RegExp(`^process ${pid} reports since .* that rotate fails \\(EIO\\): EIO: i/o error, rename .*app\\.log`)) as string, remedy: expect.any(String) as string },
      expect.objectContaining({ check: 'leftovers', state: 'ok' })
    ]) as unknown
  })
  const status = await run(['status', '--config', 'rotor.json'], { cwd: folder })
  expect(status.stdout.replaceAll(/\s+/g, ' ')).toMatch(new RegExp(`failing in process ${pid}: rotate \\(EIO\\), since .* ago: EIO: i/o error, rename`))
  expect(status.stdout).not.toMatch(/left over/)
  strace.stdin.end()
  await once(strace, 'exit')
  expect(hidden(folder)).toEqual([])
})

test.skipIf(reason !== null)('the next sweep removes what an application that was killed has noted', async () => {
  const folder = temporaryFolder()
  const { strace, pid } = await failingApplication(folder)
  expect(hidden(folder)).toEqual([expect.stringMatching(/^\.app\.log\.rotor\.failed\.[0-9a-f]{10}$/)])
  process.kill(pid, 'SIGKILL')
  await once(strace, 'exit')
  const doctor = await run(['doctor', 'logs/app.log'], { cwd: folder })
  expect(doctor.stdout).toMatch(/a crash left 1 file behind/)
  expect(doctor.stdout).not.toMatch(/EIO/)
  expect((await run(['sweep', 'logs/app.log', '--defaults'], { cwd: folder })).status).toBe(0)
  expect(hidden(folder)).toEqual([])
})
