// The benchmarks must run; what they measure is not for a test to judge.
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'

const script = join(import.meta.dirname, '../../benchmarks/bench.js')

interface Report {
  node: string
  benchmarks: Array<{ name: string, scenarios: Array<{ scenario: string, reference: string, results: Record<string, Array<Record<string, number | null>>> }>, targets: Array<{ says: string, reached: boolean }> }>
}

async function quickly (name: string, ...options: string[]): Promise<Report> {
  const { stdout } = await promisify(execFile)(process.execPath, [script, name, '--quick', '--json', ...options], { maxBuffer: 1 << 26 })
  return JSON.parse(stdout) as Report
}

test.each(['hand-over', 'drain', 'calm', 'rotation', 'start', 'compression', 'cost', 'slow-disk', 'reading', 'upload', 'arrival'])('%s runs and gives numbers for machines', async (name) => {
  const report = await quickly(name)
  expect(report.node).toBe(process.version)
  expect(report.benchmarks.map((benchmark) => benchmark.name)).toEqual([name])
  for (const { reference, results } of report.benchmarks[0]?.scenarios ?? []) {
    expect(Object.keys(results)).toContain(reference)
    for (const [numbers] of Object.values(results)) expect(Object.values(numbers ?? {}).some((value) => typeof value === 'number' && value > 0)).toBe(true)
  }
}, 120_000)

test('measures this version beside an earlier commit, turn by turn', async () => {
  const { benchmarks } = await quickly('start', '--beside', 'HEAD')
  for (const { results } of benchmarks[0]?.scenarios ?? []) expect(Object.keys(results)).toEqual(['pino-rotor', 'pino-rotor at HEAD'])
  expect(benchmarks[0]?.targets.length).toBeGreaterThan(0)
  const { stdout } = await promisify(execFile)('git', ['worktree', 'list'], { cwd: import.meta.dirname })
  expect(stdout).not.toContain('rotor-beside-')
}, 120_000)

test('draws the picture of the README, with each contestant and its number', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pino-rotor-picture-'))
  onTestFinished(() => { rmSync(folder, { recursive: true, force: true }) })
  const picture = join(folder, 'benchmark.svg')
  await promisify(execFile)(process.execPath, [script, '--svg', '--quick', '--to', picture])
  const drawn = [...readFileSync(picture, 'utf8').matchAll(/text-anchor="end"[^>]*>([^<]*)<\/text>\n<rect [^>]*>\n<text [^>]*>[\d.,]+ µs</g)].map(([, name]) => name)
  expect(drawn.slice(0, 3)).toEqual(['pino-rotor transport()', 'pino-rotor target', 'pino-roll'])
  expect(drawn.filter((name) => name === 'rotating-file-stream').length).toBeGreaterThan(0)
}, 120_000)

test('an unknown benchmark is refused with the names there are', async () => {
  await expect(promisify(execFile)(process.execPath, [script, 'speed'])).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('hand-over, drain') as string })
})
