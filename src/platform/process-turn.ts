// Lets the workers of a process compress one at a time, by a turn in memory that they share. The worker that has the turn
// starts a compression thread, and ends it before it gives the turn back. So a process has one such thread, for any
// number of handles.

/** Where each number stands in the shared memory. */
const at = { holder: 0, workers: 1 } as const
/** How long a worker sleeps if nothing wakes it, because the holder died. */
const longestWaitMs = 1_000

/** The memory, and the calling worker's number in it. */
export interface TurnMemory { readonly state: SharedArrayBuffer, readonly id: number }

/** Makes the memory of a process. */
export function createTurnMemory (): SharedArrayBuffer {
  return new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT)
}

/** Counts a worker that begins. */
export function joinTurns ({ state }: TurnMemory): void {
  Atomics.add(new Int32Array(state), at.workers, 1)
}

/** Counts a worker that has ended, and takes the turn from it. */
export function leaveTurns ({ state, id }: TurnMemory): void {
  const numbers = new Int32Array(state)
  Atomics.sub(numbers, at.workers, 1)
  giveBack(numbers, id)
}

/** Runs the action when no other worker compresses. `end` ends the thread, before another worker starts one. */
export async function inProcessTurn<Result> ({ state, id }: TurnMemory, signal: AbortSignal, action: () => Promise<Result>, end: () => Promise<void>): Promise<Result> {
  const numbers = new Int32Array(state)
  // A process with one worker has nothing to share, and keeps its thread for a while.
  if (Atomics.load(numbers, at.workers) <= 1) return await action()
  await turnOf(numbers, id, signal)
  try {
    return await action()
  } finally {
    await end()
    giveBack(numbers, id)
  }
}

async function turnOf (numbers: Int32Array, id: number, signal: AbortSignal): Promise<void> {
  for (let holder = take(numbers, id); holder !== 0; holder = take(numbers, id)) {
    await untilAborted(Promise.resolve(Atomics.waitAsync(numbers, at.holder, holder, longestWaitMs).value), signal)
  }
}

function take (numbers: Int32Array, id: number): number {
  return Atomics.compareExchange(numbers, at.holder, 0, id)
}

function giveBack (numbers: Int32Array, id: number): void {
  if (Atomics.compareExchange(numbers, at.holder, id, 0) === id) Atomics.notify(numbers, at.holder, 1)
}

/** Waits for the promise. Rejects with the signal's reason as soon as that is aborted. */
export async function untilAborted (turn: Promise<unknown>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  const settled = new AbortController()
  const aborted = new Promise<void>((resolve) => { signal.addEventListener('abort', () => { resolve() }, { once: true, signal: settled.signal }) })
  await Promise.race([turn, aborted])
  settled.abort()
  signal.throwIfAborted()
}
