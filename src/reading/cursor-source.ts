// Reads the lines of a log from a cursor on, in batches of whole lines. Files may be rotated, compressed, bundled or removed
// meanwhile. Files are found by the order of their names alone, so the cursor stays valid.
import type { Clock } from '../clock.js'
import type { Settings } from '../options/settings.js'
import { headBytesMax, headChecksum, isAhead, oldest, past, type Cursor } from '../policy/forwarding/cursor.js'
import { BlockChoice } from '../policy/blocks/block-choice.js'
import { levelAndAbove } from '../policy/filters/condition.js'
import { usualTimeKeys } from '../policy/lines/line-time.js'
import { wholeFile, type Stretch } from '../disk/compress/codec.js'
import type { CompressError } from '../disk/compress/compress-error.js'
import { release } from '../disk/compress/release.js'
import { chunkBytes } from '../disk/open-file.js'
import { codecOf, compareArchives, followingId, type ArchiveId, type LogName } from '../policy/names/archive-name.js'
import { archiveStamp, periodAt } from '../policy/schedule/period.js'
import { settleMs } from '../policy/settling.js'
import { holdArchive, readArchive, type HeldArchive } from './archive-reading.js'
import { BatchGatherer, type CheckedBegin, type ReadBegin, type TakeBatch } from './batch-gatherer.js'
import { beginOf, BlockWalk, type LineTaker } from './block-walk.js'
import { bundledArchives, type BundledArchive } from './bundled-archives.js'
import { HeldFile } from './held-file.js'
import { LateLines } from './late-lines.js'
import { takeSnapshot, type ListedArchive, type LogSnapshot } from './log-snapshot.js'

export type { LineBatch, TakeBatch } from './batch-gatherer.js'

export interface Reached {
  /** The cursor after what was handed over. */
  readonly cursor: Cursor
  /** Whether the end of the active file was reached. */
  readonly isAtEnd: boolean
}

/** The reading of one file from the cursor on. */
interface FileReading {
  /** Null for the active file. */
  readonly id: ArchiveId | null
  /** Whether no writer can append to it any more. */
  readonly isFinished: boolean
  /** Compares the file's beginning with the cursor's. Missing, or null, if the reading itself compares it. */
  readonly check?: (cursor: Cursor) => Promise<CheckedBegin | 'other file' | null>
  /** Reads on from the cursor, or from the beginning. Resolves to the archive, open, if a delayed writer may still add a line to it. */
  readonly read: (taker: LineTaker, cursor: Cursor) => Promise<HeldArchive | null>
}

export interface CursorSourceContext {
  readonly log: LogName
  readonly settings: Settings
  readonly clock: Clock
  /** Called if another file is in the place of the cursor's file. The rest of that file is gone. */
  readonly onGap: (after: ArchiveId | null) => void
  /** Called if a part of a file cannot be unpacked. */
  readonly onDamage?: (damage: CompressError) => void
  /** Blocks without a line of this level or above may be passed over; null or missing for none. */
  readonly levelMin?: number | null
  /** How long a plain archive may still grow. */
  readonly graceMs?: number
}

export class CursorSource {
  readonly #context: CursorSourceContext
  /** When each plain archive was first seen here, by the monotonic clock. */
  #firstSeenMs: ReadonlyMap<string, number> = new Map()

  readonly #late: LateLines
  #takeLate: (lines: Buffer, place: Cursor) => Promise<void> = async () => { await Promise.resolve() }

  constructor (context: CursorSourceContext) {
    this.#context = context
    this.#late = new LateLines(context.log)
  }

  /** Closes the archives that are kept open for late lines. */
  async close (): Promise<void> {
    await this.#late.close()
  }

