// `/api/v1/logs/{id}/context`: the lines around one line, without a filter.
import { usualTimeKeys } from '../../policy/lines/line-time.js'
import { LineReader } from '../../reading/lines/line-reader.js'
import { lastPlaces } from '../../reading/lines/last-places.js'
import type { PlacedLine } from '../../reading/lines/placed-lines.js'
import type { LineSource } from '../../reading/lines/line-source.js'
import { sendJson } from '../server/answers.js'
import { RequestError } from '../server/request-error.js'
import type { LogRequest } from '../server/web-request.js'
import { placeOf, readRequest, withLog } from '../logs/open-log.js'
import { cursorOf, numberOf } from './request-filters.js'
import type { LogLine } from '../answer-shapes.js'
import { shownLine } from './shown-line.js'

const linesUsual = 5
const linesMax = 100
const everything = { conditions: [], window: null, timeKeys: usualTimeKeys }

/** Answers with the line of the cursor and those before and after it, oldest first. */
export async function contextRoute ({ log, query, response, gate, signal }: LogRequest): Promise<void> {
  const cursor = cursorOf(query, 'cursor')
  if (cursor === null) throw new RequestError(400, 'parameter', 'cursor: expected the cursor of a line')
  const count = numberOf(query, 'lines', linesUsual, 0, linesMax)
  const lines = await gate.run(async () => await withLog(log, everything, async (open) => {
    const request = readRequest(everything, { gate, signal })
    const { index, offset } = await placeOf(open, cursor, request)
    let before: LogLine[] = []
    if (count > 0) {
      await lastPlaces(open.sources.slice(0, index + 1), {
        ...request,
        toOffset: offset,
        countMax: count,
        goesOn: () => true,
        take: async (found) => {
          before = [...shownOf(found.source, found.lines), ...before]
          await Promise.resolve()
        },
        trouble: () => {}
      })
    }
    let after: LogLine[] = []
    const rest = open.sources.slice(index).map((source, at) => at === 0 ? { ...source, fromOffset: offset } : source)
    for await (const event of new LineReader(rest, request).readPlaces()) {
      if (event.kind === 'places') after = [...after, ...shownOf(event.source, event.lines.slice(0, count + 1 - after.length))]
      if (after.length > count) break
    }
    return [...before, ...after]
  }), signal)
  sendJson(response, { lines })
}

function shownOf ({ place }: LineSource, lines: readonly PlacedLine[]): LogLine[] {
  return place === undefined ? [] : lines.map((line) => shownLine(place, line))
}
