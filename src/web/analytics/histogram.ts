// `/api/v1/logs/{id}/histogram`: lines by time and level. All history comes from the headers of blocks. A short time, or a
// filter by more than the level, is counted line by line.
import { systemClock } from '../../clock.js'
import type { Condition } from '../../policy/filters/condition.js'
import { compares, isLevel, wantedLevel } from '../../policy/filters/condition-check.js'
import type { LineQuery } from '../../policy/filters/line-scan.js'
import type { Window } from '../../policy/filters/line-window.js'
import { LineSigns } from '../../policy/blocks/line-signs.js'
import { readRequest, withLog, type Reader } from '../logs/open-log.js'
import { lineQueryOf, numberOf } from '../api/request-filters.js'
import { sendJson } from '../server/answers.js'
import type { LogRequest } from '../server/web-request.js'
import type { WebLog } from '../logs/web-log.js'
import type { ChunkFacts } from './chunk-facts.js'
import { ChunkSurveyor } from './chunk-survey.js'
import type { HistogramAnswer } from '../answer-shapes.js'
import { readNewest } from './newest-lines.js'
import { TimeLevels } from './time-levels.js'

const bucketsUsual = 120
const bucketsMax = 500
/** Fewer bytes of lines are counted one by one. */
const exactBytesMax = 8 * 1024 * 1024
const readMsMax = 5_000
const surveyors = new WeakMap<WebLog['settings'], ChunkSurveyor>()

/** Answers with the histogram. */
export async function histogramRoute (asked: LogRequest): Promise<void> {
  const query = lineQueryOf(asked)
  const buckets = numberOf(asked.query, 'buckets', bucketsUsual, 1, bucketsMax)
  sendJson(asked.response, await asked.gate.run(async () => await histogramOf(asked.log, query, buckets, asked), asked.signal))
}

/** Counts the lines of a log by time and level. */
export async function histogramOf (log: WebLog, query: LineQuery, buckets: number, reader: Reader): Promise<HistogramAnswer> {
  return await withLog(log, query, async ({ sources }) => {
    const { chunks, bytes, totalBytes } = await surveyorOf(log).survey(sources, reader.signal)
    const wanted = query.window === null ? chunks : chunks.filter((chunk) => overlaps(chunk, query.window))
    const { fromMs, toMs } = spanOf(wanted, query.window, systemClock.now())
    const counted = new TimeLevels(fromMs, toMs, buckets)
    const linesBytes = wanted.reduce((sum, chunk) => sum + chunk.linesBytes, 0)
    const bounds = { fromMs, toMs, bucketMs: counted.bucketMs }
    if (query.conditions.some((condition) => !isOfLevel(condition)) || (linesBytes <= exactBytesMax && bytes === totalBytes)) {
      const signs = new LineSigns()
      const sample = await readNewest(sources, { ...readRequest(query, reader), msMax: readMsMax, linesMax: Infinity, take: (line) => { counted.addLines(line, signs) } })
      return { ...bounds, levels: counted.levels(), buckets: counted.buckets(), isExact: sample.bytes === sample.totalBytes, sampled: sample.bytes === sample.totalBytes ? null : sample }
    }
    const takes = levelTest(query.conditions)
    for (const chunk of wanted) counted.addChunk(chunk, takes)
    const lines = wanted.reduce((sum, chunk) => sum + chunk.lines, 0)
    return { ...bounds, levels: counted.levels(), buckets: counted.buckets(), isExact: !counted.isSpread && bytes === totalBytes, sampled: bytes === totalBytes ? null : { lines, bytes, totalBytes } }
  })
}

/** The kept survey of a log. */
function surveyorOf ({ settings }: WebLog): ChunkSurveyor {
  const known = surveyors.get(settings) ?? new ChunkSurveyor()
  surveyors.set(settings, known)
  return known
}

function overlaps ({ earliestMs, latestMs }: ChunkFacts, window: Window | null): boolean {
  return window === null || (latestMs >= window.sinceMs && earliestMs <= window.untilMs)
}

function spanOf (chunks: readonly ChunkFacts[], window: Window | null, nowMs: number): { fromMs: number, toMs: number } {
  let [fromMs, toMs] = [Infinity, -Infinity]
  for (const { likely } of chunks) {
    if (likely === null) continue
    fromMs = Math.min(fromMs, likely.earliestMs)
    toMs = Math.max(toMs, likely.latestMs)
  }
  if (fromMs > toMs) [fromMs, toMs] = [nowMs, nowMs]
  return { fromMs: finite(window?.sinceMs, fromMs), toMs: finite(window?.untilMs, toMs) }
}

function finite (bound: number | undefined, otherwise: number): number {
  return bound !== undefined && Number.isFinite(bound) ? bound : otherwise
}

function isOfLevel (condition: Condition): boolean {
  return (condition.kind === 'ordered' || condition.kind === 'equals') && isLevel(condition.path) && wantedLevel(condition.value) !== null
}

function levelTest (conditions: readonly Condition[]): (level: number) => boolean {
  return (level) => conditions.every((condition) => {
    if (condition.kind !== 'ordered' && condition.kind !== 'equals') return true
    const wanted = wantedLevel(condition.value)
    return wanted === null || (condition.kind === 'equals' ? level === wanted : compares(level, condition.ordering, wanted))
  })
}
