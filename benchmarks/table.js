// Results as tables that can be pasted into Markdown.
import { median, ratioOf } from './rounds.js'

/** One table a scenario: the medians of every number, and how many times that of the reference the first of them is. */
export function scenarioTable (benchmark, { scenario, reference, results }) {
  const metrics = Object.keys(benchmark.metrics)
  const ours = results[reference]
  const rows = Object.entries(results).map(([contestant, rounds]) => [
    contestant,
    ...metrics.map((metric) => number(median(rounds.map((numbers) => numbers[metric])))),
    number(ratioOf(rounds, ours, metrics[0]).median)
  ])
  const head = [scenario, ...metrics.map((metric) => benchmark.metrics[metric]), `÷ ${reference}`]
  return table(head, rows)
}

/** What was to be reached, and what was. */
export function targetTable (targets) {
  const rows = targets.map(({ says, atLeast, atMost, reached, ratio }) => [
    says,
    atLeast === undefined ? `at most ${atMost}` : `at least ${atLeast}`,
    number(ratio.median),
    `${number(ratio.low)} to ${number(ratio.high)}`,
    reached ? 'yes' : 'no'
  ])
  return table(['to reach', 'target', 'measured', 'half of the rounds', 'reached'], rows)
}

function table (head, rows) {
  const columns = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column].length)))
  const line = (cells) => `| ${cells.map((cell, column) => column === 0 ? cell.padEnd(columns[column]) : cell.padStart(columns[column])).join(' | ')} |`
  const rule = `|${columns.map((width, column) => column === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`).join('|')}|`
  return [line(head), rule, ...rows.map(line)].join('\n')
}

function number (value) {
  if (!Number.isFinite(value) || value === null) return '–'
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(value > 0.9 && value < 1.1 ? 3 : 2)
}
