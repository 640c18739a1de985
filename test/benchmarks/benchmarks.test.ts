// The benchmarks must run; what they measure is not for a test to judge.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const script = join(import.meta.dirname, '../../benchmarks/bench.js')

interface Report {
  node: string
  benchmarks: Array<{ name: string, scenarios: Array<{ scenario: string, reference: string, results: Record<string, Array<Record<string, number | null>>> }>, targets: Array<{ says: string, reached: boolean }> }>
}

async function quickly (name: string): Promise<Report> {
  const { stdout } = await promisify(execFile)(process.execPath, [script, name, '--quick', '--json'], { maxBuffer: 1 << 26 })
  return JSON.parse(stdout) as Report
}

test.each(['hand-over', 'drain', 'calm', 'rotation', 'start', 'compression', 'cost', 'slow-disk'])('%s runs and gives numbers for machines', async (name) => {
  const report = await quickly(name)
  expect(report.node).toBe(process.version)
  expect(report.benchmarks.map((benchmark) => benchmark.name)).toEqual([name])
  for (const { reference, results } of report.benchmarks[0]?.scenarios ?? []) {
    expect(Object.keys(results)).toContain(reference)
    for (const [numbers] of Object.values(results)) expect(Object.values(numbers ?? {}).some((value) => typeof value === 'number' && value > 0)).toBe(true)
  }
}, 120_000)

test('an unknown benchmark is refused with the names there are', async () => {
  await expect(promisify(execFile)(process.execPath, [script, 'speed'])).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('hand-over, drain') as string })
})
