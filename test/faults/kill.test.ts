// Kills the application at random moments, in process and behind a worker, again and again on the same files. A hundred
// rounds by default; `npm run torture` makes thousands, and ROTOR_SEED repeats a run's choices.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Life } from '../support/fault-application.js'
import { buildFaultApplication, startLife, type FaultBuild } from '../support/fault-build.js'
import { archivesIn, faultless, invalidArchives, judge, keptLines, keptLinesAfterCrash, leftovers, namesBeside, promised } from '../support/fault-ledger.js'
import { eachAtOnce } from '../support/fault-parallel.js'
import { randomNumbers, seedOfRun } from '../support/fault-random.js'
import { runLife } from '../support/fault-strace.js'

const rounds = Number(process.env['ROTOR_ROUNDS'] ?? 100)
/** After so many kills the files are looked at after an orderly end, and new ones begun. */
const roundsTogether = 10
const atOnce = 2
const busyLife = Array.from({ length: 1000 }, () => ['lines 25', 'sweep', 'lines 5']).flat()

let build: FaultBuild

beforeAll(async () => { build = await buildFaultApplication() })
afterAll(() => { build.remove() })

test('killed at any moment, an application finds every flushed line again, once, whole and in order', async () => {
  const seed = seedOfRun()
  console.log(`ROTOR_SEED=${seed} ROTOR_ROUNDS=${rounds}`)
  const random = randomNumbers(seed)
  const series = Array.from({ length: Math.ceil(rounds / roundsTogether) }, (_, index) => ({ index, moments: Array.from({ length: roundsTogether }, () => random()) }))
  let lines = 0
  await eachAtOnce(series, atOnce, async ({ index, moments }) => { lines += await killAgainAndAgain(index, moments) })
  console.log(`${series.length * roundsTogether} kills, ${lines} flushed lines`)
}, 60_000 + rounds * 5_000)

/** Returns how many lines were promised. */
async function killAgainAndAgain (series: number, moments: readonly number[]): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), 'rotor-kill-'))
  const file = join(directory, 'logs', 'app.log')
  const journal = join(directory, 'journal')
  mkdirSync(join(directory, 'logs'))
  const life = (round: number, steps: readonly string[], worker: Partial<Life> = {}): Life => {
    return { options: { file, size: '2k', limit: { count: false, age: false } }, journal, events: '-', firstNumber: round * 100_000 + 1, steps, pace: 20, ...worker }
  }
  for (const [round, moment] of moments.entries()) {
    // The worker's turn is every other round of every other series, so that each also takes up what the other left.
    const running = startLife(build, life(round, busyLife, (round + series) % 2 === 0 ? {} : { worker: build.worker }))
    await running.told(moment < 0.5 ? 'rotated' : 'compressed', 1)
    await setTimeout(moment * 100)
    await running.kill()
    const when = `series ${series}, round ${round}: ${namesBeside(file)}`
    expect(invalidArchives(file), when).toEqual([])
    expect(judge(keptLinesAfterCrash(file), promised(journal)), when).toEqual(faultless)
  }
  expect(await runLife(build, life(moments.length, ['lines 1', 'sweep', 'end']))).toMatchObject({ code: 0, stderr: '' })
  const when = `series ${series}: ${namesBeside(file)}`
  expect(leftovers(file), when).toEqual([])
  expect(archivesIn(file).filter(({ suffix }) => suffix === ''), when).toEqual([])
  expect(judge(keptLines(file), promised(journal)), when).toEqual(faultless)
  const count = promised(journal).length
  rmSync(directory, { recursive: true })
  return count
}
