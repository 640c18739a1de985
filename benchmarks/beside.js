// An earlier commit of pino-rotor, built in a temporary worktree, so that a benchmark can measure it beside this version. It runs this
// version's benchmarks: only the package differs.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const repository = fileURLToPath(new URL('..', import.meta.url))

/** Builds the commit. Returns the script of its measurements, and what removes the worktree. */
export function buildCommit (commit) {
  const parent = mkdtempSync(join(tmpdir(), 'rotor-beside-'))
  const worktree = join(parent, 'pino-rotor')
  const remove = () => {
    rmSync(parent, { recursive: true, force: true })
    git('worktree', 'prune')
  }
  try {
    git('worktree', 'add', '--quiet', '--detach', worktree, commit)
    symlinkSync(join(repository, 'node_modules'), join(worktree, 'node_modules'))
    execFileSync('npx', ['tsup', '--no-dts'], { cwd: worktree, stdio: ['ignore', 'ignore', 'inherit'] })
    rmSync(join(worktree, 'benchmarks'), { recursive: true, force: true })
    cpSync(join(repository, 'benchmarks'), join(worktree, 'benchmarks'), { recursive: true })
    return { script: join(worktree, 'benchmarks', 'one.js'), remove }
  } catch (error) {
    remove()
    throw error
  }
}

/** The same benchmark with our contestants alone, each of them also as the commit has it. */
export function besideCommit (benchmark, commit) {
  const earlier = (contestant) => `${contestant} at ${commit}`
  const isOurs = (contestant) => benchmark.ours.includes(contestant) || benchmark.ours.includes('all')
  return {
    ...benchmark,
    scenarios: (...settings) => benchmark.scenarios(...settings).flatMap((scenario) => {
      const ours = scenario.contestants.filter?.(isOurs) ?? []
      return ours.length === 0 ? [] : [{ ...scenario, contestants: ours.flatMap((contestant) => [contestant, earlier(contestant)]), commit }]
    }),
    targets: (...settings) => benchmark.scenarios(...settings).flatMap(({ name, contestants }) => contestants.filter(isOurs).flatMap((contestant) => (
      Object.entries(benchmark.metrics).map(([metric, unit]) => ({ says: `${contestant} ÷ ${commit}, ${name}: ${unit}`, scenario: name, over: contestant, under: earlier(contestant), metric, atMost: 1.05 }))
    )))
  }
}

function git (...parameters) {
  execFileSync('git', ['-C', repository, ...parameters], { stdio: ['ignore', 'ignore', 'inherit'] })
}
