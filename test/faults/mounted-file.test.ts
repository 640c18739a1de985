// A file that is mounted by itself, as containers do: no rotation can put another in its place, and the commands say so beforehand.
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { fill, linesFrom, pictureOf, run, temporaryFolder } from '../cli/command-line.js'
import { canMount } from '../support/small-disk.js'

test.skipIf(!canMount)('doctor and rotate --dry-run say what the rotation says', async () => {
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
