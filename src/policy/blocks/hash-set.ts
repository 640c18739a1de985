// A set of 32-bit hashes. One set is reused for all blocks, so it allocates only once.

/** This many slots for each hash keep a search short. */
const slotsPerHash = 2

export class HashSet {
  /** Whether a hash found no room. */
  isFull = false
  size = 0
  readonly #hashes: Uint32Array
  /** The position of each hash, counted from 1; 0 for an empty slot. */
  readonly #slots: Uint32Array
  readonly #mask: number

  /** Holds up to this many hashes. */
  constructor (hashesMax: number) {
    this.#hashes = new Uint32Array(hashesMax)
    this.#slots = new Uint32Array(2 ** Math.ceil(Math.log2(hashesMax * slotsPerHash)))
    this.#mask = this.#slots.length - 1
  }

  clear (): void {
    if (this.size > 0) this.#slots.fill(0)
    this.isFull = false
    this.size = 0
  }

  add (hash: number): void {
    let slot = Math.imul(hash, 0x9e3779b1) & this.#mask
    for (let place = this.#slots[slot] ?? 0; place !== 0; place = this.#slots[slot] ?? 0) {
      if (this.#hashes[place - 1] === hash) return
      slot = (slot + 1) & this.#mask
    }
    if (this.size === this.#hashes.length) {
      this.isFull = true
      return
    }
    this.#hashes[this.size++] = hash
    this.#slots[slot] = this.size
  }

  /** The hashes in the order of their insertion. Valid until the set is cleared. */
  get hashes (): Uint32Array {
    return this.#hashes.subarray(0, this.size)
  }
}
