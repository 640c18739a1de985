// The README's picture of the benchmarks: bars of the medians, shortest first to read, with the machine and the date below.
import { median } from './rounds.js'

const panels = [
  {
    benchmark: 'hand-over',
    scenario: '100 lines a tick',
    metric: 'us',
    title: 'The application: time per log line, files rotate every 5 MiB',
    unit: 'µs',
    contestants: ['transport()', 'pino-rotor target', 'pino-roll', 'pino-roll sync', 'rotating-file-stream', 'pino/file']
  },
  {
    benchmark: 'drain',
    scenario: 'chunks of 64 KiB',
    metric: 'usPerMebibyte',
    title: 'The worker alone: time per MiB, in chunks of 64 KiB',
    unit: 'µs',
    contestants: ['pino-rotor', 'pino-roll', 'pino-roll sync', 'rotating-file-stream', 'pino/file']
  }
]

const width = 720
const marginPx = 24
const barsLeftPx = 200
const barsWidthPx = 410
const rowPx = 26
const titlePx = 40

/** The benchmarks that the picture needs. */
export const picturedBenchmarks = panels.map(({ benchmark }) => benchmark)

/** Whether the picture shows the scenario. */
export function isPictured (benchmark, scenario) {
  return panels.some((panel) => panel.benchmark === benchmark && panel.scenario === scenario)
}

/** Draws the report of a run. A panel whose scenario did not run is left out. */
export function benchmarkPicture (report) {
  const parts = []
  let top = 12
  for (const panel of panels) {
    const bars = barsOf(panel, report)
    if (bars.length === 0) continue
    parts.push(panelAt(top, panel, bars))
    top += titlePx + bars.length * rowPx + 12
  }
  const height = top + 34
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>pino-rotor beside other log file transports: shorter is faster</title>
<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8" fill="#ffffff" stroke="#d0d7de"/>
<g font-family="system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, 'DejaVu Sans', sans-serif" font-size="13" fill="#1f2328">
${parts.join('\n')}
<text x="${marginPx}" y="${height - 16}" font-size="11" fill="#59636e">Shorter is faster. Medians of ${report.rounds} ${report.rounds === 1 ? 'round' : 'rounds'}. ${escaped(report.processor)}, ${report.cores} cores, Node ${report.node}, ${report.date}</text>
</g>
</svg>
`
}

function barsOf ({ benchmark, scenario, metric, contestants }, { benchmarks }) {
  const results = benchmarks.find(({ name }) => name === benchmark)?.scenarios.find((ran) => ran.scenario === scenario)?.results ?? {}
  return contestants.filter((contestant) => contestant in results)
    .map((contestant) => ({ contestant, value: median(results[contestant].map((numbers) => numbers[metric])) }))
}

function panelAt (top, { title, unit }, bars) {
  const longest = Math.max(...bars.map(({ value }) => value))
  const rows = bars.map(({ contestant, value }, index) => {
    const y = top + titlePx + index * rowPx
    const barWidth = Math.max(1, Math.round(value / longest * barsWidthPx))
    const isOurs = contestant.includes('pino-rotor') || contestant === 'transport()'
    const name = contestant === 'transport()' ? 'pino-rotor transport()' : contestant
    return `<text x="${barsLeftPx - 10}" y="${y + 14}" text-anchor="end"${isOurs ? ' font-weight="600"' : ''}>${escaped(name)}</text>
<rect x="${barsLeftPx}" y="${y}" width="${barWidth}" height="18" rx="3" fill="${isOurs ? '#1a7f37' : '#afb8c1'}"/>
<text x="${barsLeftPx + barWidth + 8}" y="${y + 14}" fill="#59636e">${shown(value)} ${unit}</text>`
  })
  return `<text x="${marginPx}" y="${top + 24}" font-size="14" font-weight="600">${escaped(title)}</text>\n${rows.join('\n')}`
}

function shown (value) {
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(2)
}

function escaped (text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
