// Objects that follow each other without a newline, as from the transform of a pino pipeline that pushes JSON alone. All of
// them together are one line, which no rotation may split, so that the user must hear of it.

/** In JSON, a quotation mark within text is escaped: this can hardly be anything but the end of one object and the start of the next. */
const joint = '}{"'

export class JoinedLines {
  readonly #file: string
  #isKnown = false

  constructor (file: string) {
    this.#file = file
  }

  /** Looks at a part of a very long line, and warns of the first one on stderr that holds several objects. */
  look (part: Buffer): void {
    if (this.#isKnown || !part.includes(joint)) return
    this.#isKnown = true
    process.emitWarning(`what is written to ${this.#file} has no newlines: all of it is one line, and the file cannot rotate. A pipeline's transform must push a newline after each object`, { type: 'RotorWarning', code: 'ROTOR_JOINED_LINES' })
  }
}
