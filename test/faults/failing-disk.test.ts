// Takes a whole disk, or the log's folder, from under a running application, and gives one back.
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, fstatSync, mkdirSync, mkdtempSync, openSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setImmediate, setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { FailedEvent, RecoveredEvent } from '../../src/events.js'
import type { RotorOptions } from '../../src/options/options.js'
import type { Life } from '../support/fault-application.js'
import { rotor } from '../support/built-package.js'
import { closed, collect } from '../support/events.js'
import { buildFaultApplication, startLife, type FaultBuild, type RunningLife, type Told } from '../support/fault-build.js'
import { FaultDisk, whyNoMounts } from '../support/fault-disk.js'
import { faultless, judge, keptLines } from '../support/fault-ledger.js'
import { kept } from '../support/kept.js'
import { Subvolume, canMakeSubvolumes } from '../support/subvolume.js'

const reason = whyNoMounts()
if (reason !== null) console.log(`skipped: ${reason}`)

const steadyLines = Array.from({ length: 400 }, (_, index) => index + 1)
const steadyLife = [...steadyLines.map(() => ['write 1', 'wait 200']).flat(), 'flush', 'end']

let build: FaultBuild

function life (directory: string, file: string, options: Partial<RotorOptions> = {}): Life {
  return { options: { file, ...options }, journal: join(directory, 'journal'), events: '-', firstNumber: 1, steps: steadyLife, pace: 20 }
}

/** How steps failed and recovered, but for the sweep, which may notice or not. */
function states (events: readonly Told[]): string[] {
  return events.filter(({ name, step }) => (name === 'failed' || name === 'recovered') && step !== 'sweep').map(({ name, step }) => `${String(name)} ${String(step)}`)
}

beforeAll(async () => { build = await buildFaultApplication() })
afterAll(() => { build.remove() })

describe.skipIf(reason !== null)('a disk that turns read-only', () => {
  test('is waited for, and a disk put in its place takes all that has waited, told once each', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'rotor-read-only-'))
    const [failing, spare] = [new FaultDisk(), new FaultDisk()]
    const file = join(failing.path, 'logs', 'app.log')
    try {
      spare.mount()
      mkdirSync(join(spare.path, 'logs'))
      spare.unmount()
      failing.mount('errors=remount-ro')
      mkdirSync(dirname(file))
      // What is under the mounts must not be taken for the disk meanwhile.
      const running = startLife(build, life(directory, file, { mkdir: false }))
      await running.told('opened', 1)
      failing.findError()
      await running.told('failed', 1)
      const keptThere = keptLines(file)
      execFileSync('umount', ['--lazy', failing.path])
      spare.mountAt(failing.path)
      await running.told('recovered', 1)
      const events = await running.ended()
      expect(states(events)).toEqual(['failed write', 'recovered write'])
      expect(judge([...keptThere, ...keptLines(file)], steadyLines)).toEqual(faultless)
    } finally {
      spare.remove()
      failing.remove()
      rmSync(directory, { recursive: true })
    }
  })
})

describe.runIf(canMakeSubvolumes)('a folder that turns read-only and back', () => {
  test('is written to where a file is open, and rotated and swept when that can be done again, told once each', async () => {
    const volume = new Subvolume()
    const file = join(volume.directory, 'app.log')
    const log = await rotor({ file, size: '1k', limit: { count: false, age: false }, report: false })
    const failed: FailedEvent[] = collect(log, 'failed')
    const recovered: RecoveredEvent[] = collect(log, 'recovered')
    let text = ''
    const writeMore = (): void => {
      for (let line = 0; line < 10; line++) {
        const number = `{"number":${text.length},"pad":"${'x'.repeat(100)}"}\n`
        text += number
        log.write(number)
      }
    }
    writeMore()
    await log.sweep()
    volume.setReadOnly(true)
    writeMore()
    await once(log, 'failed')
    writeMore()
    await expect(log.sweep()).rejects.toMatchObject({ code: 'EROFS' })
    volume.setReadOnly(false)
    while (recovered.every(({ step }) => step !== 'rotate')) {
      writeMore()
      await setTimeout(10)
    }
    await log.sweep()
    await closed(log)

    expect(failed.map(({ step, code }) => `${step} ${code}`).sort()).toEqual(['rotate EROFS', 'sweep EROFS'])
    expect(recovered.map(({ step }) => step).sort()).toEqual(['rotate', 'sweep'])
    expect(kept(file).toString()).toBe(text)
    expect(readdirSync(volume.directory).filter((name) => name.startsWith('.'))).toEqual([])
  })
})

describe.skipIf(process.platform === 'win32')('a folder that is removed', () => {
  const linesLogged = 5_000
  // So many at once that some always wait for a look.
  const steps = [...Array.from({ length: linesLogged / 5 }, () => ['write 5', 'wait 20']).flat(), 'flush', 'end']

  /** Starts a life, takes its folder away once there is something in it, and gives back what went with the folder. */
  async function removeFolder (directory: string, file: string, options: Partial<RotorOptions>): Promise<{ running: RunningLife, goneLines: () => string[] }> {
    const running = startLife(build, { ...life(directory, file, options), steps })
    await running.told('opened', 1)
    const removed = openSync(file, 'r')
    while (fstatSync(removed).size < 1_000) await setImmediate()
    rmSync(dirname(file), { recursive: true })
    const goneLines = (): string[] => {
      const lines = readFileSync(removed, 'utf8').split('\n').slice(0, -1)
      closeSync(removed)
      return lines
    }
    return { running, goneLines }
  }

  /** What had been there for a while went with the folder; what nobody can have seen there was written again. */
  function expectLines (gone: readonly string[], kept: readonly string[]): void {
    const all = Array.from({ length: linesLogged }, (_, index) => index + 1)
    expect(judge([...new Set([...gone, ...kept])], all)).toEqual(faultless)
    expect(kept.some((line) => gone.includes(line))).toBe(true)
    expect(judge(kept, all)).toMatchObject({ ...faultless, lost: expect.any(Array) })
  }

  test('is made again, with the lines that nobody can have read', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'rotor-folder-'))
    const file = join(directory, 'logs', 'app.log')
    const { running, goneLines } = await removeFolder(directory, file, {})
    const events = await running.ended()
    expect(states(events)).toEqual([])
    expectLines(goneLines(), keptLines(file))
    rmSync(directory, { recursive: true })
  })

  test('is waited for where it may not be made, and those lines wait too', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'rotor-folder-'))
    const file = join(directory, 'logs', 'app.log')
    mkdirSync(dirname(file))
    const { running, goneLines } = await removeFolder(directory, file, { mkdir: false })
    await running.told('failed', 1)
    mkdirSync(dirname(file))
    const events = await running.ended()
    expect(states(events)).toEqual(['failed open', 'recovered open'])
    expect(events.filter(({ name }) => name === 'dropped')).toEqual([])
    expectLines(goneLines(), keptLines(file))
    rmSync(directory, { recursive: true })
  })
})
