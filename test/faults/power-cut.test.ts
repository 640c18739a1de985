// Cuts the power of a file system at random moments while lines are poured into it, and looks at what it holds when it
// is mounted again.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildFaultApplication, startLife, type FaultBuild } from '../support/fault-build.js'
import type { Life } from '../support/fault-application.js'
import { FaultDisk, whyNoMounts } from '../support/fault-disk.js'
import { archivesIn, faultless, invalidArchives, judge, keptLinesAfterCrash, leftovers, namesBeside, promised } from '../support/fault-ledger.js'
import { randomNumbers, seedOfRun } from '../support/fault-random.js'
import { runLife } from '../support/fault-strace.js'

const reason = whyNoMounts()
if (reason !== null) console.log(`skipped: ${reason}`)

const cuts = 25
const cutsWithoutFsync = 5
const cutsToFailMax = 40

let build: FaultBuild

/** A disk with a log on it, and what was promised of that log, which stands on another disk. */
interface Town {
  readonly disk: FaultDisk
  readonly fsync: boolean
  readonly file: string
  readonly directory: string
  readonly promised: number[]
  readonly remove: () => void
}

function makeTown (fsync: boolean): Town {
  const directory = mkdtempSync(join(tmpdir(), 'rotor-power-'))
  const disk = new FaultDisk()
  const remove = (): void => { disk.remove(); rmSync(directory, { recursive: true, force: true }) }
  return { disk, fsync, file: join(disk.path, 'logs', 'app.log'), directory, promised: [], remove }
}

// Each rotation is compressed, and lines follow, which with `fsync` has the file system commit the removal of the source.
const busyLife = Array.from({ length: 200 }, () => ['lines 30', 'rotate', 'sweep', 'lines 3']).flat()

function lifeIn ({ file, directory, fsync }: Town, number: number, steps: readonly string[], more: Partial<Life> = {}): Life {
  return {
    options: { file, limit: { count: false, age: false }, fsync },
    journal: join(directory, `journal-${number}`),
    events: '-',
    firstNumber: number * 100_000 + 1,
    steps,
    pace: 20,
    ...more
  }
}

/** Lives until a moment after an archive was compressed, cuts the power, and mounts what is left. */
async function liveUntilCut (town: Town, life: Life, compressions: number, afterMs: number): Promise<void> {
  const running = startLife(build, life)
  await running.told('compressed', compressions)
  await setTimeout(afterMs)
  // Nothing else has the file system commit the removal of the source then.
  if (!town.fsync) writeFileSync(join(town.disk.path, 'neighbour'), String(life.firstNumber), { flush: true })
  town.promised.push(...promised(life.journal, town.disk.cutPower(life.journal)))
  await running.kill()
  town.disk.unmount()
  town.disk.mount()
}

/** Compressed archives that cannot be unpacked and whose source is gone. */
function lostArchives (file: string): string[] {
  const plain = new Set(archivesIn(file).filter(({ suffix }) => suffix === '').map(({ name }) => name))
  return invalidArchives(file).filter((name) => !plain.has(name.replace(/\.gz$/, '')))
}

describe.skipIf(reason !== null)('a power cut', () => {
  beforeAll(async () => { build = await buildFaultApplication() })
  afterAll(() => { build.remove() })

  test('at any moment leaves no invalid archive without its source, and with fsync no flushed line is lost', async () => {
    const seed = seedOfRun()
    console.log(`ROTOR_SEED=${seed}`)
    const random = randomNumbers(seed)
    const town = makeTown(true)
    try {
      town.disk.mount()
      for (let cut = 0; cut < cuts; cut++) {
        await liveUntilCut(town, lifeIn(town, cut, busyLife), 1 + Math.floor(random() * 2), random() * 80)
        const when = `cut ${cut}: ${namesBeside(town.file)}`
        expect(lostArchives(town.file), when).toEqual([])
        const { torn, ...verdict } = judge(keptLinesAfterCrash(town.file), town.promised)
        expect({ ...verdict, torn: [] }, when).toEqual(faultless)
        // A line that was being written may be cut off, and its rest is then a line by itself.
        expect(torn.length, when).toBeLessThanOrEqual(cut + 1)
      }
      expect(await runLife(build, lifeIn(town, cuts, ['sweep', 'end']))).toEqual({ code: 0, signal: null, stderr: '' })
      expect(leftovers(town.file)).toEqual([])
      expect(invalidArchives(town.file)).toEqual([])
      expect(archivesIn(town.file).length).toBeGreaterThan(cuts)
      console.log(`${cuts} cuts, ${town.promised.length} lines, ${archivesIn(town.file).length} archives`)
    } finally {
      town.remove()
    }
  }, 300_000)

  test('leaves no invalid archive without its source without fsync either', async () => {
    const town = makeTown(false)
    try {
      town.disk.mount()
      for (let cut = 0; cut < cutsWithoutFsync; cut++) {
        await liveUntilCut(town, lifeIn(town, cut, busyLife), 1 + cut % 2, cut * 15)
        expect(lostArchives(town.file), `cut ${cut}: ${namesBeside(town.file)}`).toEqual([])
      }
      expect(archivesIn(town.file).filter(({ suffix }) => suffix === '.gz').length).toBeGreaterThanOrEqual(cutsWithoutFsync)
    } finally {
      town.remove()
    }
  }, 300_000)

  test.each([true, false])('leaves one if the compressor does not sync, fsync: %s: the tests above can fail', async (fsync) => {
    const town = makeTown(fsync)
    try {
      town.disk.mount()
      let lost: string[] = []
      let cut = 0
      for (; cut < cutsToFailMax && lost.length === 0; cut++) {
        await liveUntilCut(town, lifeIn(town, cut, busyLife, { withoutSync: true }), 2, 20)
        lost = lostArchives(town.file)
      }
      console.log(`without sync, fsync: ${fsync}, ${lost.join(' ')} after ${cut} cuts`)
      expect(lost).not.toEqual([])
    } finally {
      town.remove()
    }
  }, 300_000)
})
