// A month of the second seed system in seconds: a worker that really runs, its clock set from day to day by libfaketime.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, onTestFinished, test } from 'vitest'
import { FakeClock, canFakeClock } from '../support/clock-fake.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { WritersProcess } from '../support/writers.js'

describe.runIf(canFakeClock)('a whole month', () => {
  test('is rotated daily at 02:00, joined on the 1st at 03:00, and whole', async () => {
    const folder = temporaryFolder()
    const file = join(folder, 'field_flow.jsonl')
    const clock = new FakeClock('2025-10-01T02:00:10Z')
    const writers = await WritersProcess.start({
      options: { file, size: false, frequency: '0 2 * * *', stamp: 'date', bundle: { frequency: '0 3 1 * *', directory: 'archive' }, limit: { count: false, age: '7d' }, sweep: '0 4 * * 0', report: false },
      writers: [{ name: 'a', kind: 'transport', lines: 0 }]
    }, { environment: clock.environment })
    onTestFinished(async () => { await writers.kill() })
    for (let day = 1; day <= 31; day++) {
      clock.set(`2025-10-${String(day).padStart(2, '0')}T12:00:00Z`)
      await writers.ask('write', { lines: 10 })
    }
    clock.set('2025-11-01T02:30:00Z')
    await writers.ask('write', { lines: 10 })
    await writers.ask('sweep')
    expect(readdirSync(folder).filter((name) => name.includes('.202510')).length).toBe(31)
    clock.set('2025-11-01T03:00:05Z')
    await writers.ask('sweep')
    await writers.end()

    expect(readdirSync(folder).sort()).toEqual(['archive', 'field_flow.jsonl'])
    expect(readdirSync(join(folder, 'archive'))).toEqual(['field_flow.202510.jsonl.gz'])
    const numbers = (text: string): number[] => text.trimEnd().split('\n').map((line) => (JSON.parse(line) as { number: number }).number)
    expect(numbers(gunzipSync(readFileSync(join(folder, 'archive/field_flow.202510.jsonl.gz'))).toString())).toEqual(Array.from({ length: 310 }, (_, index) => index + 1))
    expect(numbers(readFileSync(file, 'utf8'))).toEqual(Array.from({ length: 10 }, (_, index) => index + 311))
  })
})
