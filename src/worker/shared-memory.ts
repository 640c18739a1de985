// The memory that the application's thread and the worker share: a ring of bytes for lines, and numbers that say how far
// each side has come. Each side can read it at any time, even while the other is blocked.

export interface SharedMemory {
  readonly state: SharedArrayBuffer
  /** The ring. Its length is a power of two. */
  readonly ring: SharedArrayBuffer
  /** Why the log could not be opened: a length, then JSON. It is for an application that can no longer receive messages. */
  readonly failure: SharedArrayBuffer
}

/**
 * The index of each number. Positions count bytes from the start, modulo 2^32, so their difference is a distance. The two
 * threads' numbers are apart from each other, for speed.
 */
export const at = {
  /** How far the application has written. */
  written: 0,
  /** Changes whenever the worker must look: more lines, or the end. */
  signal: 1,
  /** 1 once nothing more will be written. */
  ending: 2,
  /** 1 while the application waits for a message that something was read. */
  wantsRoom: 3,
  /** How many loggers have told their levels. Lines from after that are read only once the worker knows the levels. */
  told: 4,
  /** Whether a line is written before its newline has come. `unfinishedLines` has the values. */
  unfinished: 5,
  /** How far the worker has written lines to the file, or keeps them because the disk refuses them. */
  read: 32,
  /** How far the worker has begun to write. The side that moves it with `compareExchange` decides about the bytes. */
  taken: 33,
  phase: 34,
  /** How many requests have arrived. */
  heard: 35,
  /** How many steps besides these the worker has made: logs that it opened, events. */
  steps: 36
} as const

/** The phases of the worker. */
export const phases = { starting: 0, opening: 1, open: 2, failed: 3, closed: 4 } as const

/**
 * `wait`: an unfinished line waits in the worker for its newline. `ask`: the process exits, and the worker is asked to write such a line
 * as it is. `written`: it has written it, and goes on so.
 */
export const unfinishedLines = { wait: 0, ask: 1, written: 2 } as const

export type PhaseNumber = typeof phases[keyof typeof phases]

/** A path may have 4 KiB, and the message contains it too. */
const failureBytesMax = 32 * 1024

/** Makes the memory for one worker, with a ring of that many bytes, a power of two. */
export function createSharedMemory (ringBytes: number): SharedMemory {
  return { state: new SharedArrayBuffer(64 * Int32Array.BYTES_PER_ELEMENT), ring: new SharedArrayBuffer(ringBytes), failure: new SharedArrayBuffer(failureBytesMax) }
}

/** Stores the facts of a failure for the other side, unless they are too long. */
export function storeFailure (memory: SharedMemory, facts: object): void {
  const json = Buffer.from(JSON.stringify(facts))
  const area = Buffer.from(memory.failure)
  if (json.length > area.length - 4) return
  json.copy(area, 4)
  area.writeUInt32LE(json.length, 0)
}

/** Returns the facts of a failure; undefined if there are none. */
export function loadFailure (memory: SharedMemory): unknown {
  const area = Buffer.from(memory.failure)
  const length = area.readUInt32LE(0)
  return length === 0 ? undefined : JSON.parse(area.toString('utf8', 4, 4 + length))
}
