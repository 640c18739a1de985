// The shapes of the histogram: one path for each level, stacked, and what a drag over it means.

export interface Bucket {
  readonly timeMs: number
  readonly counts: Readonly<Record<string, number>>
}

export interface HistogramShape {
  /** The path of each level, in a box of the given size. */
  readonly paths: ReadonlyArray<{ readonly level: string, readonly path: string }>
  readonly countMax: number
}

/** Stacks the levels in each bucket, the first level at the bottom. */
export function histogramShape (buckets: readonly Bucket[], levels: readonly string[], width: number, height: number): HistogramShape {
  const countMax = buckets.reduce((most, { counts }) => Math.max(most, sumOf(counts, levels)), 0)
  const stepPx = width / Math.max(1, buckets.length)
  const barPx = Math.max(stepPx - (stepPx > 4 ? 1 : 0), 0.5)
  const bottoms = buckets.map(() => height)
  const paths = levels.map((level) => ({
    level,
    path: buckets.map(({ counts }, index) => {
      const count = counts[level] ?? 0
      if (count === 0 || countMax === 0) return ''
      // One line among thousands is still seen.
      const barHeight = Math.max(1, count / countMax * (height - 2))
      const bottom = bottoms[index] ?? height
      bottoms[index] = bottom - barHeight
      return `M${round(index * stepPx)} ${round(bottom)}h${round(barPx)}v${round(-barHeight)}h${round(-barPx)}z`
    }).join('')
  })).filter(({ path }) => path !== '')
  return { paths, countMax }
}

/** The part of the time that was dragged over; null for a click or a tremble. */
export function draggedTimes (fromFraction: number, toFraction: number, fromMs: number, toMs: number): { sinceMs: number, untilMs: number } | null {
  const [left, right] = [fromFraction, toFraction].map((fraction) => Math.min(1, Math.max(0, fraction))).sort((a, b) => a - b)
  if (left === undefined || right === undefined || right - left < 0.005) return null
  const span = toMs - fromMs
  return { sinceMs: Math.floor(fromMs + left * span), untilMs: Math.ceil(fromMs + right * span) }
}

/** Twice the time, around the same middle. */
export function zoomedOut (fromMs: number, toMs: number): { sinceMs: number, untilMs: number } {
  const half = Math.max(1, (toMs - fromMs) / 2)
  return { sinceMs: Math.floor(fromMs - half), untilMs: Math.ceil(toMs + half) }
}

/** How many lines each level has in all buckets. */
export function levelCounts (buckets: readonly Bucket[]): Map<string, number> {
  const sums = new Map<string, number>()
  for (const { counts } of buckets) {
    for (const [level, count] of Object.entries(counts)) sums.set(level, (sums.get(level) ?? 0) + count)
  }
  return sums
}

const stepsMs = [1, 10, 100, 1_000, 5_000, 15_000, 60_000, 300_000, 900_000, 3_600_000, 10_800_000, 21_600_000, 43_200_000, 86_400_000, 172_800_000, 604_800_000, 2_592_000_000, 7_776_000_000, 31_536_000_000]

/** The times of the axis: at most so many, at round distances. `offsetMs` is the zone's distance from UTC. */
export function axisTimes (fromMs: number, toMs: number, ticksMax: number, offsetMs: number): number[] {
  const stepMs = stepsMs.find((step) => (toMs - fromMs) / step <= ticksMax)
  if (stepMs === undefined || toMs <= fromMs) return []
  const times = []
  for (let timeMs = Math.ceil((fromMs + offsetMs) / stepMs) * stepMs - offsetMs; timeMs < toMs && times.length < ticksMax; timeMs += stepMs) times.push(timeMs)
  return times
}

function sumOf (counts: Readonly<Record<string, number>>, levels: readonly string[]): number {
  return levels.reduce((sum, level) => sum + (counts[level] ?? 0), 0)
}

function round (value: number): number {
  return Math.round(value * 100) / 100
}
