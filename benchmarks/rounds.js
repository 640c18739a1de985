// Runs contestants side by side: in each round every contestant has its turn in a process of its own, in an order that
// changes from round to round, so that whatever else the machine does meets all alike. What counts is the ratio within a
// round; the median over the rounds is reported.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const script = fileURLToPath(new URL('./one.js', import.meta.url))

/**
 * Measures every contestant of every scenario, and gives the numbers of each scenario by contestant and round. The first
 * contestant is what the others are compared with.
 */
export function * runRounds (benchmark, { rounds, quick, sizeMebibytes, wants, only, say, ...how }, prepared) {
  for (const scenario of chosen(benchmark.scenarios(quick, sizeMebibytes).filter(({ name }) => wants(benchmark.name, name)), only)) {
    const { name, contestants } = scenario
    const results = new Map(contestants.map((contestant) => [contestant, []]))
    for (let round = 0; round < rounds; round++) {
      for (const contestant of turned(contestants, round)) {
        say(`${benchmark.name}: ${name}, round ${round + 1} of ${rounds}: ${contestant}`)
        results.get(contestant).push(measureOnce({ benchmark: benchmark.name, scenario, contestant, prepared }, scenario, how))
      }
    }
    say('')
    yield { scenario: name, reference: contestants[0], results: Object.fromEntries(results) }
  }
}

// If no scenario has the text in its name, the text chooses contestants. The first one stays: the others are compared with it.
function chosen (scenarios, only) {
  const named = scenarios.filter(({ name }) => name.includes(only))
  if (named.length > 0) return named
  return scenarios
    .map((scenario) => ({ ...scenario, contestants: scenario.contestants.filter((name, index) => index === 0 || name.includes(only)) }))
    .filter(({ contestants }) => contestants.length > 1)
}

function turned (contestants, round) {
  const first = round % contestants.length
  return [...contestants.slice(first), ...contestants.slice(0, first)]
}

function measureOnce (task, scenario, how) {
  const folder = mkdtempSync(join(tmpdir(), 'rotor-bench-'))
  try {
    const [command, ...parameters] = commandOf({ ...task, folder }, scenario, how)
    const { status, stdout, stderr, error } = spawnSync(command, parameters, { encoding: 'utf8', maxBuffer: 1 << 26 })
    if (error !== undefined) throw error
    if (status !== 0) throw new Error(`${task.contestant} ended with status ${status}:\n${stderr}`)
    return JSON.parse(stdout.trim().split('\n').at(-1))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

// `cores: 1` keeps the process on one core, `isNice` gives it the lowest priority, `writeTakesMs` makes the disk slow for
// the log file, and for it alone. `isFirst` puts a process before all others of a machine that has more to do.
function commandOf (task, { cores, isNice, writeTakesMs, commit }, { profileFolder, isFirst, earlierScript }) {
  const suffix = ` at ${commit}`
  const isEarlier = commit !== undefined && task.contestant.endsWith(suffix)
  return [
    ...cores === 1 ? ['taskset', '-c', '0'] : [],
    ...isNice ? ['nice', '-n', '19'] : isFirst ? ['nice', '-n', '-15'] : [],
    ...writeTakesMs > 0 ? ['strace', '-f', '-qq', '--seccomp-bpf', '-o', '/dev/null', '-P', join(task.folder, 'app.log'), '-e', 'trace=write', '-e', `inject=write:delay_exit=${writeTakesMs * 1000}`] : [],
    process.execPath,
    ...profileFolder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`],
    isEarlier ? earlierScript : script,
    JSON.stringify(isEarlier ? { ...task, contestant: task.contestant.slice(0, -suffix.length) } : task)
  ]
}

/** The median of numbers; NaN of none. */
export function median (values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** The ratio of two contestants in each round: its median, and between which values half of the rounds lie. */
export function ratioOf (over, under, metric) {
  return spreadOf(over.map((numbers, round) => numbers[metric] / under[round][metric]))
}

/** The same of the difference of two contestants. */
export function differenceOf (over, minus, metric) {
  return spreadOf(over.map((numbers, round) => numbers[metric] - minus[round][metric]))
}

/** The median of numbers, and between which values half of them lie. */
export function spreadOf (values) {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share) => sorted[Math.round((sorted.length - 1) * share)]
  return { median: median(sorted), low: at(0.25), high: at(0.75) }
}
