// Files in whose place no rotation can put another: mounted by themselves, as containers do, of another quota project, or with an
// attribute that forbids it. The writer tries seldom and reports it once, and the commands say so beforehand.
import { execFileSync } from 'node:child_process'
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { systemClock } from '../../src/clock.js'
import { ActiveFile } from '../../src/disk/active/active-file.js'
import { parseOptions } from '../../src/options/parse-options.js'
import { LogStream } from '../../src/stream.js'
import { fill, linesFrom, pictureOf, run, temporaryFolder } from '../cli/command-line.js'
import { closed, collect } from '../support/events.js'
import { FaultDisk, whyNoMounts } from '../support/fault-disk.js'
import { mountOddDisk, whyNoOddDisk } from '../support/odd-disk.js'
import { pass, settleDisk, stopTimeAt } from '../support/passing-time.js'
import { canMount } from '../support/small-disk.js'

const second = 1_000
const noDisk = whyNoMounts()
const noOddDisk = whyNoOddDisk()
for (const reason of [noDisk, noOddDisk]) if (reason !== null) console.log(`skipped: ${reason}`)

function mountedFile (): string {
  const folder = temporaryFolder()
  const [source, file] = [join(folder, 'source.log'), join(folder, 'app.log')]
  for (const path of [source, file]) writeFileSync(path, '')
  execFileSync('mount', ['--bind', source, file])
  onTestFinished(() => { execFileSync('umount', ['--lazy', file]) })
  return file
}

test.each([
  { code: 'EBUSY', isHere: canMount, fileOf: async () => mountedFile() },
  { code: 'EXDEV', isHere: noOddDisk === null, fileOf: async () => join(await mountOddDisk('exdev'), 'app.log') }
])('a due rotation that fails with $code is tried three times in 15 idle seconds, then once a minute, and is reported once', async ({ code, isHere, fileOf }) => {
  if (!isHere) return
  const file = await fileOf()
  writeFileSync(file, 'line\n')
  utimesSync(file, new Date('2025-10-01T11:59:00Z'), new Date('2025-10-01T11:59:00Z'))
  stopTimeAt('2025-10-01T12:30:00Z')
  const attempts = vi.spyOn(ActiveFile, 'create')
  onTestFinished(() => { attempts.mockRestore() })
  const stream = new LogStream(parseOptions({ file, frequency: 'hourly', compress: false, limit: false, report: false }), systemClock)
  const failed = collect(stream, 'failed')
  await passSeconds(15)
  expect(attempts).toHaveBeenCalledTimes(3)
  await passSeconds(3_600)
  expect(attempts.mock.calls.length).toBeLessThanOrEqual(65)
  expect(failed).toMatchObject([{ step: 'rotate', code, message: expect.stringMatching(/to cure it, mount the folder/) as string }])
  await closed(stream)
})

async function passSeconds (seconds: number): Promise<void> {
  for (let passed = 0; passed < seconds; passed += 5) {
    pass(5 * second)
    await settleDisk()
  }
}

test.skipIf(noDisk !== null).each([
  ['the folder', 'a', 'logs'],
  ['the file', 'i', 'logs/app.log']
])('doctor and rotate --dry-run say that %s has the attribute %s, and the rotation fails for that reason', async (what, flag, of) => {
  const disk = new FaultDisk()
  onTestFinished(() => { disk.remove() })
  disk.mount()
  mkdirSync(join(disk.path, 'logs'))
  writeFileSync(join(disk.path, 'logs/app.log'), linesFrom(0, 0, 100))
  writeFileSync(join(disk.path, 'rotor.json'), '{ "file": "logs/app.log", "size": "1k" }')
  execFileSync('chattr', [`+${flag}`, join(disk.path, of)])
  onTestFinished(() => { execFileSync('chattr', [`-${flag}`, join(disk.path, of)]) })
  const call = (...args: string[]) => run([...args, '--config', 'rotor.json'], { cwd: disk.path })
  const dry = await call('rotate', '--dry-run')
  const doctor = await call('doctor')
  const real = await call('rotate')
  expect(real.status).not.toBe(0)
  expect(real.stderr).toMatch(/EPERM/)
  expect({ status: dry.status, stderr: dry.stderr }).toEqual({ status: real.status, stderr: expect.stringMatching(new RegExp(`EPERM: ${what} has the attribute ${flag}.*chattr -${flag}`)) as string })
  expect(doctor.status).toBe(1)
  expect(doctor.stdout.replaceAll(/\s+/g, ' ')).toMatch(new RegExp(`rename: EPERM.*${what} has the attribute ${flag}`))
})

test.skipIf(!canMount)('doctor and rotate --dry-run give the same reason as the rotation', async () => {
  const folder = temporaryFolder()
  const logs = join(folder, 'logs')
  mkdirSync(join(folder, 'host'))
  writeFileSync(join(folder, 'host/app.log'), linesFrom(0, 0, 100))
  fill(logs, { 'app.log': '' })
  execFileSync('mount', ['--bind', join(folder, 'host/app.log'), join(logs, 'app.log')])
  onTestFinished(() => { execFileSync('umount', ['--lazy', join(logs, 'app.log')]) })
  writeFileSync(join(folder, 'rotor.json'), '{ "file": "logs/app.log", "size": "1k" }')
  const call = (...args: string[]) => run([...args, '--config', 'rotor.json'], { cwd: folder })
  const before = pictureOf(logs)
  const dry = await call('rotate', '--dry-run')
  const doctor = await call('doctor')
  expect(pictureOf(logs)).toEqual(before)
  const real = await call('rotate')
  for (const { status, stderr } of [dry, real]) {
    expect(status).toBe(1)
    expect(stderr).toMatch(/EBUSY.*mount the folder of the log instead of the file/)
  }
  expect(doctor.status).toBe(1)
  expect(doctor.stdout).toMatch(/rotation +no rotation can replace the active file[\s\S]*EBUSY[\s\S]*→ mount the folder/)
})
