// The application's end of the ring. It copies lines in, sees how far the worker has read, and can block until the worker
// has read more.
import { at, createSharedMemory, loadFailure, phases, unfinishedLines, type SharedMemory } from '../worker/shared-memory.js'

/** No UTF-16 code unit needs more bytes than this in UTF-8. */
const bytesPerUnitMax = 3
const ringBytesMin = 64 * 1024
const ringBytesMax = 4 * 1024 * 1024
/** Between two checks the worker takes bytes only a few times, because the ring is soon empty. */
const attemptsMax = 1_000

export class RingWriter {
  readonly memory: SharedMemory
  readonly #state: Int32Array
  readonly #ring: Buffer
  #written = 0

  /** Makes a ring of that many bytes, a power of two. */
  constructor (ringBytes: number) {
    this.memory = createSharedMemory(ringBytes)
    this.#state = new Int32Array(this.memory.state)
    this.#ring = Buffer.from(this.memory.ring)
  }

  /** How many bytes the worker has not written yet. */
  get unreadBytes (): number {
    return (this.#written - Atomics.load(this.#state, at.read)) | 0
  }

  get phase (): number {
    return Atomics.load(this.#state, at.phase)
  }

  /** How many requests the worker has received. */
  get heardRequests (): number {
    return Atomics.load(this.#state, at.heard)
  }

  /** A number that changes with each step of the worker: bytes written or begun, requests received, logs opened, events. */
  get workerSteps (): number {
    return [at.read, at.taken, at.phase, at.heard, at.steps].reduce((sum, index) => sum + Atomics.load(this.#state, index), 0)
  }

  /** Why the log could not be opened; undefined if unknown. */
  get failure (): unknown {
    return loadFailure(this.memory)
  }

  /** Copies the text in and returns its bytes. Returns null, without copying, if it might not fit in one piece. */
  writeText (text: string): number | null {
    const start = this.#written & (this.#ring.length - 1)
    const roomBytes = this.#ring.length - Math.max(this.unreadBytes, start)
    if (text.length * bytesPerUnitMax > roomBytes) return null
    const bytes = this.#ring.write(text, start)
    this.#publish(bytes)
    return bytes
  }

  /** Copies in as many of the bytes as fit, and returns how many. */
  writeBytes (bytes: Uint8Array): number {
    const size = this.#ring.length
    const count = Math.min(bytes.length, size - this.unreadBytes)
    const start = this.#written & (size - 1)
    const untilEnd = Math.min(count, size - start)
    this.#ring.set(bytes.subarray(0, untilEnd), start)
    this.#ring.set(bytes.subarray(untilEnd, count), 0)
    this.#publish(count)
    return count
  }

  /** Tells the worker that nothing more will be written. */
  end (): void {
    Atomics.store(this.#state, at.ending, 1)
    this.#signal()
  }

  /** Asks the worker to write unfinished lines from now on, because the process exits. */
  writeUnfinished (): void {
    Atomics.store(this.#state, at.unfinished, unfinishedLines.ask)
    this.#signal()
  }

  /** Blocks until the worker has written the start of an unfinished line, at most for the given time. */
  waitForUnfinished (timeoutMs: number): void {
    Atomics.wait(this.#state, at.unfinished, unfinishedLines.ask, timeoutMs)
  }

  /** Tells the worker that a message with a logger's levels is on its way, ahead of the lines that follow. */
  announceLevels (): void {
    Atomics.add(this.#state, at.told, 1)
  }

  /** Asks the worker for a message as soon as it has read something. */
  askForRoom (): void {
    Atomics.store(this.#state, at.wantsRoom, 1)
  }

  /**
   * Blocks until the worker has read more, or, while its log is not open, until its phase changes. Waits at most the given
   * time.
   */
  waitForStep (timeoutMs: number): void {
    const { phase } = this
    const unreadBytes = this.unreadBytes
    if (phase !== phases.open) this.waitForPhase(phase, timeoutMs)
    else if (unreadBytes > 0) Atomics.wait(this.#state, at.read, (this.#written - unreadBytes) | 0, timeoutMs)
  }

  /** Blocks until the worker is in another phase, at most for the given time. */
  waitForPhase (phase: number, timeoutMs: number): void {
    Atomics.wait(this.#state, at.phase, phase, timeoutMs)
  }

  /** Takes back the bytes that the worker has not begun to write. The worker stops before them. Returns a copy. */
  takeBack (): Buffer {
    const size = this.#ring.length
    const from = this.#stopWorker()
    const bytes = Buffer.alloc((this.#written - from) | 0)
    for (let index = 0; index < bytes.length; index++) bytes[index] = this.#ring[(from + index) & (size - 1)] ?? 0
    return bytes
  }

  // The worker takes bytes only if the number is the one that it stored itself.
  #stopWorker (): number {
    for (let attempt = 0; attempt < attemptsMax; attempt++) {
      const taken = Atomics.load(this.#state, at.taken)
      if (Atomics.compareExchange(this.#state, at.taken, taken, (taken + 1) | 0) === taken) return taken
    }
    return this.#written
  }

  #publish (bytes: number): void {
    if (bytes === 0) return
    this.#written = (this.#written + bytes) | 0
    Atomics.store(this.#state, at.written, this.#written)
    this.#signal()
  }

  #signal (): void {
    Atomics.add(this.#state, at.signal, 1)
    Atomics.notify(this.#state, at.signal)
  }
}

/** The size of a ring for that many waiting bytes: a power of two. */
export function ringBytesFor (bufferBytesMax: number): number {
  return 2 ** Math.floor(Math.log2(Math.min(Math.max(bufferBytesMax, ringBytesMin), ringBytesMax)))
}
