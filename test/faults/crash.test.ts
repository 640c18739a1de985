// Kills the application at each system call that it makes on its log's files, kills the recovery too, starts again, and
// compares what is there with what was promised.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildFaultApplication, type FaultBuild } from '../support/fault-build.js'
import { archivesIn, faultless, invalidArchives, judge, keptLines, keptLinesAfterCrash, leftovers, namesBeside, promised } from '../support/fault-ledger.js'
import { eachAtOnce } from '../support/fault-parallel.js'
import { earlierLine, lifeIn, makeScene, type Scene } from '../support/fault-scene.js'
import { fileCalls, readTrace, runLife, runTraced, whyNoStrace, type Fault } from '../support/fault-strace.js'

const reason = whyNoStrace()
if (reason !== null) console.log(`skipped: ${reason}`)

const atOnce = 3
const firstLife = ['lines 3', 'rotate', 'lines 2', 'rotate', 'sweep', 'lines 1', 'end']
const laterLife = ['lines 1', 'sweep', 'lines 1', 'end']
/** What leaves a disk as it was leaves nothing new to be put right either. */
const harmlessCalls = ['close', 'statx', 'read', 'pread64', 'getdents64', 'statfs']
/** More than the main thread makes of any call, so that a number beyond it is the thread pool's. */
const warmUpCalls = 120

type Thread = 'main' | 'pool'
interface Series { readonly thread: Thread, readonly call: string }

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

function killAt ({ thread, call }: Series, number: number): Fault {
  return { call, effect: 'signal=KILL', when: String(thread === 'pool' ? warmUpCalls + number : number) }
}

/** True where the life was killed; false where it came to its end before that call. */
async function liveUntil (scene: Scene, life: number, steps: readonly string[], series: Series, number: number): Promise<boolean> {
  const warmUp = { call: series.call, times: warmUpCalls, path: scene.bystander }
  const { code, signal, stderr } = await runTraced({
    build,
    life: lifeIn(scene, life, steps, series.thread === 'pool' ? { warmUp } : {}),
    paths: scene.paths,
    calls: fileCalls,
    fault: killAt(series, number),
    trace: scene.trace
  })
  if (signal !== 'SIGKILL') expect({ code, signal, stderr }).toEqual({ code: 0, signal: null, stderr: '' })
  return signal === 'SIGKILL'
}

async function liveToTheEnd (scene: Scene, life: number): Promise<void> {
  expect(await runLife(build, lifeIn(scene, life, laterLife))).toEqual({ code: 0, signal: null, stderr: '' })
}

async function callsOf (scene: Scene, life: number, steps: readonly string[]): Promise<Series[]> {
  const outcome = await runTraced({ build, life: lifeIn(scene, life, steps), paths: scene.paths, calls: fileCalls, trace: scene.trace })
  expect(outcome).toEqual({ code: 0, signal: null, stderr: '' })
  const calls = readTrace(scene.trace)
  const main = calls[0]?.thread
  return calls.map(({ thread, call }) => ({ thread: thread === main ? 'main' : 'pool', call }))
}

function seriesOf (calls: readonly Series[]): Series[] {
  return [...new Map(calls.map((series) => [`${series.thread} ${series.call}`, series])).values()]
}

describe.skipIf(reason !== null)('a crash', () => {
  beforeAll(async () => { build = await buildFaultApplication() })
  afterAll(() => { build.remove() })

  test('at any system call, and at one of the recovery, loses no flushed line and leaves nothing that later starts do not put right', async () => {
    const scene = makeScene()
    const calls = await callsOf(scene, 0, firstLife)
    expectAllPutRight(scene, 'without a crash')
    const recoveryCalls = await callsOf(scene, 1, laterLife)
    scene.remove()
    let kills = 0
    let recoveryKills = 0
    await eachAtOnce(seriesOf(calls), atOnce, async (series) => {
      for (let number = 1; ; number++) {
        const scene = makeScene()
        if (!(await liveUntil(scene, 0, firstLife, series, number))) {
          expect(number, `${series.thread} thread, ${series.call}: never killed`).toBeGreaterThan(1)
          return scene.remove()
        }
        const when = `${series.thread} thread, ${series.call} ${number}`
        kills++
        expectNothingLost(scene, when)
        // A different call of the recovery each time.
        const again = recoveryCalls[(kills * 7) % recoveryCalls.length] ?? series
        const nth = 1 + kills % recoveryCalls.filter(({ thread, call }) => thread === again.thread && call === again.call).length
        if (await liveUntil(scene, 1, laterLife, again, nth)) recoveryKills++
        expectNothingLost(scene, `${when}, then ${again.thread} thread, ${again.call} ${nth}`)
        await liveToTheEnd(scene, 2)
        expectAllPutRight(scene, `${when}, then ${again.thread} thread, ${again.call} ${nth}, then an end`)
        scene.remove()
      }
    })
    console.log(`killed at ${kills} calls, and ${recoveryKills} recoveries of it`)
    expect(kills).toBeGreaterThan(100)
  }, 600_000)

  test.each<[what: string, at: Series, number: number]>([
    ['a rotation', { thread: 'main', call: 'rename' }, 1],
    ['a compression', { thread: 'pool', call: 'pwrite64' }, 2],
    ['the removal of what is compressed', { thread: 'main', call: 'unlink' }, 8]
  ])('in the middle of %s is put right although the recovery is killed too, at whichever call that changes something', async (_, crash, number) => {
    const trial = makeScene()
    expect(await liveUntil(trial, 0, firstLife, crash, number)).toBe(true)
    const recovery = seriesOf(await callsOf(trial, 1, laterLife)).filter(({ call }) => !harmlessCalls.includes(call))
    trial.remove()
    let kills = 0
    await eachAtOnce(recovery, atOnce, async (series) => {
      for (let nth = 1; ; nth++) {
        const scene = makeScene()
        await liveUntil(scene, 0, firstLife, crash, number)
        if (!await liveUntil(scene, 1, laterLife, series, nth)) return scene.remove()
        const when = `recovery killed at ${series.thread} thread, ${series.call} ${nth}`
        kills++
        expectNothingLost(scene, when)
        await liveToTheEnd(scene, 2)
        expectAllPutRight(scene, when)
        scene.remove()
      }
    })
    console.log(`recovery killed at ${kills} calls`)
    expect(kills).toBeGreaterThan(30)
  }, 600_000)

  test('in a worker is put right by a start in process, whichever call it comes at', async () => {
    let kills = 0
    const moments = ['openat', 'write', 'link', 'rename', 'unlink', 'pwrite64', 'fsync'].flatMap((call) => [1, 2, 3].map((number) => ({ call, number })))
    await eachAtOnce(moments, atOnce, async ({ call, number }) => {
      const scene = makeScene()
      const life = lifeIn(scene, 0, firstLife, { worker: build.worker })
      const { signal } = await runTraced({ build, life, paths: scene.paths, calls: fileCalls, fault: { call, effect: 'signal=KILL', when: String(number) }, trace: scene.trace })
      if (signal === 'SIGKILL') kills++
      const when = `worker, ${call} ${number}`
      expectNothingLost(scene, when)
      await liveToTheEnd(scene, 1)
      expectAllPutRight(scene, when)
      scene.remove()
    })
    expect(kills).toBeGreaterThan(moments.length / 2)
  }, 120_000)
})
