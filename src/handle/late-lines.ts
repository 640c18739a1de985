// Lines that are logged after the end. An application that is shutting down logs a last line more often than not, and
// should not fail for it as it would at the error that streams make of this.

export class LateLines {
  readonly #file: string
  #isKnown = false

  constructor (file: string) {
    this.#file = file
  }

  /** Takes a line that can no longer be written, and warns of the first one on stderr. */
  refuse (): void {
    if (this.#isKnown) return
    this.#isKnown = true
    process.emitWarning(`lines were logged after the end of the logger: they are not in ${this.#file}`, { type: 'RotorWarning', code: 'ROTOR_LATE_LINES' })
  }
}