  /** Hands over what is there from the cursor on. Lines of a file wait while an archive before it may still grow. */
  async readOn (cursor: Cursor, take: TakeBatch, signal: AbortSignal): Promise<Reached> {
    const snapshot = await takeSnapshot(this.#context.log)
    try {
      const activeBytes = await snapshot.active?.sizeBytes() ?? 0
      const begin = await this.#beginOf(snapshot, cursor)
      this.#takeLate = async (lines, place) => { await take({ lines: Buffer.from(lines), place, from: begin, to: begin }) }
      await this.#late.readOn()
      let reached = begin
      for (const file of await this.#files(snapshot, activeBytes, begin)) {
        signal.throwIfAborted()
        if (file.id !== null && !isAhead(file.id, reached)) continue
        reached = await this.#readFile(file, reached, take)
        if (!file.isFinished) return { cursor: reached, isAtEnd: file.id === null }
      }
      return { cursor: reached, isAtEnd: true }
    } finally {
      await snapshot.active?.close()
    }
  }

  // Once archives were deleted by hand, later ones may get their names again: on the same day, or by a clock that was ahead. The cursor
  // would pass over them, so it goes back to the newest archive that is there, in a bundle or beside the log. It passes over that one
  // anyway. It does so only if the active file is the cursor's file, or if nothing of that file was sent yet.
  async #beginOf ({ archives, active }: LogSnapshot, cursor: Cursor): Promise<Cursor> {
    const { log, settings, clock } = this.#context
    const newest = archives.at(-1)?.value ?? null
    if (cursor.after === null || active === null || (newest !== null && !isAhead(cursor.after, past(newest)))) return cursor
    const nowMs = clock.now()
    if (isAhead(followingId(newest, archiveStamp(periodAt(nowMs, settings), nowMs, settings)), cursor)) return cursor
    if (cursor.head !== null && await skipTo(active, cursor) === 'other file') return cursor
    const kept = (await bundledArchives(log, settings, newest === null ? oldest : past(newest))).at(-1)?.archive ?? newest
    if (kept !== null && !isAhead(cursor.after, past(kept))) return cursor
    return { ...cursor, after: kept === null ? null : { stamp: kept.stamp, n: kept.n } }
  }

  async #readFile (file: FileReading, reached: Cursor, take: TakeBatch): Promise<Cursor> {
    const checked = reached.head === null ? null : await file.check?.(reached) ?? null
    // Without this, a short file would wait until it is long enough for the gatherer's own check.
    const cursor = checked === 'other file' ? { ...reached, offset: 0, head: null } : reached
    if (checked === 'other file') this.#context.onGap(reached.after)
    const gatherer = new BatchGatherer(cursor, take, () => { this.#context.onGap(cursor.after) }, checked === 'other file' ? null : checked)
    const open = await file.read(gatherer, cursor)
    try {
      await gatherer.flush()
      if (!file.isFinished || file.id === null) return gatherer.cursor
      await gatherer.finish()
    } finally {
      if (open !== null) this.#addLate(open, gatherer.cursor)
    }
    return past(file.id)
  }

  #addLate ({ held, archive }: HeldArchive, end: Cursor): void {
    let place = end
    this.#late.add({
      held,
      archive,
      sink: {
        addLate: async (lines) => {
          await this.#takeLate(lines, place)
          place = { ...place, offset: place.offset + lines.length }
        }
      }
    })
  }

  async #files ({ archives, active }: LogSnapshot, activeBytes: number, cursor: Cursor): Promise<FileReading[]> {
    const nowMs = this.#context.clock.monotonic()
    const plain = archives.filter(({ value }) => value.suffix === '')
    this.#firstSeenMs = new Map(plain.map(({ name }) => [name, this.#firstSeenMs.get(name) ?? nowMs]))
    // An archive that is still beside its bundle comes after it, and is passed over.
    const packed = [
      ...(await bundledArchives(this.#context.log, this.#context.settings, cursor)).map((found) => ({ archive: found.archive, reading: this.#bundled(found) })),
      ...archives.map((found) => ({ archive: found.value, reading: this.#archive(found, nowMs) }))
    ].sort((a, b) => compareArchives(a.archive, b.archive))
    return [...packed.map(({ reading }) => reading), ...active === null ? [] : [activeReading(active, activeBytes)]]
  }

  #bundled ({ archive, bundlePath, stretches }: BundledArchive): FileReading {
    return {
      id: archive,
      isFinished: true,
      check: async (cursor) => await withBundle(bundlePath, async (held) => await checkPacked(async (bytes) => await beginOfAll(held, stretches, bytes), cursor)),
      read: async (taker, { offset }) => await withBundle(bundlePath, async (held) => {
        const takesAll: LineTaker = { add: taker.add.bind(taker), pass: async (bytes) => { await taker.pass(bytes, async (count) => await beginOfAll(held, stretches, count)) } }
        let passedTo = offset
        for (const stretch of stretches) {
          await this.#unpack(held, stretch, takesAll, Math.max(0, passedTo))
          passedTo -= stretch.linesBytes
        }
        return null
      })
    }
  }

  #archive ({ name, value }: ListedArchive, nowMs: number): FileReading {
    const { log, graceMs } = this.#context
    const isFinished = value.suffix !== '' || nowMs - (this.#firstSeenMs.get(name) ?? nowMs) >= (graceMs ?? settleMs)
    const opening = holdLate(log, value)
    return {
      id: value,
      isFinished,
      check: async (cursor) => {
        const found = await opening()
        return found !== null && codecOf(found.archive, log) === 'gzip' ? await checkPacked(async (bytes) => await beginOf(found.held, wholeFile, bytes), cursor) : null
      },
      read: async (taker, cursor) => {
        const found = await opening()
        if (found === null) return null // removed meanwhile
        const codec = codecOf(found.archive, log)
        let mayGrow = false
        try {
          if (codec === 'gzip') await this.#unpack(found.held, wholeFile, taker, cursor.offset)
          else this.#report(await readArchive(log, found, async (piece) => { await taker.add(piece) }))
          mayGrow = isFinished && graceMs === undefined && codec === null
        } finally {
          if (!mayGrow) await found.held.close()
        }
        return mayGrow ? found : null
      }
    }
  }

  async #unpack (held: HeldFile, stretch: Stretch, taker: LineTaker, passedTo: number): Promise<void> {
    const { levelMin = null } = this.#context
    const choice = levelMin === null ? null : new BlockChoice({ conditions: [levelAndAbove(levelMin)], window: null, timeKeys: usualTimeKeys })
    this.#report(await new BlockWalk(held, stretch, choice, taker).run(stretch, passedTo))
  }

  #report (damage: CompressError | null): void {
    if (damage !== null) this.#context.onDamage?.(damage)
  }
}

