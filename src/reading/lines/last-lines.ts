// Reads the last lines of a log from its end, and unpacks no more than is needed to find them.
import { readSync } from 'node:fs'
import { uninterrupted } from '../../disk/errno.js'
import { poolFor, type ScanPool } from '../scan/scan-pool.js'
import { blockLinesBytesMax, type Found, type ScanTask } from '../scan/scan-task.js'
import { BlockChoice } from '../../policy/blocks/block-choice.js'
import { lineStart } from '../../policy/lines/line-boundary.js'
import { GzipHops, type GzipPlace } from './gzip-hops.js'
import { LineAssembler } from './line-assembler.js'
import { LineReader, type ReadRequest, type Trouble } from './line-reader.js'
import type { LineSource, OpenSource } from './line-source.js'

const pieceBytesMin = 256 * 1024
/** A longer line is cut. */
const pieceBytesMax = 64 * 1024 * 1024
const newline = 0x0a

/** Yields the last matching lines, at most that many, in their order. `done` gets what is known after them, if there are lines around hits. */
export async function lastLines (sources: readonly LineSource[], request: ReadRequest, count: number, trouble: (trouble: Trouble) => void, done: (assembler: LineAssembler) => void = () => {}): Promise<Buffer[]> {
  if (request.context > 0 && count > 0) return await lastWithContext(sources, request, count, trouble, done)
  let kept: Buffer[] = []
  let missing = count
  for (const [index, source] of [...sources.entries()].reverse()) {
    if (missing <= 0) break
    request.signal.throwIfAborted()
    if (source.selection === 'skip') continue
    const found = new LastOf(missing)
    const previous = sources[index - 1]
    await readOne(previous?.selection === 'skip' ? previous : null, source, request, found, trouble)
    kept = [...found.batches, ...kept]
    missing -= found.count
  }
  return ended(kept)
}

// The lines around a hit may be in other files than the hit. So the last files are read as one, and twice as many until that is
// enough. Of the first lines of these files, the hits before them may want some more.
async function lastWithContext (sources: readonly LineSource[], request: ReadRequest, count: number, trouble: (trouble: Trouble) => void, done: (assembler: LineAssembler) => void): Promise<Buffer[]> {
  for (let files = 1; ; files *= 2) {
    const found = new LastOf(count)
    const troubles: Trouble[] = []
    let lines = 0
    const reader = new LineReader(sources.slice(-files), request)
    for await (const event of reader.read()) {
      if (event.kind === 'trouble') troubles.push(event.trouble)
      else {
        found.append(event.batch.lines, event.batch.count)
        lines += event.batch.count
      }
    }
    if (files < sources.length && lines < count + request.context) continue
    troubles.forEach(trouble)
    done(reader.assembler)
    return [lastOf(Buffer.concat(found.batches), count)]
  }
}

// After a skipped file, lines without a time at the beginning are not wanted either.
async function readOne (skipped: LineSource | null, source: LineSource, request: ReadRequest, found: LastOf, trouble: (trouble: Trouble) => void): Promise<void> {
  if (source.isReadOnce !== true && await readBackwards(skipped, source, request, found, trouble)) return
  for await (const event of new LineReader(skipped === null ? [source] : [skipped, source], request).read()) {
    if (event.kind === 'trouble') trouble(event.trouble)
    else found.append(event.batch.lines, event.batch.count)
  }
}

/** False if the source can only be read from its beginning. */
async function readBackwards (skipped: LineSource | null, source: LineSource, request: ReadRequest, found: LastOf, trouble: (trouble: Trouble) => void): Promise<boolean> {
  let open: OpenSource | null = null
  try {
    open = await source.open()
    if (open === null) return true
    const tasks = tasksBackwards(open, source, request, Infinity)
    if (tasks === null) return false
    const { conditions, window, timeKeys } = request
    const pool = poolFor({ conditions, window, timeKeys, give: 'lines', grouping: null }, conditions.length === 0 ? 0 : request.threads)
    try {
      const scans = await scanBackwards(tasks, pool, found.countMax, request.signal)
      if (scans === null) return false
      const assembler = new LineAssembler(0)
      if (skipped !== null) assembler.beginFile(skipped.selection)
      assembler.beginFile(source.selection)
      for (const { found: scan, followsWanted } of scans) {
        if (followsWanted !== null) assembler.skip(followsWanted)
        const { lines, count } = assembler.take(scan)
        found.append(lines, count)
      }
    } finally {
      await pool.close()
    }
  } catch (error) {
    request.signal.throwIfAborted()
    trouble({ kind: 'unreadable', source, error })
  } finally {
    await open?.close()
  }
  return true
}

/** A task, and where its lines begin, in bytes of the file's lines. */
interface PlacedTask {
  readonly task: ScanTask
  readonly at: number
  /** Whether the line before is wanted, as far as the header of a skipped block tells. */
  readonly followsWanted: boolean | null
}

export interface PlacedScan {
  readonly found: Found
  readonly at: number
  readonly followsWanted: boolean | null
}

