// Takes a whole disk, or the log's folder, from under a running application, and gives one back.
import { execFileSync, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, fstatSync, mkdirSync, mkdtempSync, openSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setImmediate, setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { FailedEvent, RecoveredEvent } from '../../src/events.js'
import type { RotorOptions } from '../../src/options/options.js'
import { parseOptions } from '../../src/options/parse-options.js'
import { LogStream } from '../../src/stream.js'
import { run } from '../cli/command-line.js'
import type { Life } from '../support/fault-application.js'
import { rotor, transport } from '../support/built-package.js'
import { closed, collect, eventWhere } from '../support/events.js'
import { buildFaultApplication, startLife, type FaultBuild, type RunningLife, type Told } from '../support/fault-build.js'
import { FaultDisk, whyNoMounts } from '../support/fault-disk.js'
import { faultless, judge, keptLines } from '../support/fault-ledger.js'
import { kept } from '../support/kept.js'
import { quickClock } from '../support/quick-clock.js'
import { backAgainMs, burst, flushSyncMaxMs, flushSyncMs, untilWritten } from '../support/recovery.js'
import { Subvolume, canMakeSubvolumes } from '../support/subvolume.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const reason = whyNoMounts()
if (reason !== null) console.log(`skipped: ${reason}`)

const steadyLines = Array.from({ length: 400 }, (_, index) => index + 1)
const steadyLife = [...steadyLines.map(() => ['write 1', 'wait 200']).flat(), 'flush', 'end']
/** Pauses between attempts that went on doubling would be longer than five seconds by then. */
const refusingMs = 7_000

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

/** A disk that can fail, with a folder for the log, and one to be put in its place. */
interface TwoDisks {
  readonly file: string
  readonly fail: () => void
  readonly replace: () => void
}

function twoDisks (): TwoDisks {
  const [failing, spare] = [new FaultDisk(), new FaultDisk()]
  onTestFinished(() => {
    spare.remove()
    failing.remove()
  })
  const file = join(failing.path, 'logs', 'app.log')
  spare.mount()
  mkdirSync(join(spare.path, 'logs'))
  spare.unmount()
  failing.mount('errors=remount-ro')
  mkdirSync(dirname(file))
  const replace = (): void => {
    execFileSync('umount', ['--lazy', failing.path])
    spare.mountAt(failing.path)
  }
  return { file, replace, fail: () => { failing.findError() } }
}

describe.skipIf(reason !== null)('a disk that turns read-only', () => {
  test('is waited for, and a disk in its place takes all waiting lines, with one event for each', async () => {
    const { file, fail, replace } = twoDisks()
    // What is under the mounts must not be taken for the disk meanwhile.
    const running = startLife(build, life(temporaryFolder(), file, { mkdir: false }))
    await running.told('opened', 1)
    fail()
    await running.told('failed', 1)
    const keptThere = keptLines(file)
    replace()
    await running.told('recovered', 1)
    const events = await running.ended()
    expect(states(events)).toEqual(['failed write', 'recovered write'])
    expect(judge([...keptThere, ...keptLines(file)], steadyLines)).toEqual(faultless)
  })

  test('is written to again within five seconds after another disk took its place, even after a long refusal', async () => {
    const { file, fail, replace } = twoDisks()
    const log = await rotor({ file, mkdir: false, report: false })
    fail()
    log.write('{"number":1}\n')
    await eventWhere<FailedEvent>(log, 'failed', ({ step }) => step === 'write')
    await setTimeout(refusingMs)
    replace()
    expect(await untilWritten(log)).toBeLessThan(backAgainMs)
    await closed(log)
    expect(kept(file).toString()).toBe('{"number":1}\n')
  })
})

describe.skipIf(reason !== null)('a disk that is mounted read-only', () => {
  test('is waited for, and takes all waiting lines within five seconds of the remount, with one event for each', async () => {
    const disk = new FaultDisk()
    onTestFinished(() => { disk.remove() })
    const file = join(disk.path, 'app.log')
    const log = await rotor({ file, limit: { count: false, age: false }, report: false })
    const failed: FailedEvent[] = collect(log, 'failed')
    const recovered: RecoveredEvent[] = collect(log, 'recovered')
    // Linux would refuse to make the disk read-only while the log on it is open: it takes the place of the folder below.
    log.write('{"number":1}\n')
    disk.mount('ro')
    await eventWhere<FailedEvent>(log, 'failed', ({ step }) => step === 'open')
    log.write('{"number":2}\n')
    execFileSync('mount', ['-o', 'remount,rw', disk.path])
    log.write('{"number":3}\n')
    expect(await untilWritten(log)).toBeLessThan(backAgainMs)
    await closed(log)

    expect(failed.filter(({ step }) => step !== 'sweep').map(({ step, code }) => `${step} ${code}`)).toEqual(['open EROFS'])
    expect(recovered.filter(({ step }) => step !== 'sweep')).toMatchObject([{ step: 'open', droppedLines: 0 }])
    expect(kept(file).toString()).toBe('{"number":2}\n{"number":3}\n')
    disk.unmount()
    expect(kept(file).toString()).toBe('{"number":1}\n')
  })
})

describe.skipIf(reason !== null)('a disk that is remounted read-only', () => {
  const remount = (disk: FaultDisk, how: string): number | null => spawnSync('mount', ['-o', `remount,${how}`, disk.path]).status

  // So this fault cannot hit a running application: it keeps its file open for writing.
  test('is refused by Linux while the log is open', async () => {
    const disk = new FaultDisk()
    onTestFinished(() => { disk.remove() })
    disk.mount()
    const log = await rotor({ file: join(disk.path, 'app.log'), report: false })
    log.write('{"number":1}\n')
    expect(remount(disk, 'ro')).not.toBe(0)
    log.write('{"number":2}\n')
    await closed(log)
    expect(kept(join(disk.path, 'app.log')).toString()).toBe('{"number":1}\n{"number":2}\n')
  })

  test('refuses a start with a remedy and still lets the commands read, and the next start after it goes on', async () => {
    const disk = new FaultDisk()
    onTestFinished(() => { disk.remove() })
    disk.mount()
    const file = join(disk.path, 'app.log')
    const logOne = async (number: number): Promise<void> => {
      const log = await rotor({ file, size: '1b', compress: false, report: false })
      log.write(`{"number":${number}}\n`)
      await closed(log)
    }
    await logOne(1)
    await logOne(2)
    expect(remount(disk, 'ro')).toBe(0)
    await expect(logOne(3)).rejects.toMatchObject({ code: 'EROFS', message: expect.stringContaining(`open '${file}'; to cure it, mount the disk read-write`) as string })
    expect(await run(['cat', file], { cwd: disk.path })).toEqual({ status: 0, stdout: '{"number":1}\n{"number":2}\n', stderr: '' })
    expect(await run(['status', file], { cwd: disk.path })).toMatchObject({ status: 0, stderr: '' })
    expect((await run(['doctor', file], { cwd: disk.path })).stdout).toContain('read-only')
    expect(remount(disk, 'rw')).toBe(0)
    await logOne(4)
    expect(keptLines(file).length).toBe(3)
  })
})

describe.runIf(canMakeSubvolumes)('a folder that turns read-only and back', () => {
  test('still gets lines into an open file, and is rotated and swept once that is possible again, with one event for each', async () => {
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
    const writableSinceMs = performance.now()
    while (recovered.every(({ step }) => step !== 'rotate')) {
      writeMore()
      await setTimeout(10)
    }
    expect(performance.now() - writableSinceMs).toBeLessThan(backAgainMs)
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
  const steps = [...Array.from({ length: linesLogged / 5 }, () => ['write 5', 'wait 20']).flat(), 'flush', 'end']

  /** Starts a life, takes its folder away once there is something in it, and gives back what went with the folder. */
  async function removeFolder (directory: string, file: string, options: Partial<RotorOptions>): Promise<{ running: RunningLife, goneLines: () => string[] }> {
    const running = startLife(build, { ...life(directory, file, options), steps })
    await running.told('opened', 1)
    const removed = openSync(file, 'r')
    while (fstatSync(removed).size < 1_000) await setImmediate()
    // Moved at first, so that nothing can be put into it while it is removed.
    renameSync(dirname(file), `${directory}/removed`)
    rmSync(`${directory}/removed`, { recursive: true })
    const goneLines = (): string[] => {
      const lines = readFileSync(removed, 'utf8').split('\n').slice(0, -1)
      closeSync(removed)
      return lines
    }
    return { running, goneLines }
  }

  /** What had been there for a while went with the folder, and nothing else is missing. */
  function expectLines (gone: readonly string[], kept: readonly string[]): void {
    const all = Array.from({ length: linesLogged }, (_, index) => index + 1)
    expect(judge([...new Set([...gone, ...kept])], all)).toEqual(faultless)
    expect(judge(kept, all)).toMatchObject({ ...faultless, lost: expect.any(Array) })
  }

  test('is created again, and only lines of the removed files are lost', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'rotor-folder-'))
    const file = join(directory, 'logs', 'app.log')
    const { running, goneLines } = await removeFolder(directory, file, {})
    const events = await running.ended()
    expect(states(events)).toEqual([])
    expectLines(goneLines(), keptLines(file))
    rmSync(directory, { recursive: true })
  })

  test('is waited for if it may not be created, and the lines wait too', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'rotor-folder-'))
    const file = join(directory, 'logs', 'app.log')
    mkdirSync(dirname(file))
    const { running, goneLines } = await removeFolder(directory, file, { mkdir: false })
    await running.told('failed', 1, 'open')
    mkdirSync(dirname(file))
    const events = await running.ended()
    expect(states(events)).toEqual(['failed open', 'recovered open'])
    expect(events.filter(({ name }) => name === 'dropped')).toEqual([])
    expectLines(goneLines(), keptLines(file))
    rmSync(directory, { recursive: true })
  })

  test.each([true, false])('loses only lines that could be read before, mkdir: %s', async (mkdir) => {
    const file = join(temporaryFolder(), 'logs', 'app.log')
    mkdirSync(dirname(file))
    // Its time goes slowly, so that no look at the folder comes between the first line and the removal.
    const log = new LogStream(parseOptions({ file, mkdir, report: false }), quickClock({ pace: 0.1 }))
    log.write('{"number":1}\n')
    rmSync(dirname(file), { recursive: true })
    log.write('{"number":2}\n')
    if (!mkdir) {
      await eventWhere<FailedEvent>(log, 'failed', ({ step }) => step === 'open')
      mkdirSync(dirname(file))
    }
    while (!existsSync(file)) await setTimeout(10)
    await closed(log)
    expect(kept(file).toString()).toBe('{"number":1}\n{"number":2}\n')
  })

  test('delays the application in flushSync for two seconds at most, and is written to within five seconds after it is back', async () => {
    const file = join(temporaryFolder(), 'logs', 'app.log')
    mkdirSync(dirname(file))
    const log = transport({ file, mkdir: false, report: false })
    const failure = eventWhere<FailedEvent>(log, 'failed', ({ step }) => step === 'open')
    await once(log, 'ready')
    renameSync(dirname(file), `${dirname(file)}.removed`)
    rmSync(`${dirname(file)}.removed`, { recursive: true })
    expect(flushSyncMs(log)).toBeLessThan(flushSyncMaxMs)
    await failure
    expect(flushSyncMs(log)).toBeLessThan(flushSyncMaxMs)
    mkdirSync(dirname(file))
    expect(await untilWritten(log)).toBeLessThan(backAgainMs)
    await closed(log)
    expect(kept(file).equals(Buffer.from([...burst, ...burst].join('')))).toBe(true)
  })
})
