// Who goes on next, and when time passes. Actors run in threads of their own, one at a time: the actor whose turn it is asks here
// before each of its calls, and passes the turn on. All of it lives in shared memory, so that a turn costs no message, and every
// choice comes from the seed, so that the same seed gives the same order.

export type Strategy =
  /** Any actor at any call. */
  | 'random'
  /** Mostly the same actor, with a switch now and then. */
  | 'sticky'
  /** PCT: the actor of the highest priority, which changes at a few places. */
  | 'priorities'
  /** The switches that are given, and no others. */
  | 'given'

/** A decision, by its number, that was not to let the same actor go on: an actor's number, or `hop` and the number of a hop in time. */
export interface Switch { readonly decision: number, readonly choice: number }

export interface Setup {
  readonly actors: number
  readonly seed: number
  readonly strategy: Strategy
  readonly given?: readonly Switch[]
  /** How many actors are killed, each before one of its calls, how many calls fail, and how many are held up for seconds. */
  readonly kills: number
  readonly failures: number
  readonly holdUps: number
  /** Time passes only while every actor waits for it. */
  readonly isPrompt?: boolean
}

export type Permission = 'go' | 'fail' | 'killed'

/** Thrown out of every call of an actor that was killed. None of its later calls has an effect. */
export class KilledError extends Error {}

export const actorsMax = 5
const strategies: readonly Strategy[] = ['random', 'sticky', 'priorities', 'given']
export const hop = 16
/** To the next instant for which an actor waits, and by so many milliseconds: around each limit of policy/settling.ts. */
const hopsMs = [0, 20, 120, 600, 1_100, 4_500]
/** A scene takes a few hundred steps. More than this is an actor that waits for ever. */
const stepsMax = 40_000
const switchesMax = 16_384
const callMs = 0.01
/** A schedule is mostly over by then: changes of priority, kills and failures come before. */
const usualSteps = 300
const patientSteps = 2_000
const priorityChanges = 3
/** A schedule has about so many calls that change something. A hold-up comes before one of them, and lasts for up to so long. */
const usualEffects = 50
const heldUpMsMax = 6_000
const clockRank = actorsMax
/** The explorer's own turn. */
const outside = -1

const words = { step: 1, random: 2, actors: 3, strategy: 4, switches: 5, given: 6, nextGiven: 7, aborted: 8, state: 10, lives: 16, rank: 22, changeAt: 30, killAt: 34, failAt: 36, lowest: 38, decision: 39, turnOf: 40, holdUpAt: 46, heldUpMs: 48, effects: 50, isPrompt: 51 }
const wordCount = 52
const [ready, sleeping, ended] = [0, 1, 2]

export class Schedule {
  readonly memory: SharedArrayBuffer
  readonly #words: Int32Array
  /** Now, and when each actor wants to be woken. */
  readonly #times: Float64Array
  readonly #switches: Int32Array
  readonly #given: Int32Array

  constructor (memory = new SharedArrayBuffer(wordCount * 4 + (actorsMax + 1) * 8 + switchesMax * 16)) {
    this.memory = memory
    this.#words = new Int32Array(memory, 0, wordCount)
    this.#times = new Float64Array(memory, wordCount * 4, actorsMax + 1)
    this.#switches = new Int32Array(memory, wordCount * 4 + (actorsMax + 1) * 8, switchesMax * 2)
    this.#given = new Int32Array(memory, wordCount * 4 + (actorsMax + 1) * 8 + switchesMax * 8, switchesMax * 2)
  }

