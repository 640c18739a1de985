// The hashes of an object's keys. Its memory is used again for the next object, since a busy log has a hundred thousand objects a second.

const keysMax = 64

export class KeyHashes {
  readonly #hashes = new Int32Array(keysMax)
  #count = 0

  /** The hash that was added last. */
  get last (): number {
    return this.#hashes[this.#count - 1] ?? 0
  }

  clear (): void {
    this.#count = 0
  }

  /** False if the hash is there already, or if there are too many. */
  add (hash: number): boolean {
    if (this.#count === keysMax) return false
    for (let index = 0; index < this.#count; index++) if (this.#hashes[index] === hash) return false
    this.#hashes[this.#count++] = hash
    return true
  }
}
