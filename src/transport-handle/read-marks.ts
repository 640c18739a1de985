// Callbacks that wait for the worker to read up to a position. Each is called once, even if the worker fails.

export type Callback = (error?: Error | null) => void

export class ReadMarks {
  #marks: Array<{ readonly position: number, readonly callback: Callback }> = []

  get count (): number {
    return this.#marks.length
  }

  /** Calls back once the worker has read up to the position. Positions come in ascending order. */
  add (position: number, callback: Callback): void {
    this.#marks.push({ position, callback })
  }

  callDue (readPosition: number): void {
    const due = this.#marks.findIndex(({ position }) => position > readPosition)
    for (const { callback } of this.#marks.splice(0, due === -1 ? this.#marks.length : due)) process.nextTick(callback, null)
  }

  failAll (error: Error): void {
    for (const { callback } of this.#marks.splice(0)) process.nextTick(callback, error)
  }
}
