// Reads the lines of a log from a cursor on, in batches of whole lines. Files may be rotated, compressed, bundled or removed
// meanwhile. Files are found by the order of their names alone, so the cursor stays valid.
import type { Clock } from '../clock.js'
import type { Settings } from '../options/settings.js'
import { headBytesMax, headChecksum, isAhead, mayHoldUnsent, past, type Cursor } from '../policy/forwarding/cursor.js'
import { codecOf, parseArchiveName, type ArchiveId, type LogName } from '../policy/names/archive-name.js'
import { settleMs } from '../policy/settling.js'
import { holdArchive, readArchive, type HeldArchive } from './archive-reading.js'
import { BatchGatherer, type TakeBatch } from './batch-gatherer.js'
import { findBundles, membersOf } from './bundle-reading.js'
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
  /** Skips what the cursor has passed. Resolves to the file's beginning, unless the file is not the cursor's. */
  readonly skipTo?: (cursor: Cursor) => Promise<Buffer | 'other file'>
  /** Resolves to the archive, open, if a delayed writer may still add a line to it. */
  readonly read: (take: (piece: Buffer) => Promise<void>) => Promise<HeldArchive | null>
}

export interface CursorSourceContext {
  readonly log: LogName
  readonly settings: Settings
  readonly clock: Clock
  /** Called if another file is in the place of the cursor's file. The rest of that file is gone. */
  readonly onGap: (after: ArchiveId | null) => void
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
      this.#takeLate = async (lines, place) => { await take({ lines: Buffer.from(lines), place, from: cursor, to: cursor }) }
      await this.#late.readOn()
      let reached = await this.#readBundles(cursor, take, signal)
      for (const file of this.#files(snapshot, activeBytes)) {
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

  async #readFile (file: FileReading, reached: Cursor, take: TakeBatch): Promise<Cursor> {
    const skipped = reached.head === null ? null : await file.skipTo?.(reached)
    // Without this, a short file would wait until it is long enough for the gatherer's own check.
    const cursor = skipped === 'other file' ? { ...reached, offset: 0, head: null } : reached
    if (skipped === 'other file') this.#context.onGap(reached.after)
    const begin = Buffer.isBuffer(skipped) ? skipped : null
    const gatherer = new BatchGatherer(cursor, take, () => { this.#context.onGap(cursor.after) }, begin)
    const open = await file.read(async (piece) => { await gatherer.add(piece) })
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

  async #readBundles (cursor: Cursor, take: TakeBatch, signal: AbortSignal): Promise<Cursor> {
    const { log, settings } = this.#context
    let reached = cursor
    for (const bundle of findBundles(log, settings).bundles.filter(({ stamp }) => mayHoldUnsent(stamp, cursor))) {
      const held = await HeldFile.open(bundle.path)
      if (held === null) continue
      try {
        for (const { entry, read } of await membersOf(held)) {
          signal.throwIfAborted()
          const id = entry === null ? null : parseArchiveName(entry.name, log)
          if (id !== null && isAhead(id, reached)) reached = await this.#readFile({ id, isFinished: true, read: async (takePiece) => { await read(takePiece); return null } }, reached, take)
        }
      } finally {
        await held.close()
      }
    }
    return reached
  }

  #files ({ archives, active }: LogSnapshot, activeBytes: number): FileReading[] {
    const nowMs = this.#context.clock.monotonic()
    const plain = archives.filter(({ value }) => value.suffix === '')
    this.#firstSeenMs = new Map(plain.map(({ name }) => [name, this.#firstSeenMs.get(name) ?? nowMs]))
    return [
      ...archives.map((found) => this.#archive(found, nowMs)),
      ...active === null ? [] : [{ id: null, isFinished: false, skipTo: async (cursor: Cursor) => await skipTo(active, cursor), read: async (take: (piece: Buffer) => Promise<void>) => { await active.readOn(take, activeBytes); return null } }]
    ]
  }

  #archive ({ name, value }: ListedArchive, nowMs: number): FileReading {
    const { log, graceMs } = this.#context
    const isFinished = value.suffix !== '' || nowMs - (this.#firstSeenMs.get(name) ?? nowMs) >= (graceMs ?? settleMs)
    return {
      id: value,
      isFinished,
      read: async (take) => {
        const found = await holdArchive(log, value)
        if (found === null) return null // removed meanwhile
        let mayGrow = false
        try {
          await readArchive(log, found, take)
          mayGrow = isFinished && graceMs === undefined && codecOf(found.archive, log) === null
        } finally {
          if (!mayGrow) await found.held.close()
        }
        return mayGrow ? found : null
      }
    }
  }
}

// A long active file is looked at every second, so what was sent of it is not read again.
async function skipTo (held: HeldFile, { offset, head }: Cursor): Promise<Buffer | 'other file'> {
  const begin = await held.begin(Math.min(offset, headBytesMax))
  if (headChecksum(begin, offset) !== head || Number((await held.file.stats()).size) < offset) return 'other file'
  held.readFrom(offset)
  return begin
}
