// The rows of one log under one filter: the newest lines first, older and newer ones as the user scrolls, and the live tail with
// its pause. The list that shows them is drawn at most once a frame, however many lines arrive.
import { ask, faultText, ServerFault, type Parameters } from '../server/api.js'
import type { ContextAnswer, LinesEnd, Progress } from '../../answer-shapes.js'
import { followLog, type Push } from '../follow/follow-log.js'
import { searchLines } from './search-lines.js'
import { Ring, type LogLine, type Row } from './ring.js'
import { firstTail, type PauseReason, type Tail } from './tail.js'

const bounds = { rowsMax: 10_000, charactersMax: 16_000_000 }
const firstLines = '300'
const moreLines = '500'

export interface FeedQuestion {
  readonly logId: number
  /** The filter and the times. */
  readonly parameters: Parameters
  /** The cursor of a line to begin at; null for the newest lines. */
  readonly line: string | null
  /** Whether the times end at a given one, so that no new line can come. */
  readonly hasEnd: boolean
  readonly isPaused: boolean
}

/** How far one end of the rows is known: there is more, or this is the end, or the user stopped the search. */
type Edge =
  | { readonly at: 'more', readonly cursor: string | null }
  | { readonly at: 'end' }

interface SearchFault {
  readonly text: string
  readonly direction: Search['direction']
  /** Whether retention has removed the line that the search began at. */
  readonly isGone: boolean
}

interface Search {
  readonly direction: 'older' | 'newer'
  readonly progress: Progress | null
  readonly abort: AbortController
}

export class LogFeed {
  readonly ring = new Ring(bounds)
  readonly #question: FeedQuestion
  readonly #waiting = new Ring(bounds)
  readonly #listeners = new Set<() => void>()
  readonly #ending = new AbortController()
  #following: AbortController | null = null
  #lostWaiting = 0
  /** Of the log's last line when the search for the newest lines began. */
  #logEnd: string | null = null
  #frame: number | null = null
  #generation = 0

  tail: Tail
  search: Search | null = null
  older: Edge = { at: 'more', cursor: null }
  newer: Edge = { at: 'more', cursor: null }
  wasStopped = false
  isConnected = false
  /** Why the last search failed. */
  fault: SearchFault | null = null
  /** Why new lines do not come. */
  followFault: string | null = null
  note: string | null = null
  /** Lines that came during a pause. */
  newLines = 0
  /** Lines that came faster than the page takes them. */
  skippedLines = 0

  constructor (question: FeedQuestion) {
    this.#question = question
    this.tail = firstTail(question)
  }

