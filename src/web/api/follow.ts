// `/api/v1/logs/{id}/follow`: new lines as events, across rotations. A client that connects again goes on after the last line
// that it got. The work of a push is bounded, and lines beyond it are counted, not sent.
import type { ServerResponse } from 'node:http'
import { systemClock } from '../../clock.js'
import { compareArchives } from '../../policy/names/archive-name.js'
import { parseLineCursor, type FilePlace, type LineCursor } from '../../policy/lines/line-cursor.js'
import type { HeldArchive } from '../../reading/archive-reading.js'
import { closingOnFailure, type HeldFile } from '../../reading/held-file.js'
import { holdAll } from '../../reading/successors.js'
import { Follower } from '../../reading/follower.js'
import { PlaceFlow } from '../../reading/lines/place-flow.js'
import type { ReadRequest } from '../../reading/lines/line-reader.js'
import { listArchives } from '../../reading/log-snapshot.js'
import { EventStream } from '../server/event-stream.js'
import { RequestError } from '../server/request-error.js'
import type { LogRequest } from '../server/web-request.js'
import { placeOf, readRequest, withLog, type OpenLog } from '../logs/open-log.js'
import { given, lineQueryOf } from './request-filters.js'
import { TailPushes } from './tail-pushes.js'

/** A client that is further behind goes on at the end of the log. */
const catchUpBytesMax = 32 * 1024 * 1024
const lookEveryMs = 50

/** Where to begin. */
interface Begin {
  /** Archives to read first, open. */
  readonly archives: readonly HeldArchive[]
  /** Where to read the active file from, if that is the first file. */
  readonly startOffset: number
  /** Lines of the first file that begin before it are left out. */
  readonly fromOffset: number
  /** Whether lines are missing since the cursor. */
  readonly hasGap: boolean
}

/** Answers with events until the client leaves. */
export async function followRoute (asked: LogRequest): Promise<void> {
  await asked.follows.run(async () => { await follow(asked) }, asked.signal)
}

async function follow (asked: LogRequest): Promise<void> {
  const { log, response, signal } = asked
  const query = lineQueryOf(asked)
  const cursor = lastSeen(asked)
  await withLog(log, { window: null, timeKeys: query.timeKeys }, async (open) => {
    const { active, newest } = open.files
    if (active === null) throw new RequestError(404, 'unreadable', 'the log has no active file now: there is nothing to follow')
    const request = readRequest(query, asked)
    const { begin, stream } = await closingOnFailure(async (opened) => await begun(await beginOf(open, cursor, request, opened), response))
    const pushes = new TailPushes(stream)
    const flows = new Flows(request, begin, pushes)
    if (begin.archives.length === 0) active.held.readFrom(begin.startOffset)
    const follower = new Follower({ log: open.files.log, recent: [], active: active.held, newest }, (file) => flows.of(file), systemClock, () => {}, { lookEveryMs, isPrompt: true, before: begin.archives })
    try {
      await Promise.race([follower.follow(async () => { await Promise.resolve() }), left(signal)])
    } finally {
      pushes.stop()
      await follower.close()
      await flows.close()
    }
  })
}

// Throws if the client has left.
async function begun (begin: Begin, response: ServerResponse): Promise<{ begin: Begin, stream: EventStream }> {
  const stream = new EventStream(response)
  if (begin.hasGap) await stream.send({ event: 'gap', data: {} })
  return { begin, stream }
}

/** Rejects when the client leaves. */
async function left (signal: AbortSignal): Promise<never> {
  return await new Promise((_resolve, reject) => {
    const leave = (): void => { reject(signal.reason as Error) }
    if (signal.aborted) leave()
    signal.addEventListener('abort', leave, { once: true })
  })
}

/** Makes a flow for each file. The first one begins at the place where the client is. */
class Flows {
  readonly #request: ReadRequest
  readonly #begin: Begin
  readonly #pushes: TailPushes
  readonly #open: PlaceFlow[] = []
  #count = 0

  constructor (request: ReadRequest, begin: Begin, pushes: TailPushes) {
    this.#request = request
    this.#begin = begin
    this.#pushes = pushes
  }

  of (file: FilePlace): PlaceFlow {
    const ordinal = this.#count++
    const isFirst = ordinal === 0
    // An archive is read from its beginning, and the active file from its place on.
    const start = isFirst ? { at: file.kind === 'active' ? this.#begin.startOffset : 0, fromOffset: this.#begin.fromOffset } : { at: 0, fromOffset: 0 }
    const flow = new PlaceFlow(this.#request, start, (lines) => { this.#pushes.add(file, ordinal, lines) })
    this.#open.push(flow)
    return flow
  }

  async close (): Promise<void> {
    await Promise.all(this.#open.map(async (flow) => { await flow.close() }))
  }
}

// A browser that connects again names the last event. A page that begins after lines it has already shows names the last of them.
function lastSeen ({ headers, query }: LogRequest): LineCursor | null {
  const named = headers['last-event-id']
  const text = (typeof named === 'string' && named !== '' ? named : undefined) ?? given(query, 'after')
  if (text === undefined) return null
  const cursor = parseLineCursor(text)
  if (cursor === null) throw new RequestError(400, 'parameter', 'Last-Event-ID: expected a cursor from an answer')
  return cursor
}

// Each file that it opens is added to `opened`.
async function beginOf (open: OpenLog, cursor: LineCursor | null, request: ReadRequest, opened: HeldFile[]): Promise<Begin> {
  const atEnd = async (hasGap: boolean): Promise<Begin> => {
    const endOffset = await open.files.active?.held.endOfLines() ?? 0
    return { archives: [], startOffset: endOffset, fromOffset: endOffset, hasGap }
  }
  if (cursor === null) return await atEnd(false)
  try {
    const { index, offset, endOffset } = await placeOf(open, cursor, request)
    const place = open.sources[index]?.place
    // The seen line is read again and left out. Of a very long line, only the beginning is known.
    const fromOffset = endOffset > offset ? offset + 1 : offset
    if (place?.kind === 'active') return { archives: [], startOffset: offset, fromOffset, hasGap: false }
    const archives = place?.kind === 'archive' ? await archivesFrom(open, place.id, opened) : null
    return archives === null ? await atEnd(true) : { archives, startOffset: 0, fromOffset, hasGap: false }
  } catch (error) {
    if (error instanceof RequestError && error.status === 410) return await atEnd(true)
    throw error
  }
}

// Null if they are too long to be read again. The follower finds later ones itself.
async function archivesFrom ({ files: { log, newest } }: OpenLog, id: { readonly stamp: string, readonly n: number }, opened: HeldFile[]): Promise<HeldArchive[] | null> {
  const from = { ...id, name: '', suffix: '' } as const
  const listed = (await listArchives(log)).filter(({ value }) => compareArchives({ ...value, suffix: '' }, from) >= 0 && newest !== null && compareArchives({ ...value, suffix: '' }, { ...newest, suffix: '' }) <= 0)
  const bytes = listed.reduce((sum, found) => sum + found.bytes, 0)
  if (listed.length === 0 || bytes > catchUpBytesMax) return null
  return await holdAll(log, listed, opened)
}
