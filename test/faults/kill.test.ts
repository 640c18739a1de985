// Kills the application at random moments, in process and behind a worker, again and again on the same files. A hundred
// rounds by default; `npm run torture` makes thousands, and ROTOR_SEED repeats a run's choices.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Life } from '../support/fault-application.js'
import { buildFaultApplication, type FaultBuild, type Told } from '../support/fault-build.js'
import { archivesIn, faultless, invalidArchives, judge, keptLines, keptLinesAfterCrash, leftovers, namesBeside, promised } from '../support/fault-ledger.js'
import { eachAtOnce } from '../support/fault-parallel.js'
import { randomNumbers, seedOfRun } from '../support/fault-random.js'
import { runLife } from '../support/fault-strace.js'

const rounds = Number(process.env['ROTOR_ROUNDS'] ?? 100)
/** After so many kills the files are looked at after an orderly end, and new ones begun. */
const roundsTogether = 10
const atOnce = 2
const busyLife = Array.from({ length: 1000 }, () => ['lines 25', 'sweep', 'lines 5']).flat()

/** When an application is killed: so long after it told its first event of that name. */
interface Moment { readonly event: 'rotated' | 'compressed', readonly afterMs: number }

let build: FaultBuild

beforeAll(async () => { build = await buildFaultApplication() })
afterAll(() => { build.remove() })

test('killed at any moment, an application finds every flushed line again, once, whole and in order', async () => {
  const seed = seedOfRun()
  console.log(`ROTOR_SEED=${seed} ROTOR_ROUNDS=${rounds}`)
  const random = randomNumbers(seed)
  const nextMoment = (): Moment => ({ event: random() < 0.5 ? 'rotated' : 'compressed', afterMs: random() * 100 })
  const series = Array.from({ length: Math.ceil(rounds / roundsTogether) }, (_, index) => ({ index, moments: Array.from({ length: roundsTogether }, nextMoment) }))
  let kills = 0
  let lines = 0
  await eachAtOnce(series, atOnce, async ({ index, moments }) => {
    const made = await killAgainAndAgain(index, moments)
    kills += made.kills
    lines += made.lines
  })
  expect(kills).toBeGreaterThanOrEqual(rounds)
  console.log(`${kills} kills, ${lines} flushed lines`)
}, 60_000 + rounds * 5_000)

/** Returns how often it killed and how many lines were promised. */
async function killAgainAndAgain (series: number, moments: readonly Moment[]): Promise<{ kills: number, lines: number }> {
  const directory = mkdtempSync(join(tmpdir(), 'rotor-kill-'))
  const file = join(directory, 'logs', 'app.log')
  const journal = join(directory, 'journal')
  mkdirSync(join(directory, 'logs'))
  const life = (round: number, steps: readonly string[], worker: Partial<Life> = {}): Life => {
    return { options: { file, size: '2k', limit: { count: false, age: false } }, journal, events: '-', firstNumber: round * 100_000 + 1, steps, pace: 20, ...worker }
  }
  let kills = 0
  for (const [round, moment] of moments.entries()) {
    // The worker's turn is every other round of every other series, so that each also takes up what the other left.
    const ending = await liveUntilKilled(life(round, busyLife, (round + series) % 2 === 0 ? {} : { worker: build.worker }), moment)
    const when = `series ${series}, round ${round}: ${namesBeside(file)}`
    expect(ending, when).toEqual({ code: null, signal: 'SIGKILL' })
    kills++
    expect(invalidArchives(file), when).toEqual([])
    expect(judge(keptLinesAfterCrash(file), promised(journal)), when).toEqual(faultless)
  }
  expect(await runLife(build, life(moments.length, ['lines 1', 'sweep', 'end']))).toMatchObject({ code: 0, stderr: '' })
  const when = `series ${series}: ${namesBeside(file)}`
  expect(leftovers(file), when).toEqual([])
  expect(archivesIn(file).filter(({ suffix }) => suffix === ''), when).toEqual([])
  expect(judge(keptLines(file), promised(journal)), when).toEqual(faultless)
  const lines = promised(journal).length
  expect(lines, when).toBeGreaterThan(kills)
  rmSync(directory, { recursive: true })
  return { kills, lines }
}

/** Runs a life until it is killed, and returns what ended it, which is something else where it ended too early. */
async function liveUntilKilled (life: Life, { event, afterMs }: Moment): Promise<{ code: unknown, signal: unknown }> {
  const child = spawn(process.execPath, [build.application, JSON.stringify(life)], { env: build.environment, stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  for await (const told of createInterface(child.stdout)) {
    if ((JSON.parse(told) as Told)['name'] === event) break
  }
  await setTimeout(afterMs)
  child.kill('SIGKILL')
  const [code, signal] = await exited as unknown[]
  return { code, signal }
}
