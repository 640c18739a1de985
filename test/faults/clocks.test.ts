// Wall clocks that jump under a worker that really runs: one rotation a boundary, names in the order of the lines, nothing
// overwritten, and no archive removed because a clock said so all of a sudden.
import { readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { RotorOptions } from '../../src/options/options.js'
import { FakeClock, canFakeClock } from '../support/clock-fake.js'
import { archivesOf } from '../support/kept.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { WritersProcess } from '../support/writers.js'
import { expectAllOnce } from '../support/writers-log.js'

const halfHourMs = 1_800_000

let file: string

beforeEach(() => { file = join(temporaryFolder(), 'app.log') })

/** A log whose clock is set before each line. */
class Logging {
  readonly clock: FakeClock
  readonly #writers: WritersProcess
  #lines = 0

  private constructor (clock: FakeClock, writers: WritersProcess) {
    this.clock = clock
    this.#writers = writers
  }

  static async start (instant: string, options: Partial<RotorOptions>): Promise<Logging> {
    const clock = new FakeClock(instant)
    const writers = await WritersProcess.start({
      options: { file, size: false, compress: false, limit: { count: false, age: false }, report: false, ...options },
      writers: [{ name: 'a', kind: 'transport', lines: 0 }]
    }, { environment: clock.environment })
    onTestFinished(async () => { await writers.kill() })
    return new Logging(clock, writers)
  }

  /** Writes a line a second after that instant, since such a clock may be a little slow, and returns how many archives there are then. */
  async lineAt (instant: string | number): Promise<number> {
    this.clock.set(new Date(new Date(instant).getTime() + 1_000).toISOString())
    return await this.line()
  }

  async line (): Promise<number> {
    this.#lines++
    await this.#writers.ask('write', { lines: 1 })
    return archivesOf(file).length
  }

  async ask (request: 'rotate' | 'sweep'): Promise<void> {
    await this.#writers.ask(request)
  }

  /** Ends it. Every line is there once, and the order of the names is that of the lines. */
  async endWhole (): Promise<void> {
    await this.#writers.end()
    expectAllOnce(file, [{ name: 'a', lines: this.#lines }])
  }
}

/** Archives of other days, without a line in them. */
function makeArchives (stamps: readonly string[]): string[] {
  const names = stamps.map((stamp) => `app.${stamp}.log.gz`)
  for (const name of names) writeFileSync(join(dirname(file), name), gzipSync(''))
  return names
}

describe.runIf(canFakeClock)('a wall clock', () => {
  test('that jumps a day forwards makes one rotation, not twenty-four', async () => {
    const log = await Logging.start('2025-10-01T10:30:00Z', { frequency: 'hourly' })
    expect(await log.lineAt('2025-10-01T10:31:00Z')).toBe(0)
    expect(await log.lineAt('2025-10-02T10:31:00Z')).toBe(1)
    expect(await log.lineAt('2025-10-02T10:32:00Z')).toBe(1)
    expect(await log.lineAt('2025-10-02T11:00:00Z')).toBe(2)
    await log.endWhole()
  })

  test('that goes two hours back repeats no boundary and overwrites nothing', async () => {
    const log = await Logging.start('2025-10-01T10:30:00Z', { frequency: 'hourly' })
    await log.lineAt('2025-10-01T10:31:00Z')
    expect(await log.lineAt('2025-10-01T11:00:30Z')).toBe(1)
    for (const instant of ['09:00:30', '10:00:30', '10:59:59', '11:00:30']) expect(await log.lineAt(`2025-10-01T${instant}Z`)).toBe(1)
    expect(await log.lineAt('2025-10-01T12:00:00Z')).toBe(2)
    await log.endWhole()
  })

  test('that goes back keeps the order of names when a rotation is asked for', async () => {
    const log = await Logging.start('2025-10-01T10:30:00Z', {})
    for (const instant of ['10:31:00', '08:31:00', '08:31:00', '12:00:00']) {
      await log.lineAt(`2025-10-01T${instant}Z`)
      await log.ask('rotate')
    }
    await log.endWhole()
    expect(archivesOf(file)).toHaveLength(4)
  })

  test('that stands still gives fifty rotations of one millisecond fifty names', async () => {
    const log = await Logging.start('2025-10-01T10:30:00Z', {})
    log.clock.set('2025-10-01T10:31:00Z', 'frozen')
    for (let rotation = 0; rotation < 50; rotation++) {
      await log.line()
      await log.ask('rotate')
    }
    await log.endWhole()
    expect(archivesOf(file).map(({ name }) => name)).toEqual(
      Array.from({ length: 50 }, (_, n) => `app.20251001_103100${n === 0 ? '' : `.${n}`}.log`)
    )
  })

  test.each([
    ['America/New_York', '2025-03-08T12:00Z', ['2025-03-09T05:00Z', '2025-03-10T04:00Z', '2025-03-11T04:00Z']],
    ['America/New_York', '2025-11-01T12:00Z', ['2025-11-02T04:00Z', '2025-11-03T05:00Z', '2025-11-04T05:00Z']],
    ['Australia/Lord_Howe', '2025-04-04T20:00Z', ['2025-04-05T13:00Z', '2025-04-06T13:30Z', '2025-04-07T13:30Z']],
    ['Australia/Lord_Howe', '2025-10-03T20:00Z', ['2025-10-04T13:30Z', '2025-10-05T13:00Z', '2025-10-06T13:00Z']],
    ['Asia/Kolkata', '2025-11-01T12:00Z', ['2025-11-01T18:30Z', '2025-11-02T18:30Z', '2025-11-03T18:30Z']]
  ])('of %s makes one rotation at each midnight from %s on, whatever the clocks do there', async (timezone, from, midnights) => {
    const log = await Logging.start(from, { frequency: 'daily', timezone })
    const rotatedAt: string[] = []
    const endMs = Date.parse(midnights.at(-1) ?? '') + 4 * halfHourMs
    let archives = 0
    for (let instantMs = Date.parse(from) + halfHourMs; instantMs <= endMs; instantMs += halfHourMs) {
      const now = await log.lineAt(instantMs)
      if (now > archives) rotatedAt.push(new Date(instantMs).toISOString().replace(':00.000', ''))
      expect(now - archives).toBeLessThanOrEqual(1)
      archives = now
    }
    await log.endWhole()
    expect(rotatedAt).toEqual(midnights)
  })

  test('that shows 1970 at the start names archives after the existing ones, and rotates once when it is corrected', async () => {
    makeArchives(['20251001_000000', '20251002_000000'])
    const log = await Logging.start('1970-01-01T00:00:10Z', { frequency: 'daily', limit: { count: false, age: '30d' } })
    const namesSince2000 = (): string[] => readdirSync(dirname(file)).filter((name) => name.startsWith('app.2')).sort()
    const namesGiven = ['app.20251001_000000.log.gz', 'app.20251002_000000.1.log', 'app.20251002_000000.2.log', 'app.20251002_000000.log.gz']
    await log.lineAt('1970-01-01T00:00:20Z')
    await log.ask('rotate')
    await log.line()
    await log.ask('rotate')
    await log.ask('sweep')
    expect(namesSince2000()).toEqual(namesGiven)
    await log.line()
    await log.lineAt('2025-10-03T12:00:00Z')
    await log.lineAt('2025-10-03T12:00:01Z')
    await log.ask('sweep')
    expect(namesSince2000()).toEqual([...namesGiven, expect.stringMatching(/^app\.20251003_12000\d\.log$/)])
    await log.endWhole()
  })

  test('that jumps two months forwards does not make every archive too old at once', async () => {
    const names = makeArchives(['20250820_000000', '20250910_000000', '20250920_000000'])
    const log = await Logging.start('2025-10-01T10:30:00Z', { limit: { count: false, age: '30d' } })
    await log.ask('sweep')
    const left = (): string[] => readdirSync(dirname(file)).filter((name) => name.endsWith('.gz')).sort()
    expect(left()).toEqual(names.slice(1))
    await log.lineAt('2025-12-01T10:30:00Z')
    await log.ask('sweep')
    expect(left()).toEqual(names.slice(1))
    await log.endWhole()
  })
})
