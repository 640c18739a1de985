// Follows a log across rotations. Two loops run side by side. One looks for new files and opens them at once, however slowly
// the lines are taken. The other reads the open files, each until no writer can append to it any more.
import { setTimeout } from 'node:timers/promises'
import type { Clock } from '../clock.js'
import type { Archive, LogName } from '../policy/names/archive-name.js'
import { settleMs } from '../policy/settling.js'
import { readArchive, type HeldArchive } from './archive-reading.js'
import type { HeldFile } from './held-file.js'
import type { PieceTaker } from './lines/line-flow.js'
import { findSuccessors } from './successors.js'

const lookEveryMs = 200

interface Followed {
  readonly held: HeldFile
  /** Its archive, if it was one when it was found. */
  readonly archive: Archive | null
  /** When another file was found in its place; null for the active file. */
  leftMs: number | null
}

export class Follower {
  readonly #log: LogName
  readonly #sink: PieceTaker
  readonly #clock: Clock
  readonly #say: (line: string) => void
  readonly #queue: Followed[]
  #tail: Followed
  #newest: Archive | null
  readonly #over = new AbortController()

  constructor (log: LogName, active: HeldFile, newest: Archive | null, sink: PieceTaker, clock: Clock, say: (line: string) => void) {
    this.#log = log
    this.#sink = sink
    this.#clock = clock
    this.#say = say
    this.#tail = { held: active, archive: null, leftMs: null }
    this.#queue = [this.#tail]
    this.#newest = newest
  }

  /** Runs `first`, then follows until it fails because the reader is gone or the disk cannot be read. */
  async follow (first: () => Promise<void>): Promise<never> {
    const reading = first().then(() => this.#read())
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
    this.#queue.push(...found.archives.map(({ archive, held }: HeldArchive) => ({ archive, held, leftMs })))
    this.#tail = { held: found.active, archive: null, leftMs: null }
    this.#queue.push(this.#tail)
    this.#newest = found.newest
  }

  async #read (): Promise<never> {
    for (;;) {
      const [current = this.#tail] = this.#queue
      const { leftMs } = current
      const isSettled = leftMs !== null && this.#clock.monotonic() - leftMs >= settleMs
      if (!isPacked(current)) await current.held.readOn((piece) => this.#sink.add(piece))
      if (isPacked(current)) await this.#unpack(current)
      else if (isSettled) await this.#next(current.held)
      else await this.#pause()
    }
  }

  async #unpack ({ held, archive }: Followed): Promise<void> {
    const damage = archive === null ? null : await readArchive(this.#log, { archive, held }, (piece) => this.#sink.add(piece))
    if (damage !== null) {
      await this.#sink.breakOff()
      this.#say(damage.message)
    }
    await this.#next(held)
  }

  async #pause (): Promise<void> {
    await setTimeout(lookEveryMs, undefined, { signal: this.#over.signal })
  }

  async #next (held: HeldFile): Promise<void> {
    await this.#sink.endFile()
    await held.close()
    this.#queue.shift()
  }
}

function isPacked ({ archive }: Followed): boolean {
  return archive !== null && archive.suffix !== ''
}
