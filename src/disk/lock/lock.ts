// A lock is a file that is created only if there is none, so that only one process wins. It names its owner, so that others can tell
// when the owner is gone. A swap holds it for microseconds, and a sweep for as long as its work takes.
import { lstatSync, lutimesSync } from 'node:fs'
import { randomUUID } from 'node:crypto'
import { describe } from '../archive-folder.js'
import { attempt, errnoOf, ignoreMissing, linkRefused } from '../errno.js'
import { mayBeHeld, retryWhileHeld } from '../held-files.js'
import { createByLink, createNameless, find, findExactly, giveUpAside, removeLock, type Found } from './lock-file.js'
import { isWindows } from '../../platform/operating-system.js'
import { currentOwner, formatOwner, livenessOf, parseOwner } from './owner.js'

/** How long a lock may stay untouched if its owner cannot be asked: it has no name yet, is unreadable, or is on another host. */
const unknownOwnerMs = 500

/**
 * How often a holder touches a lock that it keeps for longer. It shows processes that cannot see its process that it is
 * alive.
 */
const touchEveryMs = 150
/** FAT stores times in steps of two seconds. */
const touchSeconds = 2

/**
 * How long a caller waits for a lock that it needs. The holder keeps it for a few file system calls, which take hundreds of
 * milliseconds on a busy disk.
 */
const patienceMs = 1_000
const pauseMs = 1
const pausesMax = patienceMs / pauseMs
/** A caller that was held up itself has not waited yet, whatever the clock says. */
const pausesMin = 10

/** Other processes wait for a lock that stays behind until its holder ends. So its release is tried more than once. */
const releasesMax = 3

/** Removes something that a holder needs for its last step. */
export type LockToken = () => void

interface Sighting { readonly mark: string, readonly sinceMs: number }

export class Lock {
  readonly path: string
  readonly #monotonic: () => number
  readonly #tokens: () => readonly LockToken[]
  // The identifier tells this holder from an earlier one of the same thread. The number tells one acquisition from another.
  readonly #holder = `${formatOwner(currentOwner())}\n${randomUUID()}`
  #takings = 0
  /** Windows refuses no link, but keeps the name of a file that another program has open. */
  #hasLinks = !isWindows()
  /** The text of the lock that was acquired last; null before. */
  #text: string | null = null
  /** How often this object has acquired the lock. */
  #acquisitions = 0
  #sighting: Sighting | null = null
  /** Held while an abandoned lock is broken. Null: not needed yet. */
  #breaking: Lock | null = null

  /**
   * `tokens` lists what a holder needs for its last step. It is removed before the lock is broken, so a holder that was only held up
   * cannot take that step afterwards.
   */
  constructor (path: string, monotonic: () => number, tokens: () => readonly LockToken[] = () => []) {
    this.path = path
    this.#monotonic = monotonic
    this.#tokens = tokens
  }

  /** Takes the lock if it is free or its owner is gone. Returns true if this object holds it. */
  tryAcquire (): boolean {
    if (this.#create()) return true
    const found = find(this.path)
    // A disk may answer to each link that the name is taken.
    if (found === null) return this.#create() || this.#create(false)
    return this.#takeOver(found) || (this.#isAbandoned(found) && this.#break(found) && this.#create())
  }

  // The disk refused an earlier release, or others put back a lock of which this object knew that they had taken it away.
  #takeOver ({ text }: Found): boolean {
    if (!text.startsWith(`${this.#holder}.`)) return false
    this.#text = text
    this.#acquisitions++
    return true
  }

