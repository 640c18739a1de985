// Readers that meet a swap where no file can be renamed over an open one. For an instant an empty file reserves the archive's
// name, and for another one no file has the active name. Each is held here until the command has looked at it.
import { join } from 'node:path'
import { writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { fill, run, temporaryFolder, type Outcome } from '../cli/command-line.js'

const archive = 'app.20251002_121111.log'
const preload = pathToFileURL(join(import.meta.dirname, 'swapping/preload.mjs')).href
const old = '{"i":0}\n'
const rotated = '{"i":1}\n'
const fresh = '{"i":2}\n'

function folderInSwap (instant: string): string {
  const folder = temporaryFolder()
  fill(folder, { 'app.20251001_121111.log': old, '.app.log.rotor.next': fresh })
  if (instant === 'without a name') writeFileSync(join(folder, archive), rotated)
  else fill(folder, { [archive]: '', 'app.log': rotated })
  return folder
}

async function runInSwap (instant: string, looks: number, args: readonly string[]): Promise<Outcome> {
  const folder = folderInSwap(instant)
  const { stderr, ...rest } = await run(args.map((arg) => arg === 'FILE' ? join(folder, 'app.log') : arg === 'FOLDER' ? folder : arg), {
    cwd: folder,
    env: { NODE_OPTIONS: `--import ${preload}`, ROTOR_INSTANT: instant, ROTOR_FILE: join(folder, 'app.log'), ROTOR_ARCHIVE: join(folder, archive), ROTOR_LOOKS: String(looks) }
  })
  expect(stderr).toContain('met\n')
  return { ...rest, stderr: stderr.replace('met\n', '') }
}

const instants = ['without a name', 'reserved'] as const
const looks = [1, 3]

describe.each(instants)('in the instant that a name is missing or empty (%s),', (instant) => {
  describe.each(looks)('held for %i looks,', (count) => {
    test('cat prints every line once and in order', async () => {
      expect(await runInSwap(instant, count, ['cat', 'FILE'])).toEqual({ status: 0, stdout: old + rotated + fresh, stderr: '' })
    })

    test('cat of the folder does, too', async () => {
      expect(await runInSwap(instant, count, ['cat', 'FOLDER'])).toEqual({ status: 0, stdout: old + rotated + fresh, stderr: '' })
    })

    test('cat --follow goes on in the new file', async () => {
      expect(await runInSwap(instant, count, ['cat', '--follow', '--head', '3', 'FILE'])).toEqual({ status: 0, stdout: old + rotated + fresh, stderr: '' })
    })

    test('verify finds no fault', async () => {
      const { status, stdout, stderr } = await runInSwap(instant, count, ['verify', 'FILE', '--json'])
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
      expect(JSON.parse(stdout)).toMatchObject({ faults: [], lines: 2 })
    })
  })
})

describe.each([1, 5])('in the instant without an active name, held for %i looks,', (count) => {
  test('status finds an active file', async () => {
    const { status, stdout, stderr } = await runInSwap('without a name', count, ['status', 'FILE', '--json'])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(JSON.parse(stdout)).toMatchObject({ total: { files: 3 } })
  })

  test('doctor has no problem and no warning', async () => {
    const { status, stdout, stderr } = await runInSwap('without a name', count, ['doctor', 'FILE', '--json'])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).not.toContain('no active file')
  })
})
