// Removes the unpacked lines where a signal ends the query. The threads of DuckDB cannot be stopped, so the signal itself still ends the process.

const endSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** The end of a query by a signal. */
export class Ending {
  #remove: () => void = () => {}
  readonly #onSignal = (signal: NodeJS.Signals): void => {
    this.#remove()
    this.end()
    process.kill(process.pid, signal)
  }

  /** From now on, a signal that ends the process removes this first. */
  begin (remove: () => void): void {
    this.#remove = remove
    for (const signal of endSignals) process.on(signal, this.#onSignal)
  }

  /** From now on, a signal ends the process as usual. */
  end (): void {
    for (const signal of endSignals) process.off(signal, this.#onSignal)
  }
}
