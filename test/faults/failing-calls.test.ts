// Makes calls on the log's files fail, one at a time, for a while and for ever, with each error that a disk may answer.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RotorOptions } from '../../src/options/options.js'
import { buildFaultApplication, type FaultBuild } from '../support/fault-build.js'
import { faultless, invalidArchives, judge, keptLines, leftovers, namesBeside } from '../support/fault-ledger.js'
import { eachAtOnce } from '../support/fault-parallel.js'
import { earlierLine, eventsOf, lifeIn, makeScene, type Scene } from '../support/fault-scene.js'
import { fileCalls, injectedCalls, readTrace, runLife, runTraced, whyNoStrace, type Fault, type Outcome, type TracedCall } from '../support/fault-strace.js'
import { calls, endlessTroubles, errors, expectedTroubles, passingTroubles, type Call, type Errno, type Trouble } from '../support/fault-troubles.js'

const reason = whyNoStrace()
if (reason !== null) console.log(`skipped: ${reason}`)

const atOnce = 4
/** The errors that the source makes a difference between, and the calls that may answer them. */
const branchedErrors = ['ENOENT', 'EEXIST', 'EXDEV', 'EACCES'] as const
const namingCalls = ['openat', 'link', 'rename', 'unlink'] as const

/**
 * The first calls are those of the opening, whose failure is fatal. It looks at the path once, at the folder three times, at the lock
 * once, which may fail, and at the open file for its identity, its size and its end. It opens the file without O_CREAT, then with it, and
 * the folder to sync it.
 */
const opening: Partial<Record<Call, number>> = { statx: 9, openat: 4 }
const options = { fsync: true, limit: { count: 8, age: false } } as const

const attempts = ['write 1', 'rotate', 'wait 2500', 'write 1', 'rotate', 'wait 2500']
const life = ['write 4', 'rotate', ...attempts, ...attempts, 'sweep', 'write 3', 'recover 30000', 'rotate', 'sweep', 'write 1', 'recover 30000', 'end']
const shortLife = ['write 4', 'rotate', 'write 3', 'rotate', 'sweep', 'write 5', 'recover 30000', 'rotate', 'sweep', 'recover 30000', 'end']
const endlessLife = ['write 4', 'rotate', ...attempts, ...attempts, 'write 4', 'wait 10000', 'say', 'end']
/** A file that is full all the time. */
const fullLife = [...Array.from({ length: 100 }, () => ['write 1', 'wait 100']).flat(), 'say', 'end']
/** Some hundred times more than what the buffer of such a life holds. */
const flood = Array.from({ length: 10 }, () => ['write 50000', 'wait 500']).flat()
const nextLife = ['sweep', 'end']

/** A wait for a lock looks a thousand times, in two ways, and a name is looked for a thousand times. */
const looksMax = 1_000
/** What fails once for each rotation or sweep asked for, or with a retry that comes more seldom. */
const otherCallsMax = 20
/** Archives of the endless life, passes that its rotations ask for, attempts of each pass, files that each is to remove. */
const removalsMax = 5 * 10 * 5 * 2
/** What rotations, compressions and removals lock when no process holds the lock. */
const locksMax = 200
/** A fraction of what is logged, and room for what the engine has not collected yet. */
const growthBytesMax = 64 * 1024 ** 2
/** A line as strace notes that it is written. */
const lineBegins = '"{\\"number\\":'

let build: FaultBuild

interface Setting {
  readonly steps: readonly string[]
  readonly fault?: Fault
  readonly options?: Partial<RotorOptions>
  readonly pace?: number
}

async function liveWith (scene: Scene, { steps, fault, options: more, ...pace }: Setting): Promise<Outcome> {
  const traced = { build, life: lifeIn(scene, 0, steps, { ...pace, options: { ...options, ...more } }), paths: scene.paths, calls: fileCalls, trace: scene.trace }
  return await runTraced(fault === undefined ? traced : { ...traced, fault })
}

function faultOf (call: string, error: string, when: string): Fault {
  return { call, effect: `error=${error}`, when }
}

function nameOf ({ call, when, effect }: Fault): string {
  return `${call} ${when} ${effect}`
}