  /**
   * Whether another process has broken the lock that this object acquired, or is about to. If the rights to read it are missing, its
   * size tells. Throws if the disk fails to read it, because a swap under a broken lock may lose lines.
   */
  isBroken (): boolean {
    // It is asked first: who breaks the lock may have listed the tokens, and has not removed the lock yet.
    if (this.#isBeingBroken()) return true
    const found = findExactly(this.path)
    if (found === null || found.sizeBytes !== this.#text?.length) return true
    return found.text !== '' && found.text !== this.#text
  }

  /** Shows that the holder is alive to processes that cannot see its process. */
  touch (): void {
    try {
      const { atimeMs, mtimeMs } = lstatSync(this.path)
      if (find(this.path)?.text === this.#text) lutimesSync(this.path, atimeMs / 1000, mtimeMs / 1000 + touchSeconds)
    } catch {
      // Others may then take the lock for abandoned. Every step that it guards allows for that.
    }
  }

  /**
   * Releases the lock. If another program holds its file for a moment, it is removed later, without waiting. If the disk refuses that,
   * the next acquisition with this object takes it over.
   */
  release (): void {
    for (let attempts = 1; ; attempts++) {
      try {
        this.#remove()
        return
      } catch (error) {
        // The work under the lock is done and must not look as if it had failed. A call that was interrupted succeeds the next time.
        if (attempts < releasesMax) continue
        if (mayBeHeld(error)) void this.#removeOnceLetGo()
        return
      }
    }
  }

  // Another process may have broken the lock because it took this one for gone. Its lock must stay.
  #remove (): void {
    const text = this.#text
    const found = findExactly(this.path)
    if (found !== null && this.#isOwn(found) && removeLock(this.path, (moved) => this.#isOwn(moved))) return
    if (text !== null) attempt(() => { giveUpAside(this.path, text) })
  }

  #isOwn ({ text, sizeBytes }: Found): boolean {
    if (text === '' && sizeBytes === this.#text?.length) throw Object.assign(new Error(`the lock ${this.path} cannot be read`), { code: 'EBUSY' })
    return text === this.#text
  }

  // A lock that this object has acquired again by then has the same text if it was taken over.
  async #removeOnceLetGo (): Promise<void> {
    const acquisition = this.#acquisitions
    const remove = (): void => { if (this.#acquisitions === acquisition) this.#remove() }
    await retryWhileHeld(remove, { keepsAlive: false }).catch(() => {})
  }

  /**
   * Runs the action under the lock, which this object holds, and then releases it. Meanwhile it touches the lock.
   * `keepsAlive`: the process does not end before the action, even if the action uses nothing that keeps it alive.
   */
  async runAcquired<Result> (action: () => Promise<Result>, { keepsAlive } = { keepsAlive: false }): Promise<Result> {
    const touching = setInterval(() => { this.touch() }, touchEveryMs)
    if (!keepsAlive) touching.unref()
    try {
      return await action()
    } finally {
      clearInterval(touching)
      this.release()
    }
  }

  /** Runs the action under the lock and returns its result; null if another process held the lock for a second. */
  run<Result> (action: () => Result): Result | null {
    return this.#waitFor() ? this.#runHeld(action) : null
  }

  /** Runs the action under the lock if it can be acquired, and otherwise without it, for work that cannot be postponed. */
  runAnyway<Result> (action: () => Result): Result {
    return this.#waitOrFail() === 'taken' ? this.#runHeld(action) : action()
  }

  /** Like `run`, but runs the action without the lock if the disk refuses to create one. */
  runUnlessHeld<Result> (action: () => Result): Result | null {
    const outcome = this.#waitOrFail()
    if (outcome === 'refused') return action()
    return outcome === 'taken' ? this.#runHeld(action) : null
  }

  /** Removes what a holder needs for its last step, as far as the disk allows. A holder that is held up cannot take that step any more. */
  removeTokens (): void {
    attempt(() => {
      // Only a holder has some. Who breaks its lock has removed them before. A large folder takes long to list.
      if (describe(this.path) === null) return
      for (const remove of this.#tokens()) attempt(remove)
    })
  }

  #runHeld<Result> (action: () => Result): Result {
    try {
      return action()
    } finally {
      this.release()
    }
  }

  #waitFor (): boolean {
    const sinceMs = this.#monotonic()
    // A pause may take far longer than planned, as on Windows.
    for (let pauses = 0; ; pauses++) {
      const isLast = pauses >= pausesMax || (pauses >= pausesMin && this.#monotonic() - sinceMs >= patienceMs)
      if (this.#tryAcquireUnlessHeld(isLast)) return true
      if (isLast) return false
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs)
    }
  }

  // Another program may hold the lock's file for a moment. So may a writer that looks at it while it is removed.
  #tryAcquireUnlessHeld (isLast: boolean): boolean {
    try {
      return this.tryAcquire()
    } catch (error) {
      if (isLast || !mayBeHeld(error)) throw error
      return false
    }
  }

  #waitOrFail (): 'taken' | 'held' | 'refused' {
    try {
      return this.#waitFor() ? 'taken' : 'held'
    } catch {
      // The disk refuses to create a lock, for any reason. The caller works without it.
      return 'refused'
    }
  }

  #create (mayLink = true): boolean {
    if (this.#isThere()) return false
    const text = `${this.#holder}.${++this.#takings}\n`
    if (!((mayLink ? this.#createNamed(text) : null) ?? this.#createNameless(text))) return false
    this.#text = text
    this.#acquisitions++
    this.#sighting = null
    return true
  }

  #isThere (): boolean {
    try {
      return describe(this.path) !== null
    } catch {
      return false // Its creation tells.
    }
  }

  // Null if the disk refuses that, for any reason: the other way may succeed.
  #createNamed (text: string): boolean | null {
    if (!this.#hasLinks) return null
    try {
      return createByLink(this.path, text)
    } catch (error) {
      this.#hasLinks = !linkRefused.includes(errnoOf(error))
      return null
    }
  }

  // If this process is held up before it writes its name, others take the nameless lock for abandoned.
  #createNameless (text: string): boolean {
    const begunMs = this.#monotonic()
    return createNameless(this.path, text, () => this.#monotonic() - begunMs >= unknownOwnerMs / 2)
  }

  #isAbandoned ({ text, mark }: Found): boolean {
    const owner = parseOwner(text)
    const liveness = owner === null ? 'unknown' : livenessOf(owner)
    if (liveness !== 'unknown') return liveness === 'gone'
    if (this.#sighting?.mark !== mark) this.#sighting = { mark, sinceMs: this.#monotonic() }
    return this.#monotonic() - this.#sighting.sinceMs >= unknownOwnerMs
  }

  // Several processes may find the lock abandoned at the same time. A slow one must not remove the new lock of a fast one.
  // So they break it one at a time, under a second lock, and each checks again that it is still the lock that it found.
  #break (found: Found): boolean {
    const breaking = this.#lockOfBreaking()
    if (!breaking.tryAcquire()) return false
    try {
      const tokens = this.#tokens()
      if (find(this.path)?.mark !== found.mark) return true
      for (const remove of tokens) ignoreMissing(remove)
      // An owner that could not be asked may release the lock at this moment.
      removeLock(this.path, ({ mark, isGivenUp }) => mark === found.mark || isGivenUp)
      return true
    } finally {
      breaking.release()
    }
  }

  // The second lock is only looked at: taken, it would tell another writer that its lock is being broken too.
  #isBeingBroken (): boolean {
    const breaking = this.#lockOfBreaking()
    const found = find(breaking.path)
    if (found === null || breaking.#isAbandoned(found)) return false
    if (!breaking.#takeOver(found)) return true
    breaking.release()
    return false
  }

  #lockOfBreaking (): Lock {
    this.#breaking ??= new Lock(`${this.path}.break`, this.#monotonic)
    return this.#breaking
  }
}
