// One pass over sources of lines. Several portions are unpacked and searched at a time, and their answers come in order.
import type { LineQuery } from '../../policy/filters/line-scan.js'
import { GzipHops } from '../lines/gzip-hops.js'
import type { LineAssembler } from '../lines/line-assembler.js'
import type { LineSource, OpenSource } from '../lines/line-source.js'
import { portionsOf, streamed, type Damage, type Portion, type PortionRequest } from '../lines/portions.js'
import type { ScanPool } from './scan-pool.js'
import type { Found, ScanAnswer } from './scan-task.js'
import { SourceOpener, type Opening } from './source-opener.js'

export interface ReadRequest extends LineQuery {
  /** How many lines around each hit are included. */
  readonly context: number
  /** The most threads; 0 for the calling thread alone. */
  readonly threads: number
  readonly signal: AbortSignal
}

/** Why lines of a source are missing. */
export type Trouble =
  | { readonly kind: 'damage', readonly source: LineSource, readonly damage: Damage }
  | { readonly kind: 'unreadable', readonly source: LineSource, readonly error: unknown }
  /** A line was not checked because it is longer than lineBytesMax. */
  | { readonly kind: 'tooLong', readonly source: LineSource }

/** `at` is where the lines begin, in bytes of the source's lines. */
export type PassEvent =
  | { readonly kind: 'found', readonly source: LineSource, readonly found: Found, readonly at: number }
  | { readonly kind: 'part', readonly source: LineSource, readonly bytes: Buffer, readonly isFirst: boolean, readonly at: number }
  | { readonly kind: 'trouble', readonly trouble: Trouble }

type Step =
  | { readonly kind: 'begin', readonly source: LineSource, readonly opening: Promise<Opening> | null, readonly open: OpenSource | null }
  | { readonly kind: 'portion', readonly portion: Portion }
  | { readonly kind: 'unreadable', readonly error: unknown }
  | { readonly kind: 'end' }

interface Waiting {
  readonly step: Step
  readonly answer: Promise<ScanAnswer> | null
}

/** Steps without work are few compared with tasks. */
const stepsAheadMin = 2

/** One pass over the sources. */
export class ScanPass {
  readonly #sources: Iterable<LineSource>
  readonly #request: ReadRequest
  readonly #assembler: LineAssembler
  readonly #pool: ScanPool
  #source: LineSource | null = null
  #opening: Promise<Opening> | null = null
  #open: OpenSource | null = null
  /** Whether the rest of the source was already read, so that its planned steps are skipped. */
  #isRead = false

  constructor (sources: Iterable<LineSource>, request: ReadRequest, assembler: LineAssembler, pool: ScanPool) {
    this.#sources = sources
    this.#request = request
    this.#assembler = assembler
    this.#pool = pool
  }