function namedEvents (scene: Scene, name: string): Array<Record<string, unknown>> {
  return eventsOf(scene).filter((event) => event['name'] === name)
}

/** Only the very first opening may be fatal, and is then told as what it is. */
function couldNotOpen (scene: Scene, { code, stderr }: Outcome): boolean {
  return code === 1 && stderr.includes('RotorOpenError: cannot open') && namedEvents(scene, 'opened').length === 0
}

/** What each step was told to do, in order. */
function statesTold (scene: Scene): Record<string, string[]> {
  const told: Record<string, string[]> = {}
  for (const { name, step } of eventsOf(scene)) {
    if (name === 'failed' || name === 'recovered') (told[String(step)] ??= []).push(name)
  }
  return told
}

function troublesTold (scene: Scene): string[] {
  const refused = namedEvents(scene, 'refused').map(({ step }) => String(step))
  return [...new Set([...Object.keys(statesTold(scene)), ...refused])].sort()
}

/** Each change of state is told once. The fault comes once in each thread. */
function expectToldInTurn (scene: Scene, when: string): void {
  const faultsMax = new Set(injectedCalls(scene.trace).map(({ thread }) => thread)).size
  for (const [step, told] of Object.entries(statesTold(scene))) {
    const turns = Math.min(faultsMax, Math.ceil(told.length / 2))
    expect(told, `${when}: ${step}`).toEqual(Array.from({ length: turns }, () => ['failed', 'recovered']).flat())
  }
}

function expectToldOnce (scene: Scene, when: string): void {
  for (const [step, told] of Object.entries(statesTold(scene))) expect(told, `${when}: ${step}`).toEqual(['failed'])
}

function expectNoClosedDescriptor (scene: Scene, when: string): void {
  expect(namedEvents(scene, 'closed descriptor'), when).toEqual([])
}

function droppedLines (scene: Scene): number {
  return namedEvents(scene, 'dropped').reduce((sum, { lines }) => sum + Number(lines), 0)
}

/** How many lines such a life logs. */
function linesOf (steps: readonly string[]): number {
  return steps.map((step) => step.split(' ')).reduce((sum, [action, count]) => action === 'write' ? sum + Number(count) : sum, 0)
}

/** After a healthy start everything is in order, but for as many lines as were told to be dropped. */
async function expectKept (scene: Scene, steps: readonly string[], lostLines: number, when: string): Promise<void> {
  const firstAfter = Math.ceil(linesOf(steps) / 1000)
  const started = await runLife(build, lifeIn(scene, firstAfter, nextLife, { options }))
  expect(started, when).toEqual({ code: 0, signal: null, stderr: '' })
  const beside = `${when}: ${namesBeside(scene.file)}`
  expect(leftovers(scene.file), beside).toEqual([])
  expect(invalidArchives(scene.file), beside).toEqual([])
  const logged = Array.from({ length: linesOf(steps) }, (_, index) => index + 1)
  const { lost, ...verdict } = judge(keptLines(scene.file).filter((line) => line !== earlierLine), logged)
  expect({ ...verdict, lost: [] }, beside).toEqual(faultless)
  expect(lost.length, `${beside}, lost ${lost.slice(0, 20).join(' ')}`).toBe(lostLines)
}

/** Runs a life whose fault passes. Returns whether the fault was made. */
async function failAndGoOn (fault: Fault, steps: readonly string[], troubles: readonly Trouble[] = []): Promise<boolean> {
  const when = nameOf(fault)
  const scene = makeScene()
  const outcome = await liveWith(scene, { steps, fault })
  const isMade = injectedCalls(scene.trace).length > 0
  if (!couldNotOpen(scene, outcome)) {
    expect(outcome, when).toEqual({ code: 0, signal: null, stderr: '' })
    expectToldInTurn(scene, when)
    expect(troublesTold(scene), when).toEqual(expect.arrayContaining([...troubles]))
    expectNoClosedDescriptor(scene, when)
    expect(droppedLines(scene), when).toBe(0)
    await expectKept(scene, steps, 0, when)
  }
  scene.remove()
  return isMade
}

