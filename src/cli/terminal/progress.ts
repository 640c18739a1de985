// Shows on stderr, before a second has passed, that long work goes on: a bar if its amount is known, else for how long already.
import type { Face } from './face.js'

type Screen = Pick<Face, 'showsProgress' | 'say' | 'sayPart'>

const width = 30
const clearLine = '\r\u001b[K'
const redrawMs = 500

export class Progress {
  readonly #screen: Screen
  readonly #total: number | null
  readonly #timer: NodeJS.Timeout | null
  #done = 0
  #passedMs = 0
  #shown = ''

  /** Begins. `total` is the amount of work; null if it is not known. */
  constructor (screen: Screen, total: number | null) {
    this.#screen = screen
    this.#total = total
    this.#timer = screen.showsProgress ? setInterval(() => { this.#pass() }, redrawMs).unref() : null
  }

  add (amount: number): void {
    this.#done += amount
    this.#draw()
  }

  /** Writes a message, and clears the line for it. */
  say (line: string): void {
    this.#clear()
    this.#screen.say(line)
  }

  /** Ends, and clears the line. */
  end (): void {
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#clear()
  }

  #pass (): void {
    this.#passedMs += redrawMs
    this.#draw()
  }

  #draw (): void {
    const text = this.#total === null ? `working for ${Math.floor(this.#passedMs / 1000)} s` : bar(this.#done, this.#total)
    if (!this.#screen.showsProgress || text === this.#shown) return
    this.#shown = text
    this.#screen.sayPart(`${clearLine}${text}`)
  }

  #clear (): void {
    if (this.#shown !== '') this.#screen.sayPart(clearLine)
    this.#shown = ''
  }
}

/** Runs work of an unknown amount, and shows meanwhile that it goes on. */
export async function showing<Result> (screen: Screen, work: (progress: Progress) => Promise<Result>): Promise<Result> {
  const progress = new Progress(screen, null)
  try {
    return await work(progress)
  } finally {
    progress.end()
  }
}

function bar (done: number, total: number): string {
  const share = total === 0 ? 1 : Math.min(1, done / total)
  const full = Math.floor(share * width)
  return `${'█'.repeat(full)}${'░'.repeat(width - full)} ${Math.floor(share * 100)} %`
}