  /** Comes before the actors are told what to do: a turn that is left of a schedule that was broken off must be gone by then. */
  prepare ({ actors, seed, strategy, given = [], kills, failures, holdUps, isPrompt = false }: Setup): void {
    this.#words.fill(0)
    this.#times.fill(0)
    this.#words[words.actors] = actors
    // A seed of 0 would give nothing but zeros.
    this.#words[words.random] = Math.imul(seed + 1, 0x9e3779b1) | 1
    this.#words[words.strategy] = strategies.indexOf(strategy)
    this.#words[words.given] = given.length
    this.#words[words.isPrompt] = Number(isPrompt)
    given.forEach(({ decision, choice }, index) => { this.#given.set([decision, choice], index * 2) })
    for (let actor = 0; actor <= actorsMax; actor++) this.#words[words.rank + actor] = this.#draw(1_000)
    for (let change = 0; change < priorityChanges; change++) this.#words[words.changeAt + change] = this.#draw(usualSteps)
    for (const [word, count, among] of [[words.killAt, kills, usualSteps], [words.failAt, failures, usualSteps], [words.holdUpAt, holdUps, usualEffects]] as const) {
      for (let index = 0; index < 2; index++) this.#words[word + index] = index < count ? 1 + this.#draw(among) : -1
    }
    for (let index = 0; index < 2; index++) this.#words[words.heldUpMs + index] = this.#draw(heldUpMsMax)
  }

  /** Lets the actors run to their ends. They have been told what to do. */
  run (): void {
    this.#giveTurn(this.#choose(outside))
    this.#awaitTurn(outside)
  }

  get nowMs (): number {
    return this.#at(this.#times, 0)
  }

  get step (): number {
    return this.#word(words.step)
  }

  get decision (): number {
    return this.#word(words.decision)
  }

  /** Whether no actor could go on, or one never ended. */
  get isStuck (): boolean {
    return this.#word(words.aborted) === 1
  }

  get switches (): Switch[] {
    return Array.from({ length: Math.min(this.#word(words.switches), switchesMax) }, (_, index) => ({ decision: this.#at(this.#switches, index * 2), choice: this.#at(this.#switches, index * 2 + 1) }))
  }

  /** Waits for the actor's first turn. */
  begin (actor: number): void {
    this.#awaitTurn(actor)
  }

  /** Asks before a call. Others may go on first. `hasEffect`: the call changes something that others see. */
  point (actor: number, isMortal: boolean, mayFail: boolean, hasEffect: boolean): Permission {
    this.#times[0] = this.nowMs + callMs
    const step = ++this.#words[words.step]!
    if (step > stepsMax) this.#abort()
    const heldUp = hasEffect ? this.#due(words.holdUpAt, ++this.#words[words.effects]!) : null
    if (heldUp === null) this.#passOn(actor)
    else this.sleep(actor, this.nowMs + this.#word(words.heldUpMs + heldUp))
    if (isMortal && this.#isDue(words.killAt, step)) return 'killed'
    return mayFail && this.#isDue(words.failAt, step) ? 'fail' : 'go'
  }

  /** Lets others go on until the time has come. */
  sleep (actor: number, untilMs: number): void {
    this.#words[words.state + actor] = sleeping
    this.#times[1 + actor] = untilMs
    this.#passOn(actor)
  }

  /** The actor does nothing any more. */
  end (actor: number): void {
    this.#words[words.state + actor] = ended
    this.#words[words.lives + actor]!++
    this.#giveTurn(this.#choose(actor))
  }

  /** The actor was killed, and another process takes its place. */
  restart (actor: number): void {
    this.#words[words.lives + actor]!++
  }

  /** Which of its lives an actor is in, and whether that is over. */
  life (actor: number): { readonly number: number, readonly isOver: boolean } {
    return { number: this.#word(words.lives + actor), isOver: this.#word(words.state + actor) === ended }
  }

  /** Whether every other actor has ended. */
  isLast (actor: number): boolean {
    return Array.from({ length: this.#word(words.actors) }, (_, other) => other).every((other) => other === actor || this.life(other).isOver)
  }

  #passOn (actor: number): void {
    const next = this.#choose(actor)
    if (next === actor) return
    this.#giveTurn(next)
    this.#awaitTurn(actor)
    if (this.isStuck) throw new KilledError()
  }

  // Each waits at a word of its own, so that no other is woken.
  #giveTurn (actor: number): void {
    Atomics.store(this.#words, words.turnOf + 1 + actor, 1)
    Atomics.notify(this.#words, words.turnOf + 1 + actor)
  }

  #awaitTurn (actor: number): void {
    const word = words.turnOf + 1 + actor
    while (Atomics.load(this.#words, word) === 0) Atomics.wait(this.#words, word, 0)
    Atomics.store(this.#words, word, 0)
  }

  // Every actor leaves as if it had been killed, and the explorer has its turn.
  #abort (): never {
    this.#words[words.aborted] = 1
    for (let actor = outside; actor < this.#word(words.actors); actor++) this.#giveTurn(actor)
    throw new KilledError()
  }

  #choose (self: number): number {
    for (;;) {
      const [enabled, wakesAtMs, areOver] = this.#lookAround()
      if (enabled.length === 0) {
        if (areOver) return outside
        if (wakesAtMs === Infinity) this.#abort()
        this.#times[0] = wakesAtMs
        continue
      }
      this.#words[words.decision]!++
      const decided = this.#decide(self, enabled, wakesAtMs)
      const choice = decided >= hop && this.#word(words.isPrompt) === 1 ? this.#at(enabled, 0) : decided
      if (choice !== self) this.#note(choice)
      if (choice < hop) {
        this.#words[words.state + choice] = ready
        return choice
      }
      const hopMs = this.#at(hopsMs, choice - hop)
      this.#times[0] = hopMs > 0 ? this.nowMs + hopMs : Math.max(this.nowMs, Math.min(wakesAtMs, this.nowMs + 5_000))
    }
  }

  /** Who may go on, when the next sleeper wakes, and whether all have ended. */
  #lookAround (): [enabled: number[], wakesAtMs: number, areOver: boolean] {
    const enabled: number[] = []
    let wakesAtMs = Infinity
    let areOver = true
    for (let actor = 0; actor < this.#word(words.actors); actor++) {
      if (this.#word(words.state + actor) === ended) continue
      areOver = false
      if (this.#canGoOn(actor)) enabled.push(actor)
      else wakesAtMs = Math.min(wakesAtMs, this.#wakesAt(actor))
    }
    return [enabled, wakesAtMs, areOver]
  }

  #decide (self: number, enabled: readonly number[], wakesAtMs: number): number {
    const canStay = enabled.includes(self)
    const anyone = (): number => this.#at(enabled, this.#draw(enabled.length))
    // An actor that waits for another one lets that go on in the end.
    const chosen = strategies[this.#word(words.strategy)] ?? 'random'
    switch (this.step < patientSteps ? chosen : 'sticky') {
      case 'random': return this.#draw(24) === 0 ? this.#someHop() : anyone()
      case 'sticky': return canStay && this.#draw(16) > 0 ? self : this.#draw(5) === 0 ? this.#someHop() : anyone()
      case 'priorities': return this.#byPriority(self, enabled, wakesAtMs)
      case 'given': return this.#asGiven() ?? (canStay ? self : this.#at(enabled, 0))
    }
  }

  #byPriority (self: number, enabled: readonly number[], wakesAtMs: number): number {
    if (this.#isDue(words.changeAt, this.step)) {
      this.#words[words.rank + Math.max(self, 0)] = --this.#words[words.lowest]!
      if (this.#draw(2) === 0) return this.#someHop()
    }
    const rank = (actor: number): number => this.#word(words.rank + actor)
    const first = enabled.reduce((best, actor) => rank(actor) > rank(best) ? actor : best)
    return wakesAtMs < Infinity && rank(clockRank) > rank(first) ? hop : first
  }

  #asGiven (): number | null {
    const next = this.#word(words.nextGiven)
    if (next >= this.#word(words.given) || this.#at(this.#given, next * 2) > this.#word(words.decision)) return null
    this.#words[words.nextGiven]!++
    const choice = this.#at(this.#given, next * 2 + 1)
    return choice >= hop || this.#canGoOn(choice) ? choice : this.#asGiven()
  }

  #someHop (): number {
    return hop + this.#draw(hopsMs.length)
  }

  #note (choice: number): void {
    const index = this.#words[words.switches]!++
    if (index < switchesMax) this.#switches.set([this.#word(words.decision), choice], index * 2)
  }

  #isDue (word: number, step: number): boolean {
    return this.#due(word, step) !== null
  }

  /** Which of the two or three places that were drawn has been reached; each counts once. */
  #due (word: number, step: number): number | null {
    for (let index = 0; index < (word === words.changeAt ? priorityChanges : 2); index++) {
      const at = this.#word(word + index)
      if (at <= 0 || step < at) continue
      this.#words[word + index] = -1
      return index
    }
    return null
  }

  #canGoOn (actor: number): boolean {
    const state = this.#word(words.state + actor)
    return state === ready || (state === sleeping && this.#wakesAt(actor) <= this.nowMs)
  }

  #wakesAt (actor: number): number {
    return this.#at(this.#times, 1 + actor)
  }

  // xorshift32: the same numbers from the same seed in every thread.
  #draw (below: number): number {
    let value = this.#word(words.random)
    value ^= value << 13
    value ^= value >>> 17
    value ^= value << 5
    this.#words[words.random] = value
    return (value >>> 0) % below
  }

  #word (index: number): number {
    return this.#at(this.#words, index)
  }

  #at (from: ArrayLike<number>, index: number): number {
    return from[index] ?? 0
  }
}
