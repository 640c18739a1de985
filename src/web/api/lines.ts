// `/api/v1/logs/{id}/lines`: the newest lines, or those before or after a line. As an event stream it shows how far the search
// is, and goes on as long as the client listens.
import { systemClock } from '../../clock.js'
import { formatLineCursor, type FilePlace } from '../../policy/lines/line-cursor.js'
import { LineReader, type ReadRequest, type Trouble } from '../../reading/lines/line-reader.js'
import type { LineSource } from '../../reading/lines/line-source.js'
import { lastPlaces } from '../../reading/lines/last-places.js'
import type { PlacedLine } from '../../reading/lines/placed-lines.js'
import { sendJson } from '../server/answers.js'
import { asksForEvents, EventStream } from '../server/event-stream.js'
import { RequestError } from '../server/request-error.js'
import type { LogRequest } from '../server/web-request.js'
import { endOfLog, placeOf, readRequest, withLog, type OpenLog } from '../logs/open-log.js'
import { cursorOf, lineQueryOf, numberOf } from './request-filters.js'
import { ScanProgress } from './scan-progress.js'
import type { LogLine, Progress } from '../answer-shapes.js'
import { shownLine } from './shown-line.js'
import { troubleNote } from './trouble-note.js'

const linesMax = 1_000
const linesUsual = 200
/** Of lines in one answer, or in memory at a time. */
const bytesMax = 8 * 1024 * 1024
/** An answer that is no stream comes after this time at the latest, with what was found. */
const answerMs = 10_000

export interface FoundLines {
  /** The cursor before which the search goes on to older lines. */
  readonly before: string | null
  readonly after: string | null
  /** Whether there are no more lines in the direction of the search. */
  readonly isComplete: boolean
  readonly notes: readonly string[]
}

/** A search for lines. */
interface Search {
  readonly open: OpenLog
  readonly request: ReadRequest
  readonly limit: number
  readonly progress: ScanProgress
  readonly take: (lines: readonly LogLine[]) => Promise<void>
  /** False once the search must end. */
  readonly goesOn: () => boolean
  /** The cursor of the log's last line when the search began; null if the search does not reach it. */
  readonly logEnd: string | null
}

interface SearchListener extends Pick<Search, 'take' | 'goesOn'> {
  /** Called with the cursor of the log's last line, if the search begins there. */
  readonly begun: (after: string | null) => void
  readonly show: (progress: Progress) => void
}

/** Answers with lines. */
export async function linesRoute (asked: LogRequest): Promise<void> {
  await asked.gate.run(async () => await (asksForEvents(asked.headers.accept) ? streamed(asked) : answered(asked)), asked.signal)
}

async function answered (asked: LogRequest): Promise<void> {
  const lines: LogLine[][] = []
  const isForward = asked.query.has('after')
  const endMs = systemClock.monotonic() + answerMs
  const { notes, ...found } = await search(asked, {
    begun: () => {},
    take: async (more) => {
      lines[isForward ? 'push' : 'unshift']([...more])
      await Promise.resolve()
    },
    show: () => {},
    goesOn: () => systemClock.monotonic() < endMs
  })
  sendJson(asked.response, { lines: lines.flat(), ...found, ...notes.length > 0 && { note: notes.join('; ') } })
}

async function streamed (asked: LogRequest): Promise<void> {
  let stream: EventStream | null = null
  const opened = (): EventStream => {
    stream ??= new EventStream(asked.response)
    return stream
  }
  const sendSoon = (event: string, data: unknown): void => { void opened().send({ event, data }).catch(() => {}) }
  const { notes, ...found } = await search(asked, {
    begun: (after) => { sendSoon('begin', { after }) },
    take: async (lines) => { await opened().send({ event: 'lines', data: { lines } }) },
    show: (progress) => { sendSoon('progress', progress) },
    goesOn: () => true
  })
  await opened().send({ event: 'end', data: { ...found, ...notes.length > 0 && { note: notes.join('; ') } } })
  opened().end()
}

