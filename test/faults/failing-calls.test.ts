// Makes calls on the log's files fail, one at a time, for a while and for ever, with each error that a disk may answer.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildFaultApplication, type FaultBuild } from '../support/fault-build.js'
import { faultless, invalidArchives, judge, keptLines, leftovers, namesBeside } from '../support/fault-ledger.js'
import { eachAtOnce } from '../support/fault-parallel.js'
import { earlierLine, eventsOf, lifeIn, makeScene, type Scene } from '../support/fault-scene.js'
import { failedCalls, fileCalls, readTrace, runLife, runTraced, whyNoStrace, type Fault, type Outcome } from '../support/fault-strace.js'

const reason = whyNoStrace()
if (reason !== null) console.log(`skipped: ${reason}`)

const atOnce = 4
const errors = ['EACCES', 'EIO', 'EROFS', 'EDQUOT', 'EMFILE', 'EXDEV', 'EEXIST', 'ENOENT'] as const
const calls = ['openat', 'link', 'rename', 'write', 'fsync', 'unlink', 'getdents64', 'statx'] as const
/** The first calls are those of the opening, whose failure is fatal. */
const opening: Record<string, number> = { statx: 8 }
const options = { fsync: true, limit: { count: 8, age: false } } as const

const linesLogged = 12
const attempts = ['write 1', 'rotate', 'wait 2500', 'write 1', 'rotate', 'wait 2500']
const life = ['write 4', 'rotate', ...attempts, ...attempts, 'sweep', 'write 3', 'wait 2500', 'rotate', 'sweep', 'write 1', 'wait 2500', 'say', 'end']
const shortLife = ['write 4', 'rotate', 'write 3', 'rotate', 'sweep', 'write 5', 'wait 2500', 'rotate', 'sweep', 'wait 2500', 'end']
const endlessLife = ['write 4', 'rotate', ...attempts, ...attempts, 'write 4', 'wait 10000', 'say', 'end']
const nextLife = ['sweep', 'end']

let build: FaultBuild

async function liveWith (scene: Scene, steps: readonly string[], fault?: Fault): Promise<Outcome> {
  const traced = { build, life: lifeIn(scene, 0, steps, { options }), paths: scene.paths, calls: fileCalls, trace: scene.trace }
  return await runTraced(fault === undefined ? traced : { ...traced, fault })
}

/** Only the very first opening may be fatal, and is then told as what it is. */
function couldNotOpen ({ code, stderr }: Outcome): boolean {
  return code === 1 && stderr.includes('RotorOpenError: cannot open')
}

/** Every step fails and recovers in turn, told once each. */
function statesTold (scene: Scene): Record<string, string[]> {
  const told: Record<string, string[]> = {}
  for (const { name, step } of eventsOf(scene)) {
    if (name === 'failed' || name === 'recovered') (told[String(step)] ??= []).push(name)
  }
  return told
}

function expectToldInTurn (scene: Scene, when: string): void {
  for (const [step, told] of Object.entries(statesTold(scene))) {
    expect(told, `${when}: ${step}`).toEqual(told.map((_, index) => index % 2 === 0 ? 'failed' : 'recovered'))
  }
  expect(eventsOf(scene).filter(({ name }) => name === 'closed descriptor'), when).toEqual([])
}

function droppedLines (scene: Scene): number {
  return eventsOf(scene).filter(({ name }) => name === 'dropped').reduce((sum, { lines }) => sum + Number(lines), 0)
}

/** After a healthy start everything is in order, but for as many lines as were told to be dropped. */
async function expectKept (scene: Scene, lostLines: number, when: string): Promise<void> {
  const started = await runLife(build, lifeIn(scene, 1, nextLife, { options }))
  expect(started, when).toEqual({ code: 0, signal: null, stderr: '' })
  const beside = `${when}: ${namesBeside(scene.file)}`
  expect(leftovers(scene.file), beside).toEqual([])
  expect(invalidArchives(scene.file), beside).toEqual([])
  const logged = Array.from({ length: linesLogged }, (_, index) => index + 1)
  const { lost, ...verdict } = judge(keptLines(scene.file).filter((line) => line !== earlierLine), logged)
  expect({ ...verdict, lost: [] }, beside).toEqual(faultless)
  expect(lost.length, `${beside}, lost ${lost.join(' ')}`).toBe(lostLines)
}

async function failAndGoOn (fault: Fault, steps: readonly string[]): Promise<void> {
  const when = `${fault.call} ${fault.when} ${fault.effect}`
  const scene = makeScene()
  const outcome = await liveWith(scene, steps, fault)
  if (!couldNotOpen(outcome)) {
    expect(outcome, when).toEqual({ code: 0, signal: null, stderr: '' })
    expectToldInTurn(scene, when)
    for (const [step, told] of Object.entries(statesTold(scene))) expect(told.at(-1), `${when}: ${step}`).toBe('recovered')
    expect(droppedLines(scene), when).toBe(0)
    await expectKept(scene, 0, when)
  }
  scene.remove()
}

describe.skipIf(reason !== null)('a call that fails', () => {
  beforeAll(async () => { build = await buildFaultApplication() })
  afterAll(() => { build.remove() })

  test('once, whichever it is, costs no line and is told once, as is the recovery', async () => {
    const scene = makeScene()
    expect(await liveWith(scene, shortLife)).toEqual({ code: 0, signal: null, stderr: '' })
    const counts = new Map<string, number>()
    for (const { call, thread } of readTrace(scene.trace)) counts.set(`${thread} ${call}`, (counts.get(`${thread} ${call}`) ?? 0) + 1)
    scene.remove()
    const numbers = fileCalls.map((call) => ({ call, count: Math.max(0, ...[...counts].filter(([key]) => key.endsWith(` ${call}`)).map(([, count]) => count)) }))
    const faults = numbers.flatMap(({ call, count }) => Array.from({ length: count }, (_, index) => ({ call, effect: 'error=EIO', when: String(index + 1) })))
    await eachAtOnce(faults, atOnce, (fault) => failAndGoOn(fault, shortLife))
    console.log(`${faults.length} calls failed once each`)
  }, 600_000)

  test('for a while, with any error, costs no line and is told once, as is the recovery', async () => {
    const faults = calls.flatMap((call) => errors.map((error) => ({ call, effect: `error=${error}`, when: `${opening[call] ?? 3}..${(opening[call] ?? 3) + 3}` })))
    await eachAtOnce(faults, atOnce, (fault) => failAndGoOn(fault, life))
  }, 600_000)

  test('for ever, with any error, never takes the application down, is tried again ever more rarely, and every line is kept or told to be dropped', async () => {
    let most = 0
    const faults = calls.flatMap((call) => errors.map((error) => ({ call, effect: `error=${error}`, when: `${opening[call] ?? 3}+` })))
    await eachAtOnce(faults, atOnce, async (fault) => {
      const when = `${fault.call} ${fault.when} ${fault.effect}`
      const scene = makeScene()
      const outcome = await liveWith(scene, endlessLife, fault)
      expect(outcome, when).toEqual({ code: 0, signal: null, stderr: '' })
      expectToldInTurn(scene, when)
      const failed = failedCalls(scene.trace)
      most = Math.max(most, failed)
      expect(failed, when).toBeLessThan(500)
      await expectKept(scene, droppedLines(scene), when)
      scene.remove()
    })
    console.log(`at most ${most} failed calls in a life`)
  }, 600_000)
})
