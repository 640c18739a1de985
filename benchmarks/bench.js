// Runs the benchmarks and prints medians, ratios and what was to be reached. `npm run bench -- --help` tells the rest.
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { besideCommit, buildCommit } from './beside.js'
import { benchmarkPicture, isPictured, picturedBenchmarks } from './picture.js'
import { differenceOf, ratioOf, runRounds, spreadOf } from './rounds.js'
import { scenarioTable, targetTable } from './table.js'

const names = ['hand-over', 'drain', 'calm', 'rotation', 'start', 'compression', 'cost', 'many-logs', 'routes', 'slow-disk', 'reading', 'upload', 'arrival', 'web']

const help = `node benchmarks/bench.js [NAME...] [--rounds N] [--only TEXT] [--size MIB] [--quick] [--json] [--svg [--to FILE]] [--first]
       [--cpu-prof FOLDER] [--beside COMMIT]

NAME         ${names.join(', ')}; default: all of them
--rounds N   how often each contestant has its turn; default: 5
--only TEXT  runs only the scenarios whose name contains the text, or else only such contestants
--size MIB   how many MiB of lines 'reading' and 'web' have in their archives, and the archive of 'upload'; default: 1024
--quick      tiny sizes and one round: shows that everything runs, but the numbers mean nothing
--json       prints every number of every round as JSON
--svg        runs only what the README's picture shows, and draws it
--to FILE    where the picture goes; default: docs/pictures/benchmark.svg
--first      runs before everything else on a busy machine (needs root)
--cpu-prof FOLDER  writes a CPU profile of every process and thread
--beside COMMIT    measures this version beside that commit, turn by turn; for hand-over, drain, calm, rotation and start
`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    help: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    svg: { type: 'boolean', default: false },
    to: { type: 'string', default: fileURLToPath(new URL('../docs/pictures/benchmark.svg', import.meta.url)) },
    quick: { type: 'boolean', default: false },
    first: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    size: { type: 'string' },
    only: { type: 'string' },
    beside: { type: 'string' },
    'cpu-prof': { type: 'string' }
  }
})

const unknown = positionals.filter((name) => !names.includes(name))
if (values.help || unknown.length > 0) {
  process.stderr.write(unknown.length > 0 ? `unknown benchmark: ${unknown.join(', ')}\n\n${help}` : help)
  process.exit(unknown.length > 0 ? 2 : 0)
}

const settings = {
  quick: values.quick,
  sizeMebibytes: Number(values.size ?? (values.quick ? 20 : 1024)),
  rounds: Number(values.rounds ?? (values.quick ? 1 : 5)),
  wants: (benchmark, scenario) => !values.svg || isPictured(benchmark, scenario),
  only: values.only ?? '',
  isFirst: values.first,
  profileFolder: profileFolder(values['cpu-prof']),
  say: (text) => { if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`) }
}

function tell (text) {
  if (!values.json) process.stdout.write(text)
}

function profileFolder (folder) {
  if (folder === undefined) return undefined
  mkdirSync(folder, { recursive: true })
  return resolve(folder)
}

// A target is part of the report only where its scenario ran.
function measuredTargets (benchmark, scenarios) {
  return benchmark.targets(settings.quick, settings.sizeMebibytes).flatMap(({ scenario, over, under, minus, metric, ...target }) => {
    const results = scenarios.find((ran) => ran.scenario === scenario)?.results
    // A target without a contestant to compare with is about the number itself.
    const [rounds, base] = [results?.[over], results?.[under ?? minus ?? over]]
    if (rounds === undefined || base === undefined) return []
    const ratio = under !== undefined ? ratioOf(rounds, base, metric) : minus !== undefined ? differenceOf(rounds, base, metric) : spreadOf(rounds.map((numbers) => numbers[metric]))
    return [{ ...target, ratio, reached: target.atLeast === undefined ? ratio.median <= target.atMost : ratio.median >= target.atLeast }]
  })
}

const earlier = values.beside === undefined ? undefined : buildCommit(values.beside)
if (earlier !== undefined) process.once('exit', earlier.remove)
settings.earlierScript = earlier?.script

const report = { node: process.version, processor: cpus()[0].model, cores: cpus().length, date: new Date().toISOString().slice(0, 10), rounds: settings.rounds, benchmarks: [] }

for (const name of positionals.length > 0 ? positionals : values.svg ? picturedBenchmarks : names) {
  const { default: whole } = await import(`./${name}.js`)
  if (values.beside !== undefined && whole.ours === undefined) throw new Error(`${name} cannot run beside another commit`)
  const benchmark = values.beside === undefined ? whole : besideCommit(whole, values.beside)
  const scenarios = []
  tell(`\n## ${benchmark.title}\n`)
  const missing = Object.entries(benchmark.needs ?? {}).filter(([, isThere]) => !isThere).map(([program]) => program)
  if (missing.length > 0) tell(`\nleft out, since they are not installed: ${missing.join(', ')}\n`)
  const prepared = await benchmark.prepare?.(settings)
  try {
    for (const scenario of runRounds(benchmark, settings, prepared)) {
      scenarios.push(scenario)
      tell(`\n${scenarioTable(benchmark, scenario)}\n`)
    }
  } finally {
    prepared?.remove()
  }
  const targets = measuredTargets(benchmark, scenarios)
  report.benchmarks.push({ name, scenarios, targets })
  if (targets.length > 0) tell(`\n${targetTable(targets)}\n`)
}

if (values.svg) writeFileSync(values.to, benchmarkPicture(report))
if (values.json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`)
tell(`\n${report.processor}, ${report.cores} cores, Node ${report.node}, ${report.date}, ${report.rounds} rounds\n`)
