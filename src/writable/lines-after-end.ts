// Handles lines that are logged after the end. Many applications log a last line while they shut down. They should not fail
// because of it, as they would with a stream's usual error.

export class LinesAfterEnd {
  readonly #file: string
  #isKnown = false

  constructor (file: string) {
    this.#file = file
  }

  /** Refuses a line that can no longer be written. Warns on stderr about the first one. */
  refuse (): void {
    if (this.#isKnown) return
    this.#isKnown = true
    process.emitWarning(`lines were logged after the end of the logger: they are not in ${this.#file}`, { type: 'RotorWarning', code: 'ROTOR_LATE_LINES' })
  }
}
