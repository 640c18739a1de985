// The worker's end of the ring. It takes lines in pieces, so that the application soon hears of each. It waits without
// blocking its thread.
import { at, storeFailure, unfinishedLines, type PhaseNumber, type SharedMemory } from './shared-memory.js'

/** The most bytes taken at once. */
const pieceBytesMax = 1024 * 1024
/** How long the thread sleeps if no notification wakes it. */
const longestSleepMs = 10_000
const newline = 0x0a
const nothing = Buffer.alloc(0)

export class RingReader {
  readonly #memory: SharedMemory
  readonly #state: Int32Array
  readonly #ring: Buffer
  #signal = 0
  /** The length of the piece that `take` returned and `release` has not given back. */
  #pieceBytes = 0
  /** How many bytes the calls of `claim` cover since the start, and up to which byte everything is claimed. */
  #claimedInTurnBytes = 0
  #claimedBytes = 0
  /** How many bytes were read since the start. */
  readBytes = 0

  constructor (memory: SharedMemory) {
    this.#memory = memory
    this.#state = new Int32Array(memory.state)
    this.#ring = Buffer.from(memory.ring)
  }

  enter (phase: PhaseNumber): void {
    Atomics.store(this.#state, at.phase, phase)
    Atomics.notify(this.#state, at.phase)
  }

  /** Stores the reason why the log cannot be opened. The application can read it even while it is blocked. */
  fail (facts: object): void {
    storeFailure(this.#memory, facts)
  }

  /** Counts a received request. */
  hear (): void {
    Atomics.add(this.#state, at.heard, 1)
  }

  /** Shows the application that the worker is busy and does not stand still. */
  showStep (): void {
    Atomics.add(this.#state, at.steps, 1)
  }

  /** How many loggers have told their levels. */
  get toldLoggers (): number {
    return Atomics.load(this.#state, at.told)
  }

  /**
   * Returns the next piece, which `release` gives back. It is empty if there is none yet. It is null if none will come,
   * because the application has ended or has taken back the rest.
   */
  take (): Buffer | null {
    this.#signal = Atomics.load(this.#state, at.signal)
    const isEnding = Atomics.load(this.#state, at.ending) === 1
    const read = Atomics.load(this.#state, at.read)
    const unreadBytes = (Atomics.load(this.#state, at.written) - read) | 0
    if (this.#isTakenBack) return null
    if (unreadBytes === 0) return isEnding ? null : nothing
    const start = read & (this.#ring.length - 1)
    const piece = wholeLines(this.#ring.subarray(start, start + Math.min(unreadBytes, pieceBytesMax)))
    this.#pieceBytes = piece.length
    return piece
  }

  /**
   * Claims the next bytes, right before they are written. The application counts them as kept from then on. False if the application has
   * taken them back.
   */
  claim (bytes: number): boolean {
    this.#claimedInTurnBytes += bytes
    return this.#claimUpTo(this.#claimedInTurnBytes)
  }

  /** Whether the application exits, so that no unfinished line may wait for its newline. */
  get isExiting (): boolean {
    return Atomics.load(this.#state, at.unfinished) !== unfinishedLines.wait
  }

  /** Tells the application that the start of an unfinished line is written. */
  confirmUnfinished (): void {
    Atomics.store(this.#state, at.unfinished, unfinishedLines.written)
    Atomics.notify(this.#state, at.unfinished)
  }

  /** Gives the piece's memory back, and claims the start of a line that stays in the worker. True if the application waits for that. */
  release (): boolean {
    this.readBytes += this.#pieceBytes
    this.#claimUpTo(this.readBytes)
    Atomics.add(this.#state, at.read, this.#pieceBytes)
    Atomics.notify(this.#state, at.read)
    return Atomics.exchange(this.#state, at.wantsRoom, 0) === 1
  }

  // Positions count modulo 2^32, so that their difference tells a distance.
  #claimUpTo (bytes: number): boolean {
    if (bytes <= this.#claimedBytes) return true
    const claimed = this.#claimedBytes | 0
    if (Atomics.compareExchange(this.#state, at.taken, claimed, bytes | 0) !== claimed) return false
    this.#claimedBytes = bytes
    return true
  }

  get #isTakenBack (): boolean {
    return Atomics.load(this.#state, at.taken) !== (this.#claimedBytes | 0)
  }

  /** Resolves when there may be more than `take` has seen. */
  async more (): Promise<void> {
    await Atomics.waitAsync(this.#state, at.signal, this.#signal, longestSleepMs).value
  }
}

// If the application takes back the rest, the last written line is then whole.
function wholeLines (piece: Buffer): Buffer {
  if (piece.at(-1) === newline) return piece
  const end = piece.lastIndexOf(newline) + 1
  return end === 0 ? piece : piece.subarray(0, end)
}