  /** Calls the listener before the next frame after a change. */
  subscribe (listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => { this.#listeners.delete(listener) }
  }

  /** Reads the first lines and begins to follow. */
  async start (): Promise<void> {
    const { line } = this.#question
    if (line === null) await this.#readNewest()
    else await this.#readAround(line)
  }

  /** Ends all requests. */
  close (): void {
    this.#ending.abort()
    this.search?.abort.abort()
    this.#following?.abort()
    if (this.#frame !== null) cancelAnimationFrame(this.#frame)
    this.#listeners.clear()
  }

  /** Stops the running search. What it found stays. */
  stopSearch (): void {
    if (this.search === null) return
    const { direction, abort } = this.search
    abort.abort()
    this.wasStopped = true
    this.search = null
    const oldest = this.ring.edgeLine('oldest')
    if (direction === 'older') this.older = { at: 'more', cursor: oldest?.cursor ?? null }
    if (this.#following === null && this.newer.at === 'more' && direction === 'older') this.#follow(this.#logEnd ?? this.ring.edgeLine('newest')?.cursor ?? null)
    this.#changed()
  }

  pause (by: PauseReason): void {
    if (this.tail.at === 'off' || (this.tail.at === 'paused' && this.tail.by === 'user')) return
    this.tail = { at: 'paused', by }
    this.#changed()
  }

  /** Shows what came during the pause, and goes on. */
  async resume (): Promise<void> {
    if (this.tail.at === 'live' || this.#question.hasEnd) return
    this.newLines = 0
    if (this.tail.at === 'off') {
      await this.#restart(null)
      return
    }
    this.tail = { at: 'live' }
    if (this.#lostWaiting > 0) this.#append([{ kind: 'gap', message: `${this.#lostWaiting.toLocaleString('en')} lines of the pause are not shown here: the page holds only the newest` }])
    this.#append(this.#waiting.rows())
    this.#waiting.clear()
    this.#lostWaiting = 0
    this.#changed()
  }

  async loadOlder (): Promise<void> {
    if (this.search !== null || this.older.at === 'end' || this.older.cursor === null || this.wasStopped) return
    await this.#searchOlder([['before', this.older.cursor], ['limit', moreLines]])
  }

  /** Goes on with a search that was stopped. */
  async searchOn (): Promise<void> {
    if (this.search !== null || this.older.at === 'end') return
    this.wasStopped = false
    if (this.older.cursor === null) await this.#readNewest()
    else await this.loadOlder()
  }

  async loadNewer (): Promise<void> {
    if (this.search !== null || this.newer.at === 'end' || this.newer.cursor === null || this.#following !== null) return
    const end = await this.#search('newer', [['after', this.newer.cursor], ['limit', moreLines]], (rows) => { this.#append(rows) })
    if (end === null) return
    this.newer = end.isComplete ? { at: 'end' } : { at: 'more', cursor: end.after }
    if (end.isComplete && !this.#question.hasEnd) {
      this.tail = { at: 'paused', by: 'scroll' }
      this.#follow(end.after)
    }
    this.#changed()
  }

  /** Asks once more after a fault: for what failed, or for everything if what the page holds is kept no more. */
  async again (): Promise<void> {
    const { fault } = this
    if (fault === null || this.search !== null) return
    const { line } = this.#question
    const edge = fault.direction === 'newer' ? this.newer : this.older
    if (fault.isGone || edge.at === 'end' || edge.cursor === null) await this.#restart(fault.isGone ? null : line)
    else await (fault.direction === 'newer' ? this.loadNewer() : this.loadOlder())
  }

  async #restart (line: string | null): Promise<void> {
    this.search?.abort.abort()
    this.search = null
    this.wasStopped = false
    this.ring.clear()
    this.#waiting.clear()
    this.#generation++
    this.tail = firstTail({ ...this.#question, line, isPaused: false })
    this.#changed()
    if (line === null) await this.#readNewest()
    else await this.#readAround(line)
  }

  async #readNewest (): Promise<void> {
    const end = await this.#searchOlder([['limit', firstLines]])
    if (end === null) return
    this.newer = { at: 'end' }
    if (!this.#question.hasEnd) this.#follow(end.after)
    this.#changed()
  }

  async #readAround (cursor: string): Promise<void> {
    try {
      const { lines } = await ask<ContextAnswer>(`logs/${this.#question.logId}/context`, [['cursor', cursor], ['lines', '0']], this.#ending.signal)
      this.#append(lines.map(rowOf))
    } catch (error) {
      this.#fail(error, 'older')
      return
    }
    this.older = { at: 'more', cursor }
    this.newer = { at: 'more', cursor }
    await this.#searchOlder([['before', cursor], ['limit', '100']])
    await this.loadNewer()
  }

  async #searchOlder (parameters: Parameters): Promise<LinesEnd | null> {
    const end = await this.#search('older', parameters, (rows) => {
      if (this.ring.prepend(rows) > 0) this.#loseNewest()
    })
    if (end?.note !== undefined) this.note = end.note
    if (end !== null) this.older = end.isComplete || end.before === null ? { at: 'end' } : { at: 'more', cursor: end.before }
    this.#changed()
    return end
  }

  // Resolves with null if the search failed or was stopped.
  async #search (direction: 'older' | 'newer', parameters: Parameters, take: (rows: readonly Row[]) => void): Promise<LinesEnd | null> {
    const abort = new AbortController()
    const generation = this.#generation
    this.search = { direction, progress: null, abort }
    this.fault = null
    this.#changed()
    try {
      return await searchLines(this.#question.logId, [...this.#question.parameters, ...parameters], abort.signal, {
        begun: (after) => { this.#logEnd = after },
        progress: (progress) => { this.search = { direction, progress, abort } },
        lines: (lines) => { if (generation === this.#generation) take(lines.map(rowOf)) },
        changed: () => this.#changed()
      })
    } catch (error) {
      this.#fail(error, direction)
      return null
    } finally {
      this.#endSearch(abort)
    }
  }

  #endSearch (abort: AbortController): void {
    if (this.search?.abort === abort) this.search = null
  }

  #follow (cursor: string | null): void {
    this.#following?.abort()
    const { signal } = this.#following = new AbortController()
    this.newer = { at: 'end' }
    void followLog(this.#question.logId, this.#question.parameters, cursor, signal, {
      push: (push) => { this.#take(push) },
      connection: (isConnected, fault) => {
        if (signal.aborted) return
        this.isConnected = isConnected
        this.followFault = fault
        this.#changed()
      }
    })
  }

  #take ({ rows, lines, skipped }: Push): void {
    this.skippedLines += skipped
    if (this.tail.at === 'live') this.#append(rows)
    else {
      this.newLines += lines + skipped
      this.#lostWaiting += this.#waiting.append(rows)
    }
    this.#changed()
  }

  #append (rows: readonly Row[]): void {
    if (this.ring.append(rows) > 0) this.older = { at: 'more', cursor: this.ring.edgeLine('oldest')?.cursor ?? null }
  }

  // The newest rows had to go while the user looks at old ones: the tail begins anew when the user asks for it.
  #loseNewest (): void {
    this.#following?.abort()
    this.#following = null
    this.#waiting.clear()
    this.isConnected = false
    this.tail = { at: 'off' }
    this.newer = { at: 'more', cursor: this.ring.edgeLine('newest')?.cursor ?? null }
  }

  #fail (error: unknown, direction: Search['direction']): void {
    const text = faultText(error)
    if (text !== null) this.fault = { text, direction, isGone: error instanceof ServerFault && error.status === 410 }
    this.#changed()
  }

  #changed (): void {
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = null
      for (const listener of this.#listeners) listener()
    })
  }
}

function rowOf (line: LogLine): Row {
  return { kind: 'line', line }
}