async function search (asked: LogRequest, { begun, take, show, goesOn }: SearchListener): Promise<FoundLines> {
  const { query, log } = asked
  const lineQuery = lineQueryOf(asked)
  const limit = numberOf(query, 'limit', linesUsual, 1, linesMax)
  const [before, after] = [cursorOf(query, 'before'), cursorOf(query, 'after')]
  if (before !== null && after !== null) throw new RequestError(400, 'parameter', 'before and after exclude each other')
  return await withLog(log, lineQuery, async (open) => {
    const request = readRequest(lineQuery, asked)
    const logEnd = await endOfLog(open)
    const shared = { open, request, limit, take, goesOn, logEnd: logEnd.cursor }
    if (after !== null) {
      const { index, endOffset } = await placeOf(open, after, request)
      const sources = open.sources.slice(index)
      return await withProgress(new ScanProgress(sources, show), async (progress) => await searchForward({ ...shared, progress }, sources, endOffset, query.get('after')))
    }
    const place = before === null ? null : await placeOf(open, before, request)
    const sources = place === null ? open.sources : open.sources.slice(0, place.index + 1)
    const toOffset = place?.offset ?? logEnd.offset
    if (place === null) begun(logEnd.cursor)
    return await withProgress(new ScanProgress(sources, show), async (progress) => await searchBackward({ ...shared, ...place !== null && { logEnd: null }, progress }, sources, toOffset))
  })
}

async function withProgress (progress: ScanProgress, work: (progress: ScanProgress) => Promise<FoundLines>): Promise<FoundLines> {
  try {
    return await work(progress)
  } finally {
    progress.end()
  }
}

async function searchBackward ({ request, limit, progress, take, goesOn, logEnd }: Search, sources: readonly LineSource[], toOffset: number): Promise<FoundLines> {
  const notes: string[] = []
  let [oldest, newest]: [string | null, string | null] = [null, null]
  const stop = await lastPlaces(sources, {
    ...request,
    toOffset,
    countMax: limit,
    goesOn: ({ source, at, foundLines, heldBytes }) => {
      progress.reached(source, at, foundLines)
      return goesOn() && heldBytes <= bytesMax
    },
    take: async ({ source, lines }) => {
      const shown = shownOf(source, lines)
      oldest = shown[0]?.cursor ?? oldest
      newest ??= shown.at(-1)?.cursor ?? null
      await take(shown)
    },
    trouble: (trouble) => { note(notes, trouble) }
  })
  const before = stop === null ? oldest : stop.source.place === undefined ? null : formatLineCursor({ file: stop.source.place, offset: stop.at, checksum: null })
  return { before, after: logEnd ?? newest, isComplete: stop === null, notes }
}

async function searchForward ({ request, limit, progress, take, goesOn, logEnd }: Search, sources: readonly LineSource[], fromOffset: number, asked: string | null): Promise<FoundLines> {
  const notes: string[] = []
  let [oldest, newest]: [string | null, string | null] = [null, asked]
  let [missing, bytes, isComplete, isOfActive] = [limit, 0, true, false]
  for await (const event of new LineReader(sources.map((source, index) => index === 0 ? { ...source, fromOffset } : source), request).readPlaces()) {
    if (event.kind === 'trouble') {
      note(notes, event.trouble)
      continue
    }
    const shown = shownOf(event.source, event.lines.filter(({ bytes: line }) => event.source.place?.kind !== 'active' || line.at(-1) === 0x0a).slice(0, missing))
    missing -= shown.length
    bytes += shown.reduce((sum, { text }) => sum + text.length, 0)
    oldest ??= shown[0]?.cursor ?? null
    newest = shown.at(-1)?.cursor ?? newest
    progress.reached(event.source, 0, limit - missing)
    if (shown.length > 0) {
      isOfActive = event.source.place?.kind === 'active'
      await take(shown)
    }
    if (missing > 0 && bytes <= bytesMax && goesOn()) continue
    isComplete = false
    break
  }
  return { before: oldest, after: isComplete && !isOfActive ? logEnd ?? newest : newest, isComplete, notes }
}

function shownOf ({ place = unknownPlace }: LineSource, lines: readonly PlacedLine[]): LogLine[] {
  return lines.map((line) => shownLine(place, line))
}

/** Content of a bundle without a marker. It has no cursor that can be found again. */
const unknownPlace: FilePlace = { kind: 'foreign', nameChecksum: 0 }

function note (notes: string[], trouble: Trouble): void {
  const text = troubleNote(trouble)
  if (notes.length < 5 && !notes.includes(text)) notes.push(text)
}
