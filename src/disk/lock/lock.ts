// A lock that is a file: made with O_EXCL, so that one wins, and naming its owner, so that the others can tell when
// it is gone. It is held for microseconds by a swap and for as long as it takes by a sweep.
import { constants, linkSync, lstatSync, lutimesSync, openSync, renameSync, unlinkSync, writeSync } from 'node:fs'
import { randomUUID } from 'node:crypto'
import { closeQuietly } from '../close.js'
import { RotorFileTypeError } from '../../errors.js'
import { ignoreMissing, unless } from '../errno.js'
import { mayBeHeld } from '../held-files.js'
import { readLockText } from './lock-text.js'
import { currentOwner, formatOwner, livenessOf, parseOwner } from './owner.js'

/** How long a lock may stand untouched whose owner cannot be asked: no name in it yet, rubbish, another host. */
const unknownOwnerMs = 500

/** How often whoever holds a lock for longer than a moment touches it, for those who cannot see its process. */
export const touchEveryMs = 150
/** FAT keeps times in steps of two seconds. */
const touchSeconds = 2

/**
 * How long a caller that cannot do without the lock waits for it, and how often it looks. Whoever holds it does so for as
 * long as the file system takes for a few calls, which on a busy disk is hundreds of milliseconds.
 */
const patienceMs = 1_000
const pauseMs = 1
const pausesMax = patienceMs / pauseMs

/** Of the identifier in the name of a lock that is moved aside: hidden names stay short. */
const asideLength = 8

const { O_CREAT, O_EXCL, O_WRONLY } = constants

/** A lock as it was found. Its mark is another once it was touched, or made anew with the same text. */
interface Found { readonly text: string, readonly mark: string }

interface Sighting { readonly mark: string, readonly sinceMs: number }

export class Lock {
  readonly path: string
  readonly #monotonic: () => number
  // The identifier tells this holder from an earlier one of the same thread, and the number tells one taking from another.
  readonly #holder = `${formatOwner(currentOwner())}\n${randomUUID()}`
  #takings = 0
  /** What the lock says that was taken last; null before. */
  #text: string | null = null
  #sighting: Sighting | null = null
  /** Held while an abandoned lock is broken. */
  #breaking: Lock | null = null

  constructor (path: string, monotonic: () => number) {
    this.path = path
    this.#monotonic = monotonic
  }

  /** Takes the lock if it is free or its owner is gone; true when it is ours. */
  tryAcquire (): boolean {
    if (this.#create()) return true
    const found = find(this.path)
    if (found === null) return this.#create()
    // It was to be given back, and the disk refused that.
    if (found.text === this.#text) return true
    return this.#isAbandoned(found) && this.#break(found) && this.#create()
  }

  /** Shows that the holder lives to those who cannot see its process. */
  touch (): void {
    try {
      const { atimeMs, mtimeMs } = lstatSync(this.path)
      if (find(this.path)?.text === this.#text) lutimesSync(this.path, atimeMs / 1000, mtimeMs / 1000 + touchSeconds)
    } catch {
      // It may be taken for abandoned then, which every step that it guards allows for.
    }
  }

  /** Gives the lock back. Where the disk refuses that, whoever takes it next with this object does. */
  release (): void {
    try {
      // Somebody who took us for gone may have broken it; theirs is not ours to remove.
      if (find(this.path)?.text === this.#text) unlinkSync(this.path)
    } catch {
      // What was done under the lock is done, and must not look as if it had failed.
    }
  }

  /** Runs the action under the lock and returns its result, or null if somebody held the lock for a second. */
  run<Result> (action: () => Result): Result | null {
    return this.#waitFor() ? this.#runHeld(action) : null
  }

  /** Runs the action under the lock where it is to be had, else without: for what cannot be put off. */
  runAnyway<Result> (action: () => Result): Result {
    return this.#waitOrFail() === 'taken' ? this.#runHeld(action) : action()
  }

  /** Like `run`, but where the disk refuses to make a lock the action is run without. */
  runUnlessHeld<Result> (action: () => Result): Result | null {
    const outcome = this.#waitOrFail()
    if (outcome === 'refused') return action()
    return outcome === 'taken' ? this.#runHeld(action) : null
  }

  #runHeld<Result> (action: () => Result): Result {
    try {
      return action()
    } finally {
      this.#releaseIfPossible()
    }
  }

  // What was done under the lock is done. A lock that cannot be removed is found to be ours the next time.
  #releaseIfPossible (): void {
    try {
      this.release()
    } catch {}
  }

  #waitFor (): boolean {
    const sinceMs = this.#monotonic()
    // A pause may take far longer than it should, as on Windows.
    for (let pauses = 0; ; pauses++) {
      const isLast = pauses >= pausesMax || this.#monotonic() - sinceMs >= patienceMs
      if (this.#tryAcquireUnlessHeld(isLast)) return true
      if (isLast) return false
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs)
    }
  }

  // Another program may hold the lock's file for a moment, as may a writer that looks at it while it is removed.
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
      // Whatever keeps the disk from taking a lock, the caller goes on without.
      return 'refused'
    }
  }

  #create (): boolean {
    const descriptor = unless(['EEXIST'], () => openSync(this.path, O_CREAT | O_EXCL | O_WRONLY, 0o644))
    if (descriptor === null) return false
    const text = `${this.#holder}.${++this.#takings}\n`
    try {
      writeSync(descriptor, text)
    } catch (error) {
      ignoreMissing(() => unlinkSync(this.path))
      throw error
    } finally {
      closeQuietly(descriptor)
    }
    this.#text = text
    this.#sighting = null
    return true
  }

  #isAbandoned ({ text, mark }: Found): boolean {
    const owner = parseOwner(text)
    const liveness = owner === null ? 'unknown' : livenessOf(owner)
    if (liveness !== 'unknown') return liveness === 'gone'
    if (this.#sighting?.mark !== mark) this.#sighting = { mark, sinceMs: this.#monotonic() }
    return this.#monotonic() - this.#sighting.sinceMs >= unknownOwnerMs
  }

  // Several may find the lock abandoned at once, and a slow one must not remove the new lock of a quick one: they break
  // it one at a time, under a lock of the same kind, and each looks again whether it is still the one that it found.
  #break (found: Found): boolean {
    this.#breaking ??= new Lock(`${this.path}.break`, this.#monotonic)
    if (!this.#breaking.tryAcquire()) return false
    try {
      if (find(this.path)?.mark === found.mark) this.#moveAside(found)
      return true
    } finally {
      this.#breaking.release()
    }
  }

  // An owner that could not be asked may have released it this very moment: what was moved is looked at once more.
  #moveAside ({ mark }: Found): void {
    const aside = `${this.path}.${randomUUID().slice(-asideLength)}`
    if (ignoreMissing(() => { renameSync(this.path, aside); return true }) === null) return
    if (find(aside)?.mark !== mark) unless(['EEXIST', 'ENOENT'], () => linkSync(aside, this.path))
    ignoreMissing(() => unlinkSync(aside))
  }
}

// Null where there is no lock. One that may not be read is told from others by its mark alone.
function find (path: string): Found | null {
  const stats = ignoreMissing(() => lstatSync(path, { bigint: true }))
  if (stats === null) return null
  if (!stats.isFile()) throw new RotorFileTypeError(path)
  // No inode number: some file systems give another at each look.
  const text = readLockText(path)
  return { text, mark: `${stats.mtimeNs} ${text}` }
}