  /** Yields what is found, and the problems of sources. */
  async * events (): AsyncGenerator<PassEvent, void> {
    const opener = new SourceOpener(this.#sources)
    try {
      for await (const { step, answer } of this.#inOrder(this.#steps(opener))) yield * this.#eventsOf(step, answer, opener)
    } finally {
      await opener.closeAll()
    }
  }

  async * #steps (opener: SourceOpener): AsyncGenerator<Step, void> {
    for (const { source, opening } of opener.inTurn()) {
      const opened = await opening
      yield { kind: 'begin', source, opening, open: opened?.kind === 'opened' ? opened.open : null }
      if (opened === null) continue
      if (opened.kind === 'refused') yield { kind: 'unreadable', error: opened.error }
      else if (opened.open !== null) yield * this.#portionSteps(source, opened.open)
      yield { kind: 'end' }
    }
  }

  async * #portionSteps (source: LineSource, open: OpenSource): AsyncGenerator<Step, void> {
    try {
      for await (const portion of portionsOf(open, portionRequest(source, this.#request))) yield { kind: 'portion', portion }
    } catch (error) {
      yield { kind: 'unreadable', error }
    }
  }

  // Keeps several tasks running, and yields each step in order once its answer is there.
  async * #inOrder (steps: AsyncGenerator<Step, void>): AsyncGenerator<Waiting, void> {
    const ahead = Math.max(stepsAheadMin, this.#pool.ahead)
    const queue: Waiting[] = []
    let next: Promise<IteratorResult<Step, void>> | null = steps.next()
    try {
      while (queue.length > 0 || next !== null) {
        const [head] = queue
        const isNextFirst = next !== null && queue.length < ahead && (head === undefined || await isFirst(next, head.answer))
        if (next !== null && isNextFirst) {
          const result: IteratorResult<Step, void> = await next
          next = result.done === true ? null : steps.next()
          if (result.done !== true) queue.push(this.#started(result.value))
        } else if (head !== undefined) {
          await head.answer
          queue.shift()
          yield head
        }
      }
    } finally {
      await next?.catch(() => {})
      await steps.return()
    }
  }

  #started (step: Step): Waiting {
    const answer = step.kind === 'portion' && step.portion.kind === 'task' ? this.#pool.run(step.portion.task) : null
    answer?.catch(() => {}) // reported when its turn comes
    return { step, answer }
  }

  async * #eventsOf (step: Step, answer: Promise<ScanAnswer> | null, opener: SourceOpener): AsyncGenerator<PassEvent, void> {
    switch (step.kind) {
      case 'begin':
        this.#source = step.source
        this.#opening = step.opening
        this.#open = step.open
        this.#isRead = false
        this.#assembler.beginFile(step.source.selection)
        break
      case 'portion':
        if (!this.#isRead) yield * this.#eventsOfPortion(step.portion, await answer)
        break
      case 'unreadable':
        if (this.#source !== null) yield { kind: 'trouble', trouble: { kind: 'unreadable', source: this.#source, error: step.error } }
        break
      case 'end':
        if (this.#opening !== null) await opener.close(this.#opening)
    }
  }

  async * #eventsOfPortion (portion: Portion, answer: ScanAnswer | null): AsyncGenerator<PassEvent, void> {
    const source = this.#source
    if (source === null) return
    switch (portion.kind) {
      case 'task':
        if (answer?.kind === 'found') yield { kind: 'found', source, found: answer, at: portion.at }
        else if (portion.task.kind === 'block' && answer !== null) yield * this.#readAnyway(portion.task.block, answer.fault, portion.at)
        break
      case 'skipped':
        this.#assembler.skip(portion.endsWanted)
        break
      case 'part':
        yield { kind: 'part', source, bytes: portion.bytes, isFirst: portion.isFirst, at: portion.at }
        break
      case 'damage':
        yield { kind: 'trouble', trouble: { kind: 'damage', source, damage: portion.damage } }
        break
      case 'tooLong':
        yield { kind: 'trouble', trouble: { kind: 'tooLong', source } }
    }
  }

  // The block is not what its header says. A damaged block is read as far as possible. If a line continues after the block,
  // the following headers are useless too.
  async * #readAnyway ({ position, memberBytes }: { position: number, memberBytes: number }, fault: 'damaged' | 'torn', at: number): AsyncGenerator<PassEvent, void> {
    const [source, open] = [this.#source, this.#open]
    if (source === null || open === null) return
    const to = fault === 'damaged' ? position + memberBytes : Infinity
    this.#isRead ||= fault === 'torn'
    const header = fault === 'damaged' ? open.gzip === null ? null : new GzipHops(open.gzip).headerAt(position) : null
    for await (const portion of streamed(open, { from: position, to }, portionRequest(source, this.#request), header, to < (open.gzip?.to ?? 0), at)) {
      yield * this.#eventsOfPortion(portion, portion.kind === 'task' ? await this.#pool.run(portion.task) : null)
    }
  }
}

/** The part of a request that a thread needs. */
export function queryOf ({ conditions, window, timeKeys }: LineQuery): LineQuery {
  return { conditions, window, timeKeys }
}

function portionRequest ({ selection, fromOffset = 0 }: LineSource, request: ReadRequest): PortionRequest {
  return { fromOffset, query: queryOf(request), ofAnyTime: request.window === null || selection === 'whole', maySkip: request.context === 0 }
}

/** Whether the next step is ready before the answer to the first waiting one. */
async function isFirst (next: Promise<unknown>, answer: Promise<unknown> | null): Promise<boolean> {
  if (answer === null) return false
  return await Promise.race([next.then(() => true), answer.then(() => false, () => false)])
}