/** The calls of a life without faults, by thread. */
async function callsByThread (steps: readonly string[]): Promise<TracedCall[][]> {
  const scene = makeScene()
  expect(await liveWith(scene, { steps })).toEqual({ code: 0, signal: null, stderr: '' })
  const byThread = new Map<string, TracedCall[]>()
  for (const call of readTrace(scene.trace)) byThread.set(call.thread, [...byThread.get(call.thread) ?? [], call])
  scene.remove()
  return [...byThread.values()]
}

/** With which numbers some thread makes that call. */
function numbersOf (threads: readonly TracedCall[][], name: string, isMeant: (call: TracedCall) => boolean = () => true): number[] {
  const numbers = threads.flatMap((made) => made.filter(({ call }) => call === name).flatMap((call, index) => isMeant(call) ? [index + 1] : []))
  return [...new Set(numbers)].sort((a, b) => a - b)
}

/** The number of looks differs a little from life to life, so the last numbers of a call may not be reached. */
async function failEachOnce (faults: readonly Fault[]): Promise<void> {
  let made = 0
  await eachAtOnce(faults, atOnce, async (fault) => { if (await failAndGoOn(fault, shortLife)) made++ })
  console.log(`${made} of ${faults.length} calls failed once each`)
  expect(made).toBeGreaterThan(faults.length * 0.9)
}

/**
 * For ever, once the log is open. A writer that needs a second for a write asks for the lock. A lock that seems to be held for ever is
 * another fault. So with EEXIST, time does not pass faster, and no sync takes time.
 */
function endlessSetting (call: Call, error: Errno): Setting & { readonly fault: Fault } {
  if (call === 'openat' && error === 'EEXIST') return { steps: endlessLife, fault: faultOf(call, error, '3+'), options: { fsync: false }, pace: 1 }
  return { steps: endlessLife, fault: faultOf(call, error, `${opening[call] ?? 3}+`) }
}

/** So many attempts may have been made in that time with pauses of 100, 200, 400 and from then on 800 ms. */
function attemptsMax (ranMs: number): number {
  return 4 + ranMs / 800
}

/** The same with pauses of a second that double each time. */
function sweepsMax (ranMs: number): number {
  return 2 + Math.log2(1 + ranMs / 1_000)
}

function ranMsOf (scene: Scene): number {
  return Number(namedEvents(scene, 'said').at(-1)?.['ranMs'])
}

