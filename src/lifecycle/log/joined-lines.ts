// Detects objects that follow each other without a newline. The transform of a pino pipeline may push them like this.
// Together they count as one line, which no rotation may split, so the user gets a warning.

/** Within a text of JSON, a quotation mark is escaped. So this is almost certainly the end of one object and the start of the next. */
const joint = '}{"'

export class JoinedLines {
  readonly #file: string
  #isKnown = false

  constructor (file: string) {
    this.#file = file
  }

  /** Looks at a part of a very long line. Warns on stderr about the first part that holds several objects. */
  look (part: Buffer): void {
    if (this.#isKnown || !part.includes(joint)) return
    this.#isKnown = true
    process.emitWarning(`what is written to ${this.#file} has no newlines: all of it is one line, and the file cannot rotate. A pipeline's transform must push a newline after each object`, { type: 'RotorWarning', code: 'ROTOR_JOINED_LINES' })
  }
}
