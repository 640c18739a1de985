// Ends a thread that calls zlib. Node aborts the whole process if a thread is ended between the making of an object of zlib and its
// first use (an assertion, "close before init"). So the thread closes a gate behind itself for each call, and is
// ended only while the gate is open.
import { Worker, type WorkerOptions } from 'node:worker_threads'

/** The gate's states. `ending`: the thread ends itself after its call. `shut`: it makes no more calls. */
const is = { open: 0, calling: 1, ending: 2, shut: 3 } as const
/** A call takes milliseconds, unless the processor is busy with other processes. */
const callMsMax = 2_000

let ownGate: Int32Array | null = null

/** Lets the calling thread pass its gate at each call. `memory` is of the gate with which the thread will be ended. */
export function useGate (memory: SharedArrayBuffer): void {
  ownGate = new Int32Array(memory)
}

/** Makes a call that must not be broken off. A thread without a gate just makes it. */
export function inOnePiece<Result> (call: () => Result): Result {
  if (ownGate === null) return call()
  enter(ownGate)
  try {
    return call()
  } finally {
    leave(ownGate)
  }
}

function enter (gate: Int32Array): void {
  while (Atomics.compareExchange(gate, 0, is.open, is.calling) !== is.open) Atomics.wait(gate, 0, is.shut)
}

function leave (gate: Int32Array): void {
  if (Atomics.compareExchange(gate, 0, is.calling, is.open) === is.calling) return
  Atomics.store(gate, 0, is.shut)
  Atomics.notify(gate, 0)
  process.exit()
}

const standing = new Set<EndingGate>()

/** The gate of one thread, for the code that starts and ends that thread. */
export class EndingGate {
  /** For the thread's data. */
  readonly memory = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)
  readonly #gate = new Int32Array(this.memory)

  /** Ends the thread, after its call of zlib if it makes one. Resolves when it is gone. */
  async end (worker: Worker): Promise<void> {
    if (this.#shut() || worker.threadId === -1) {
      await worker.terminate()
      return
    }
    worker.ref()
    await new Promise<void>((resolve) => { worker.once('exit', () => { resolve() }) })
  }

  /** Lets the process end at any time until the thread is gone. */
  guard (worker: Worker): void {
    if (standing.size === 0) process.on('exit', shutAll)
    standing.add(this)
    worker.once('exit', () => {
      standing.delete(this)
      if (standing.size === 0) process.off('exit', shutAll)
    })
  }

  /** Waits until the thread is not in a call. */
  waitUntilShut (): void {
    if (!this.#shut()) Atomics.wait(this.#gate, 0, is.ending, callMsMax)
  }

  /** Tells whether the thread may be ended now. Otherwise it ends itself. */
  #shut (): boolean {
    for (;;) {
      const state = Atomics.compareExchange(this.#gate, 0, is.open, is.shut)
      if (state === is.open || state === is.shut) return true
      if (state === is.ending || Atomics.compareExchange(this.#gate, 0, is.calling, is.ending) === is.calling) return false
    }
  }
}

/** A thread that calls zlib. Its data has the gate's memory as `gate`, for `useGate`. */
export class GatedWorker extends Worker {
  readonly #gate: EndingGate

  constructor (file: string | URL, options: Omit<WorkerOptions, 'workerData'> & { readonly workerData: object }, gate = new EndingGate()) {
    super(file, { ...options, workerData: { ...options.workerData, gate: gate.memory } })
    this.#gate = gate
    gate.guard(this)
  }

  /** Ends the thread, after its call of zlib if it makes one. Resolves when it is gone. */
  async end (): Promise<void> {
    await this.#gate.end(this)
  }
}

/** The data of a thread with a gate. */
export type Gated<Data> = Data & { readonly gate: SharedArrayBuffer }

// The end of a process ends its threads wherever they are.
function shutAll (): void {
  for (const gate of standing) gate.waitUntilShut()
}
