// Kills the application at each system call that it makes on its log's files, kills the recovery too, starts again, and
// compares what is there with what was promised.
import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { logName } from '../../src/policy/names/archive-name.js'
import { asidePart, hiddenName, packPart, successorPart } from '../../src/policy/names/hidden-name.js'
import { buildFaultApplication, type FaultBuild } from '../support/fault-build.js'
import { callsOf, liveUntil, seriesOf, wasKilled, type Series, type Thread } from '../support/fault-kills.js'
import { archivesIn, faultless, invalidArchives, judge, keptLines, keptLinesAfterCrash, leftovers, namesBeside, promised } from '../support/fault-ledger.js'
import { eachAtOnce } from '../support/fault-parallel.js'
import { copyOf, earlierLine, lifeIn, makeScene, type Scene } from '../support/fault-scene.js'
import { fileCalls, runLife, runTraced, whyNoStrace } from '../support/fault-strace.js'

const reason = whyNoStrace()
if (reason !== null) console.log(`skipped: ${reason}`)

const atOnce = 3
const firstLife = ['lines 3', 'rotate', 'lines 2', 'rotate', 'sweep', 'lines 1', 'end']
const laterLife = ['lines 1', 'sweep', 'lines 1', 'end']
/** What leaves a disk as it was leaves nothing new to be put right either. */
const harmlessCalls = ['close', 'statx', 'read', 'pread64', 'getdents64', 'statfs']
/** The first archive that a life makes, and the copy of it while it is made. */
const archive = 'app.20251001_121111.log'
const aside = hiddenName(logName('app.log'), asidePart({ stamp: '20251001_121111', n: 0 }))
/** The first life's successors. Its identifiers are numbered, and the locks have the first two. */
const successor = hiddenName(logName('app.log'), successorPart('life-1-0-0-3'))
const copy = hiddenName(logName('app.log'), packPart({ name: archive }))
/** Where gzip has no thread of its own. */
const inPool = { withoutCompressionThread: true }

/** A call on one file of the log's folder, and what stands there just before it. */
interface Moment { readonly call: string, readonly name: string, readonly number: number, readonly standing: readonly string[] }

let build: FaultBuild

function isOurs (line: string): boolean {
  return line !== earlierLine
}

function expectNothingLost (scene: Scene, when: string): void {
  expect(invalidArchives(scene.file), `${when}: ${namesBeside(scene.file)}`).toEqual([])
  const lines = keptLinesAfterCrash(scene.file).filter(isOurs)
  expect(judge(lines, promised(scene.journal)), `${when}: ${namesBeside(scene.file)}`).toEqual(faultless)
}

function expectAllPutRight (scene: Scene, when: string): void {
  const beside = `${when}: ${namesBeside(scene.file)}`
  expect(leftovers(scene.file), beside).toEqual([])
  expect(archivesIn(scene.file).filter(({ suffix }) => suffix === ''), beside).toEqual([])
  expect(archivesIn(scene.file).length, beside).toBeLessThanOrEqual(3)
  expect(invalidArchives(scene.file), beside).toEqual([])
  expect(judge(keptLines(scene.file).filter(isOurs), promised(scene.journal)), beside).toEqual(faultless)
}

async function crashAt (scene: Scene, { call, name, number, standing }: Moment): Promise<void> {
  const folder = dirname(scene.file)
  const fault = { call, effect: 'signal=KILL', when: String(number) }
  expect(wasKilled(await runTraced({ build, life: lifeIn(scene, 0, firstLife), paths: [join(folder, name)], calls: [call], fault, trace: scene.trace }))).toBe(true)
  expect(readdirSync(folder)).toEqual(expect.arrayContaining([...standing]))
}

async function liveToTheEnd (scene: Scene, life: number): Promise<void> {
  expect(await runLife(build, lifeIn(scene, life, laterLife))).toEqual({ code: 0, signal: null, stderr: '' })
}

async function putRight (scene: Scene, when: string): Promise<void> {
  await liveToTheEnd(scene, 2)
  expectAllPutRight(scene, `${when}, then an end`)
}

/** Which threads write copies, the only files that are written at positions. */
function packingThreads (calls: readonly Series[]): Thread[] {
  return seriesOf(calls).filter(({ call }) => call === 'pwrite64').map(({ thread }) => thread)
}

/** A lock's owner shows that it lives only where something takes long. */
function isSignOfLife ({ thread, call }: Series): boolean {
  return thread === 'main' && call === 'utimensat'
}

interface Killing {
  /** Where each life is lived; a new scene where nothing else is said. */
  readonly scene?: () => Scene
  /** Lives until that call; false where there was none. */
  readonly live: (scene: Scene, series: Series, number: number) => Promise<boolean>
  readonly recover?: (scene: Scene, when: string) => Promise<void>
}