const takesLock = ({ call, text }: TracedCall): boolean => call === 'openat' && /rotor\.lock".*O_CREAT/.test(text)
const takesSweepLock = ({ call, text }: TracedCall): boolean => call === 'openat' && /rotor\.sweep".*O_CREAT/.test(text)
const looksForName = (made: TracedCall): boolean => made.call === 'link' && made.text.includes('EEXIST') && !concernsLock(made)
const concernsLock = ({ text }: TracedCall): boolean => /rotor\.(lock|sweep)[."]/.test(text)

function wantsRoom ({ file }: Scene): (call: TracedCall) => boolean {
  return ({ call, text }) => call === 'openat' ? text.includes(`"${file}"`) : call === 'write' && text.includes(lineBegins)
}

interface FailingRotation {
  readonly fault: Fault
  /** How often it is made in one attempt. */
  readonly callsOfRotation: number
}

/** Finds a file full again and again that cannot be rotated. */
async function failToRotate ({ fault, callsOfRotation }: FailingRotation): Promise<void> {
  const when = nameOf(fault)
  const scene = makeScene()
  expect(await liveWith(scene, { steps: fullLife, fault, options: { size: '1k', fsync: false }, pace: 5 }), when).toEqual({ code: 0, signal: null, stderr: '' })
  expectToldOnce(scene, when)
  expect(troublesTold(scene), when).toContain('rotate')
  const rotations = injectedCalls(scene.trace).filter((call) => !takesSweepLock(call) && !(['link', 'rename'].includes(call.call) && concernsLock(call))).length / callsOfRotation
  expect(rotations, when).toBeGreaterThan(2)
  expect(rotations, when).toBeLessThanOrEqual(attemptsMax(ranMsOf(scene)))
  await expectKept(scene, fullLife, 0, when)
  scene.remove()
}

interface Flood {
  readonly fault: Fault
  readonly before: readonly string[]
  readonly fsync: boolean
}

/** Logs on and on while nothing can be written. */
async function floodWhile ({ fault, before, fsync }: Flood): Promise<void> {
  const when = nameOf(fault)
  const steps = [...before, 'say', ...flood, 'say', 'end']
  const scene = makeScene()
  expect(await liveWith(scene, { steps, fault, options: { buffer: '256k', fsync } }), when).toEqual({ code: 0, signal: null, stderr: '' })
  const [calmBytes = NaN, floodedBytes = NaN] = namedEvents(scene, 'said').map(({ memoryBytes }) => Number(memoryBytes))
  console.log(`${when}: ${Math.round((floodedBytes - calmBytes) / 1024 ** 2)} MiB more for ${linesOf(steps)} lines`)
  expect(floodedBytes - calmBytes, when).toBeLessThan(growthBytesMax)
  await expectKept(scene, steps, droppedLines(scene), when)
  scene.remove()
}

/**
 * Runs a life with every call in view, on whatever path: each line goes to the file under the active name, nothing else does,
 * and no call gets a bad descriptor.
 */
async function expectOpenDescriptors (fault: Fault): Promise<void> {
  const when = nameOf(fault)
  const scene = makeScene()
  const outcome = await runTraced({ build, life: lifeIn(scene, 0, life, { options }), paths: [], calls: fileCalls, fault, namesDescriptors: true, trace: scene.trace })
  expect(outcome, when).toEqual({ code: 0, signal: null, stderr: '' })
  expect(injectedCalls(scene.trace).length, when).toBeGreaterThan(0)
  expect(readTrace(scene.trace).filter(({ text }) => text.includes('EBADF')), when).toEqual([])
  const writes = readTrace(scene.trace).filter(({ call, text }) => call === 'write' && (text.includes(`<${scene.file}>`) || text.includes(lineBegins)))
  expect(writes.length, when).toBeGreaterThanOrEqual(linesOf(life))
  expect(writes.filter(({ text }) => !text.includes(`<${scene.file}>, ${lineBegins}`)), when).toEqual([])
  await expectKept(scene, life, 0, when)
  scene.remove()
}

function failedCallsMax ({ call, effect }: Fault, ranMs: number): number {
  if (call === 'unlink' && effect === 'error=ENOENT') return removalsMax
  // On a disk without room each attempt asks for some, which takes a lock, and that is written to as well.
  // An attempt to rotate asks the open file whether it has a second name, and the path whether it leads to the file.
  const callsOfAttempt = call === 'statx' || (call === 'write' && effect === 'error=EDQUOT') ? 2 : 1
  return callsOfAttempt * attemptsMax(ranMs) + otherCallsMax
}

function expectFewAttempts (scene: Scene, fault: Fault, when: string): void {
  const ranMs = ranMsOf(scene)
  const made = readTrace(scene.trace)
  const rotations = endlessLife.filter((step) => step === 'rotate').length
  const failed = injectedCalls(scene.trace).filter((injected) => !concernsLock(injected) && !looksForName(injected)).length
  expect(failed, when).toBeLessThanOrEqual(failedCallsMax(fault, ranMs))
  expect(made.filter(looksForName).length, when).toBeLessThanOrEqual(rotations * looksMax)
  expect(made.filter(takesLock).length, when).toBeLessThanOrEqual(rotations * 2 * looksMax + locksMax)
  // A file that cannot be removed has pauses of its own, for its name and for the hidden one. Any other failure ends the sweep.
  const failing = fault.call === 'unlink' ? rotations * 2 : 1
  const sweeps = made.filter(takesSweepLock).length
  // Each write that found no room asks for a sweep that makes room. Other sweeps of a failing disk have pauses.
  const asksForRoom = fault.effect === 'error=EDQUOT' ? injectedCalls(scene.trace).filter(wantsRoom(scene)).length : 0
  const isSweptFreely = asksForRoom === 0 && statesTold(scene)['sweep'] === undefined
  expect(sweeps, when).toBeLessThanOrEqual(isSweptFreely ? attemptsMax(ranMs) * 2 : asksForRoom + failing * sweepsMax(ranMs))
}

describe.skipIf(reason !== null)('a call that fails', () => {
  beforeAll(async () => { build = await buildFaultApplication() })
  afterAll(() => { build.remove() })

  test('once, at any call, costs no line and is reported once, and so is the recovery', async () => {
    const threads = await callsByThread(shortLife)
    await failEachOnce(fileCalls.flatMap((call) => numbersOf(threads, call).map((number) => faultOf(call, 'EIO', String(number)))))
  }, 600_000)

  test('once, with an error that is handled specially, costs no line, and is reported once, as is the recovery', async () => {
    const threads = await callsByThread(shortLife)
    const numbers = namingCalls.flatMap((call) => numbersOf(threads, call, ({ text }) => call !== 'openat' || text.includes('O_CREAT')).map((number) => ({ call, number })))
    await failEachOnce(numbers.flatMap(({ call, number }) => branchedErrors.map((error) => faultOf(call, error, String(number)))))
  }, 600_000)

  test('for a while, with any error, costs no line and is reported once, and so is the recovery', async () => {
    const faults = calls.flatMap((call) => errors.map((error) => ({ call, error })))
    await eachAtOnce(faults, atOnce, async ({ call, error }) => {
      const first = opening[call] ?? 3
      // A lock that cannot be created in one way is created in another.
      const last = first + (call === 'openat' ? 7 : 3)
      const fault = faultOf(call, error, `${first}..${last}`)
      expect(await failAndGoOn(fault, life, expectedTroubles(passingTroubles, call, error)), nameOf(fault)).toBe(true)
    })
  }, 600_000)

  test('for ever, with any error, never takes the application down, is reported once, is retried ever more rarely, and every line is kept or counted as dropped', async () => {
    const faults = calls.flatMap((call) => errors.map((error) => ({ call, error })))
    await eachAtOnce(faults, atOnce, async ({ call, error }) => {
      const setting = endlessSetting(call, error)
      const when = nameOf(setting.fault)
      const scene = makeScene()
      expect(await liveWith(scene, setting), when).toEqual({ code: 0, signal: null, stderr: '' })
      expect(injectedCalls(scene.trace).length, when).toBeGreaterThan(0)
      expectToldOnce(scene, when)
      // The clock of a life is quick. If the machine holds up a write for what is a second of it, the writer asks where its lines are.
      // If nothing can be looked at, it asks again, or opens the file anew and writes them again.
      const isCertain = (step: string): boolean => call !== 'statx' || error === 'ENOENT' || !['open', 'write'].includes(step)
      expect(troublesTold(scene).filter(isCertain), when).toEqual(expectedTroubles(endlessTroubles, call, error))
      expectNoClosedDescriptor(scene, when)
      expectFewAttempts(scene, setting.fault, when)
      await expectKept(scene, endlessLife, droppedLines(scene), when)
      scene.remove()
    })
  }, 600_000)

  test('for ever in the rotation of a full file, is reported once and retried ever more rarely', async () => {
    const faults = [
      { fault: faultOf('link', 'EIO', '1+'), callsOfRotation: 1 },
      { fault: faultOf('link', 'EEXIST', '1+'), callsOfRotation: looksMax },
      // The successor is given the active name, and the archive's name is taken aside.
      { fault: faultOf('rename', 'EIO', '1+'), callsOfRotation: 2 },
      { fault: faultOf('openat', 'EACCES', '3+'), callsOfRotation: 1 }
    ]
    await eachAtOnce(faults, atOnce, failToRotate)
  })

  test('for ever takes no more memory, even if much is logged, and every line is kept or counted as dropped', async () => {
    const floods = [
      { fault: faultOf('write', 'EIO', '3+'), before: [], fsync: false },
      { fault: faultOf('fsync', 'EIO', '3+'), before: [], fsync: true },
      { fault: faultOf('openat', 'EMFILE', '3+'), before: ['unlink'], fsync: false }
    ]
    await eachAtOnce(floods, atOnce, floodWhile)
  })

  test('for a while leaves no descriptor in use that was closed', async () => {
    const faults = [faultOf('link', 'EIO', '2..3'), faultOf('rename', 'EIO', '2..4'), faultOf('fsync', 'EIO', '3..5')]
    await eachAtOnce(faults, atOnce, expectOpenDescriptors)
  })
})
