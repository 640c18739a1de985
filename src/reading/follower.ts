// Follows a log across rotations. Two loops run side by side. One looks for new files and opens them at once, however slowly
// the lines are taken. The other reads the open files, each until no writer can append to it any more.
import { setTimeout } from 'node:timers/promises'
import type { Clock } from '../clock.js'
import { activePlace, archivePlace, type FilePlace } from '../policy/lines/line-cursor.js'
import type { Archive, LogName } from '../policy/names/archive-name.js'
import { settleMs } from '../policy/settling.js'
import { readArchive, readCopyFrom, type HeldArchive } from './archive-reading.js'
import type { HeldFile } from './held-file.js'
import { LateLines } from './late-lines.js'
import type { PieceTaker } from './lines/line-flow.js'
import type { ReadFile } from './lines/log-sources.js'
import { findSuccessors } from './successors.js'

/** How a log is followed. */
export interface FollowingStyle {
  readonly lookEveryMs: number
  /**
   * Whether the new active file is read at once, while the old one may still grow. Its lines come sooner, and a late line of
   * the old file comes after them.
   */
  readonly isPrompt: boolean
  /** Archives to read before the active file, oldest first. They are closed by the follower. */
  readonly before: readonly HeldArchive[]
}

const usualStyle: FollowingStyle = { lookEveryMs: 200, isPrompt: false, before: [] }

/** Takes the lines of a file. It is asked once for each file. */
export type SinkOf = (file: FilePlace) => PieceTaker

/** A log as it was found: its newest archives, which were read up to their positions, and its active file. */
export interface FollowedLog {
  readonly log: LogName
  readonly recent: readonly ReadFile[]
  readonly active: HeldFile
  readonly newest: Archive | null
}

interface Followed {
  readonly sink: PieceTaker
  readonly held: HeldFile
  /** The archive that it is; null for the active file. */
  archive: Archive | null
  /** Whether it was an archive already when it was found. */
  readonly wasArchive: boolean
  /** When another file was found in its place; null for the active file. */
  leftMs: number | null
}

export class Follower {
  readonly #log: LogName
  readonly #sinkOf: SinkOf
  readonly #style: FollowingStyle
  readonly #clock: Clock
  readonly #say: (line: string) => void
  readonly #queue: Followed[]
  readonly #late: LateLines
  #tail: Followed
  #newest: Archive | null
  readonly #over = new AbortController()

  constructor ({ log, recent, active, newest }: FollowedLog, sink: PieceTaker | SinkOf, clock: Clock, say: (line: string) => void, style = usualStyle) {
    this.#log = log
    this.#sinkOf = typeof sink === 'function' ? sink : () => sink
    this.#style = style
    this.#clock = clock
    this.#say = say
    const leftMs = clock.monotonic()
    this.#queue = style.before.map((each) => this.#archived(each, leftMs))
    this.#tail = this.#active(active, newest)
    this.#queue.push(this.#tail)
    this.#late = new LateLines(log)
    for (const { held, archive } of recent) this.#late.add({ held, archive, sink: this.#sinkOf(archivePlace(archive)) })
    this.#newest = newest
  }

  /** Closes the files that are still open. The caller closes the first active file. */
  async close (): Promise<void> {
    this.#over.abort()
    for (const { held } of this.#queue.splice(0)) await held.close()
    await this.#late.close()
  }

  /** Runs `first`, then follows until it fails because the reader is gone or the disk cannot be read. */
  async follow (first: () => Promise<void>): Promise<never> {
    const reading = first().then(() => this.#style.isPrompt ? this.#readAll() : this.#read())
    try {
      return await Promise.race([reading, this.#look()])
    } finally {
      this.#over.abort()
    }
  }

  async #look (): Promise<never> {
    for (;;) {
      await this.#lookOnce()
      await this.#pause()
    }
  }

  async #lookOnce (): Promise<void> {
    const found = await findSuccessors(this.#log, this.#tail.held, this.#newest)
    if (found === null) return
    const leftMs = this.#clock.monotonic()
    this.#tail.leftMs = leftMs
    this.#tail.archive = found.own
    for (const each of found.archives) this.#queue.push(this.#archived(each, leftMs))
    this.#tail = this.#active(found.active, found.newest)
    this.#queue.push(this.#tail)
    this.#newest = found.newest
  }

  #active (held: HeldFile, newest: Archive | null): Followed {
    return { held, archive: null, wasArchive: false, leftMs: null, sink: this.#sinkOf(activePlace(newest)) }
  }

  #archived ({ held, archive }: HeldArchive, leftMs: number): Followed {
    return { held, archive, wasArchive: true, leftMs, sink: this.#sinkOf(archivePlace(archive)) }
  }

  async #read (): Promise<never> {
    for (;;) {
      if (!await this.#readOn(this.#queue[0] ?? this.#tail)) await this.#pause()
    }
  }

  async #readAll (): Promise<never> {
    for (;;) {
      for (const followed of [...this.#queue]) await this.#readOn(followed)
      await this.#pause()
    }
  }

  // Returns whether the file is read to its end for good.
  async #readOn (followed: Followed): Promise<boolean> {
    const { held, leftMs } = followed
    const isSettled = leftMs !== null && this.#clock.monotonic() - leftMs >= settleMs
    if (isPacked(followed)) {
      await this.#unpack(followed)
      return true
    }
    // A writer adds its late line to the old file before its next line to the new one.
    const endBytes = await held.sizeBytes()
    await this.#late.readOn()
    await this.#readTo(endBytes, followed)
    if (isSettled) await this.#leave(followed)
    return isSettled
  }

  async #readTo (endBytes: number, followed: Followed): Promise<void> {
    const { held, sink } = followed
    if (endBytes > held.position && await held.mayHaveGrownSinceRemoved()) await this.#readRemoved(endBytes, followed)
    else await held.readOn((piece) => sink.add(piece), endBytes)
  }

  // A line that a delayed writer added to a file without a name is in no copy, and its writer writes it again.
  async #readRemoved (endBytes: number, { held, archive, sink }: Followed): Promise<void> {
    const take = (piece: Buffer): Promise<void> => sink.add(piece)
    if (archive !== null && await readCopyFrom(this.#log, archive, held.position, take)) {
      held.readFrom(endBytes)
      return
    }
    const { bytes } = await held.contentBeforeSeal()
    await held.readOn(take, Math.max(held.position, Math.min(endBytes, bytes)))
  }

  async #unpack (followed: Followed): Promise<void> {
    const { held, archive, sink } = followed
    const damage = archive === null ? null : await readArchive(this.#log, { archive, held }, (piece) => sink.add(piece))
    if (damage !== null) {
      await sink.breakOff()
      this.#say(damage.message)
    }
    await this.#leave(followed)
    await held.close()
  }

  async #pause (): Promise<void> {
    await setTimeout(this.#style.lookEveryMs, undefined, { signal: this.#over.signal })
  }

  async #leave (followed: Followed): Promise<void> {
    await followed.sink.endFile()
    if (!isPacked(followed)) this.#late.add(followed)
    this.#queue.splice(this.#queue.indexOf(followed), 1)
  }
}

function isPacked ({ archive, wasArchive }: Followed): boolean {
  return wasArchive && archive !== null && archive.suffix !== ''
}
