// `/api/v1/logs/{id}/groups`: counts by a field over time, and the percentiles of a numeric field by another one, such as the
// response time by route. It reads the newest lines for a bounded time, and says what it read.
import { fieldAt, parseRecord } from '../../policy/lines/field-path.js'
import { lineTimeAt } from '../../policy/lines/line-time.js'
import { readRequest, withLog } from '../logs/open-log.js'
import { fieldOf, lineQueryOf, numberOf } from '../api/request-filters.js'
import { sendJson } from '../server/answers.js'
import { RequestError } from '../server/request-error.js'
import type { LogRequest } from '../server/web-request.js'
import type { GroupsAnswer } from '../answer-shapes.js'
import { Measured } from './measured.js'
import { readNewest } from './newest-lines.js'

const bucketsUsual = 60
const bucketsMax = 300
const readMsMax = 2_000
const linesMax = 50_000

/** Answers with the groups. */
export async function groupsRoute (asked: LogRequest): Promise<void> {
  const query = lineQueryOf(asked)
  const by = fieldOf(asked.query, 'by')
  if (by === null) throw new RequestError(400, 'parameter', 'by: expected a field, such as res.statusCode')
  const measure = asked.query.get('measure') === 'none' ? null : fieldOf(asked.query, 'measure')
  const buckets = numberOf(asked.query, 'buckets', bucketsUsual, 1, bucketsMax)
  const measured = new Measured()
  const sampled = await asked.gate.run(async () => await withLog(asked.log, query, async ({ sources }) => await readNewest(sources, {
    ...readRequest(query, asked),
    msMax: readMsMax,
    linesMax,
    take: (line) => {
      const record = parseRecord(line.toString('utf8'))
      const value = fieldAt(record, by)
      if (value === undefined) return
      const amount = measure === null ? NaN : fieldAt(record, measure)
      measured.add(lineTimeAt(line, 0, line.length, query.timeKeys), value, typeof amount === 'number' ? amount : NaN)
    }
  })), asked.signal)
  sendJson(asked.response, { ...measured.series(buckets, query.window, measure !== null), sampled } satisfies GroupsAnswer)
}
