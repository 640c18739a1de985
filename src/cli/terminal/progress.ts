// Shows on stderr, before a second has passed, that a command works: for how long already, or a bar once the amount of work is
// known. Every command has one progress from its start. It gives way to everything else that is printed.

const width = 30
const clearLine = '\r\u001b[K'
const redrawMs = 500

export class Progress {
  readonly #show: (text: string) => void
  #timer: NodeJS.Timeout | null = null
  #total: number | null = null
  #done = 0
  #passedMs = 0
  #shown = ''
  /** Whether something else was printed since the last look. */
  #hasGivenWay = false

  /** `show` writes to the terminal. */
  constructor (show: (text: string) => void) {
    this.#show = show
  }

  begin (): void {
    this.#timer ??= setInterval(() => { this.#pass() }, redrawMs).unref()
  }

  /** Shows a bar from now on, for this amount of work. 0 if there is none, or none that is known. */
  expect (total: number): void {
    this.#total = total > 0 ? total : null
    this.#done = 0
  }

  add (amount: number): void {
    this.#done += amount
    this.#draw()
  }

  /** Clears its line for something else. */
  giveWay (): void {
    this.#hasGivenWay = true
    this.#clear()
  }

  /** Ends for good, and clears its line. */
  end (): void {
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
    this.#clear()
  }

  // While lines are printed, they show that the work goes on.
  #pass (): void {
    this.#passedMs += redrawMs
    if (!this.#hasGivenWay) this.#draw()
    this.#hasGivenWay = false
  }

  #draw (): void {
    const text = this.#total === null ? `working for ${Math.floor(this.#passedMs / 1000)} s` : bar(this.#done, this.#total)
    if (this.#timer === null || text === this.#shown) return
    this.#shown = text
    this.#show(`${clearLine}${text}`)
  }

  #clear (): void {
    if (this.#shown !== '') this.#show(clearLine)
    this.#shown = ''
  }
}

function bar (done: number, total: number): string {
  const share = Math.min(1, done / total)
  const full = Math.floor(share * width)
  return `${'█'.repeat(full)}${'░'.repeat(width - full)} ${Math.floor(share * 100)} %`
}
