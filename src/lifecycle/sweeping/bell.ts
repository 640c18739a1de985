// Tells a running pass that another pass is wanted.

export class Bell {
  #resolve = (): void => {}
  #rung = this.#next()

  /** Resolves when the bell rings next. */
  get rung (): Promise<void> {
    return this.#rung
  }

  ring (): void {
    const resolve = this.#resolve
    this.#rung = this.#next()
    resolve()
  }

  #next (): Promise<void> {
    return new Promise((resolve) => { this.#resolve = resolve })
  }
}