/** Kills at the first call of each series, the second and so on, until none is left; returns how often. */
async function killAtEach (all: readonly Series[], { scene: newScene = makeScene, live, recover = putRight }: Killing): Promise<number> {
  let kills = 0
  await eachAtOnce(all, atOnce, async (series) => {
    for (let number = 1; ; number++) {
      const when = `${series.thread} thread, ${series.call} ${number}`
      const scene = newScene()
      if (!(await live(scene, series, number))) {
        expect(number > 1 || isSignOfLife(series), `${when}: never killed`).toBe(true)
        return scene.remove()
      }
      kills++
      expectNothingLost(scene, when)
      await recover(scene, when)
      scene.remove()
    }
  })
  return kills
}

describe.skipIf(reason !== null)('a crash', () => {
  beforeAll(async () => { build = await buildFaultApplication() })
  afterAll(() => { build.remove() })

  test('at any system call, and at one of the recovery, loses no flushed line, and later starts repair everything', async () => {
    const trial = makeScene()
    const calls = await callsOf(build, trial, lifeIn(trial, 0, firstLife))
    expectAllPutRight(trial, 'without a crash')
    expect(packingThreads(calls)).toEqual(['compression'])
    const recoveryCalls = await callsOf(build, trial, lifeIn(trial, 1, laterLife))
    trial.remove()
    let recoveries = 0
    let recoveryKills = 0
    const live = (scene: Scene, series: Series, number: number): Promise<boolean> => liveUntil(build, scene, lifeIn(scene, 0, firstLife), series, number)
    const recover = async (scene: Scene, when: string): Promise<void> => {
      // A different call of the recovery each time.
      recoveries++
      const again = recoveryCalls[(recoveries * 7) % recoveryCalls.length] ?? { thread: 'main', call: 'openat' }
      const nth = 1 + recoveries % recoveryCalls.filter(({ thread, call }) => thread === again.thread && call === again.call).length
      if (await liveUntil(build, scene, lifeIn(scene, 1, laterLife), again, nth)) recoveryKills++
      const then = `${when}, then ${again.thread} thread, ${again.call} ${nth}`
      expectNothingLost(scene, then)
      await putRight(scene, then)
    }
    const kills = await killAtEach(seriesOf(calls), { live, recover })
    console.log(`killed at ${kills} calls, and ${recoveryKills} recoveries of it`)
    expect(kills).toBeGreaterThan(100)
    expect(recoveryKills).toBeGreaterThan(kills / 2)
  }, 600_000)

  test('at any call of a compression loses nothing, also if gzip runs without its own thread', async () => {
    const trial = makeScene()
    const calls = await callsOf(build, trial, lifeIn(trial, 0, firstLife, inPool))
    trial.remove()
    expect(packingThreads(calls)).toEqual(['pool'])
    const packing = seriesOf(calls).filter(({ thread, call }) => thread === 'pool' && ['pread64', 'pwrite64'].includes(call))
    const kills = await killAtEach(packing, { live: (scene, series, number) => liveUntil(build, scene, lifeIn(scene, 0, firstLife, inPool), series, number) })
    console.log(`killed at ${kills} calls in the thread pool`)
    expect(kills).toBeGreaterThan(10)
  }, 120_000)

  test.each<[what: string, moment: Moment]>([
    ['a rotation', { call: 'rename', name: successor, number: 1, standing: [archive, successor] }],
    ['a compression', { call: 'pwrite64', name: copy, number: 2, standing: [archive, copy] }],
    ['the removal of what is compressed', { call: 'unlink', name: aside, number: 1, standing: [aside, `${archive}.gz`] }]
  ])('in the middle of %s is repaired, although the recovery is killed too, at any call that changes something', async (_, moment) => {
    const crashed = makeScene()
    await crashAt(crashed, moment)
    const trial = copyOf(crashed)
    const recovery = seriesOf(await callsOf(build, trial, lifeIn(trial, 1, laterLife))).filter(({ call }) => !harmlessCalls.includes(call))
    trial.remove()
    const kills = await killAtEach(recovery, {
      scene: () => copyOf(crashed),
      live: (scene, series, number) => liveUntil(build, scene, lifeIn(scene, 1, laterLife), series, number)
    })
    crashed.remove()
    console.log(`recovery killed at ${kills} calls`)
    expect(kills).toBeGreaterThan(30)
  }, 600_000)

  test('in a worker, at any call, is repaired by a start in process', async () => {
    let kills = 0
    const moments = ['openat', 'write', 'link', 'rename', 'unlink', 'pwrite64', 'fsync'].flatMap((call) => [1, 2, 3].map((number) => ({ call, number })))
    await eachAtOnce(moments, atOnce, async ({ call, number }) => {
      const scene = makeScene()
      const life = lifeIn(scene, 0, firstLife, { worker: build.worker })
      const fault = { call, effect: 'signal=KILL', when: String(number) }
      if (wasKilled(await runTraced({ build, life, paths: scene.paths, calls: fileCalls, fault, trace: scene.trace }))) kills++
      const when = `worker, ${call} ${number}`
      expectNothingLost(scene, when)
      await liveToTheEnd(scene, 1)
      expectAllPutRight(scene, when)
      scene.remove()
    })
    expect(kills).toBeGreaterThan(moments.length / 2)
  }, 120_000)
})