/** What is found in the last chunks, in the order of the file; null if a block is not what its header says. */
export async function scanBackwards (tasks: Iterator<PlacedTask>, pool: ScanPool, count: number, signal: AbortSignal, goesOn = (_scan: PlacedScan): boolean => true): Promise<PlacedScan[] | null> {
  const scans: PlacedScan[] = []
  const running: Array<Omit<PlacedTask, 'task'> & { readonly answer: ReturnType<ScanPool['run']> }> = []
  for (let lines = 0, isDone = false; lines < count;) {
    signal.throwIfAborted()
    while (!isDone && running.length < pool.ahead) {
      const next = tasks.next()
      isDone = next.done === true
      if (next.done === true) continue
      const { task, at, followsWanted } = next.value
      const answer = pool.run(task)
      answer.catch(() => {}) // reported when its turn comes
      running.push({ at, followsWanted, answer })
    }
    const first = running.shift()
    if (first === undefined) break
    const answer = await first.answer
    if (answer.kind === 'fault') return null
    const scan = { found: trimmed(answer, count), at: first.at, followsWanted: first.followsWanted }
    scans.push(scan)
    if (!goesOn(scan)) break
    lines += answer.lines - answer.openLines
  }
  return scans.reverse()
}

// Lines before the last ones of a chunk are not kept in memory.
function trimmed (found: Found, count: number): Found {
  if (found.ranges.length > 0 || found.lines - found.openLines <= count) return found
  const bytes = Buffer.from(lastOf(Buffer.from(found.bytes), count))
  return { ...found, bytes, lines: count, openLines: 0, openBytes: 0 }
}

/** The tasks from the last lines before the offset to the first ones; null if the source can only be read from its beginning. */
export function tasksBackwards (open: OpenSource, { selection }: LineSource, request: ReadRequest, toOffset: number): Iterator<PlacedTask> | null {
  const ofAnyTime = request.window === null || selection === 'whole'
  if (open.plain !== null) return plainTasks({ ...open.plain, to: Math.min(open.plain.to, open.plain.from + toOffset) }, ofAnyTime)
  return open.gzip === null ? null : blockTasks(open.gzip, ofAnyTime, request, toOffset)
}

function blockTasks (place: GzipPlace, ofAnyTime: boolean, request: ReadRequest, toOffset: number): Iterator<PlacedTask> | null {
  const hops = new GzipHops(place)
  const choice = new BlockChoice(ofAnyTime ? { ...request, window: null } : request)
  const tasks: PlacedTask[] = []
  let followsWanted: boolean | null = null
  for (let position = place.from, at = 0; position < place.to && at < toOffset;) {
    const block = hops.blockAt(position)
    if (block === null || block.header.linesBytes > blockLinesBytesMax) return null
    const { memberBytes, linesBytes } = block.header
    const next = position + memberBytes
    const chosen = choice.of(block.header)
    if (chosen.unpack) tasks.push({ at, followsWanted, task: { kind: 'block', block: { descriptor: place.descriptor, position, memberBytes, linesBytes, isLast: next === place.to }, ofAnyTime } })
    followsWanted = chosen.unpack ? null : chosen.endsWanted ?? followsWanted
    position = next
    at += linesBytes
  }
  return tasks.reverse().values()
}

function * plainTasks ({ descriptor, from, to }: GzipPlace, ofAnyTime: boolean): Generator<PlacedTask, void> {
  for (let end = to; end > from;) {
    const lines = linesUpTo(descriptor, from, end)
    if (lines.length === 0) return
    end -= lines.length
    yield { at: end - from, followsWanted: null, task: { kind: 'lines', lines, ofAnyTime, isSole: true } }
  }
}

// Whole lines before the next ones: as many as a piece holds, but at least one.
function linesUpTo (descriptor: number, from: number, end: number): Buffer {
  for (let bytes = pieceBytesMin; ; bytes *= 4) {
    const start = Math.max(from, end - bytes)
    const piece = Buffer.allocUnsafeSlow(end - start)
    const read = piece.subarray(0, uninterrupted(() => readSync(descriptor, piece, 0, piece.length, start)))
    const cut = start === from ? 0 : read.indexOf(newline) + 1
    if (start === from || bytes >= pieceBytesMax || (cut > 0 && cut < read.length)) return read.subarray(cut)
  }
}

function lastOf (lines: Buffer, count: number): Buffer {
  let start = lines.length
  for (let left = count; left > 0 && start > 0; left--) start = lineStart(lines, start - 1)
  return lines.subarray(start)
}

// If a file's last line lacks its newline, one is added before the next file's first line.
function ended (batches: readonly Buffer[]): Buffer[] {
  return batches.map((batch, index) => index < batches.length - 1 && batch.at(-1) !== newline ? Buffer.concat([batch, Buffer.from('\n')]) : batch)
}

/** The last lines of everything appended. */
class LastOf {
  readonly countMax: number
  batches: Buffer[] = []
  count = 0
  #counts: number[] = []

  constructor (countMax: number) {
    this.countMax = countMax
  }

  append (lines: Buffer, count: number): void {
    if (count === 0) return
    this.batches.push(lines)
    this.#counts.push(count)
    this.count += count
    while (this.count - (this.#counts[0] ?? 0) >= this.countMax) {
      this.count -= this.#counts.shift() ?? 0
      this.batches.shift()
    }
    const surplus = this.count - this.countMax
    const [first] = this.batches
    if (surplus <= 0 || first === undefined) return
    this.#counts[0] = (this.#counts[0] ?? 0) - surplus
    this.batches[0] = Buffer.from(lastOf(first, this.#counts[0]))
    this.count = this.countMax
  }
}