function activeReading (active: HeldFile, activeBytes: number): FileReading {
  return {
    id: null,
    isFinished: false,
    check: async (cursor) => await skipTo(active, cursor),
    read: async (taker) => {
      const buffer = Buffer.allocUnsafeSlow(chunkBytes)
      await active.readOn(async (piece) => { await taker.add(piece) }, activeBytes, buffer)
      release(buffer)
      return null
    }
  }
}

/** Opens the archive when it is first asked for. */
function holdLate (log: LogName, archive: ListedArchive['value']): () => Promise<HeldArchive | null> {
  let opening: Promise<HeldArchive | null> | null = null
  return async () => await (opening ??= holdArchive(log, archive))
}

// Blocks before the cursor are passed over, so only the beginning is unpacked for this.
async function checkPacked (readBegin: ReadBegin, { offset, head }: Cursor): Promise<CheckedBegin | 'other file'> {
  const begin = await readBegin(headBytesMax)
  return headChecksum(begin, offset) === head ? { begin, from: 0 } : 'other file'
}

/** Null if the bundle was removed meanwhile. */
async function withBundle<Found> (path: string, use: (held: HeldFile) => Promise<Found>): Promise<Found | null> {
  const held = await HeldFile.open(path)
  if (held === null) return null
  try {
    return await use(held)
  } finally {
    await held.close()
  }
}

async function beginOfAll (held: HeldFile, stretches: readonly Stretch[], bytes: number): Promise<Buffer> {
  let begin: Buffer = Buffer.alloc(0)
  for (const stretch of stretches) {
    if (begin.length >= bytes) break
    begin = Buffer.concat([begin, await beginOf(held, stretch, bytes - begin.length)])
  }
  return begin
}

// A long active file is looked at every second, so what was sent of it is not read again.
async function skipTo (held: HeldFile, { offset, head }: Cursor): Promise<CheckedBegin | 'other file'> {
  const begin = await held.begin(Math.min(offset, headBytesMax))
  if (headChecksum(begin, offset) !== head || Number((await held.file.stats()).size) < offset) return 'other file'
  held.readFrom(offset)
  return { begin, from: offset }
}
