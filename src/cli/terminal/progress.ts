// Draws a progress bar on stderr during long work.
import type { Face } from './face.js'

const width = 30
const clearLine = '\r\u001b[K'

export class Progress {
  readonly #face: Pick<Face, 'showsProgress' | 'sayPart'>
  readonly #total: number
  #done = 0
  #shown = ''

  constructor (face: Pick<Face, 'showsProgress' | 'sayPart'>, total: number) {
    this.#face = face
    this.#total = total
  }

  add (amount: number): void {
    this.#done += amount
    const share = this.#total === 0 ? 1 : Math.min(1, this.#done / this.#total)
    const full = Math.floor(share * width)
    const text = `${'█'.repeat(full)}${'░'.repeat(width - full)} ${Math.floor(share * 100)} %`
    if (!this.#face.showsProgress || text === this.#shown) return
    this.#shown = text
    this.#face.sayPart(`${clearLine}${text}`)
  }

  /** Clears the bar. */
  end (): void {
    if (this.#shown !== '') this.#face.sayPart(clearLine)
  }
}
