// Compresses an archive, as a state machine. Its states are what is on the disk:
//
//   plain       the source, and perhaps an unfinished or damaged copy under the final name
//   proven      also a hidden copy with the whole content
//   published   that copy under the final name
//   compressed  the copy alone
//
// If a step finds that the source changed, it goes back to plain. A failed step leaves its files to the next attempt. Each
// look at the source, and the step after it, happen under the lock that a delayed writer takes too.
import { join } from 'node:path'
import { describe } from '../../disk/archive-folder.js'
import { compressFile, holdsContentOf, type CompressedCopy } from '../../disk/compress/compress.js'
import { compressionQueue } from '../../disk/compress/compression-queue.js'
import { retryWhileHeld } from '../../disk/held-files.js'
import { isUnchanged, stateAt, type FileState } from '../../disk/file-state.js'
import type { Lock } from '../../disk/lock/lock.js'
import { publishCopy, removeFile, syncFolder } from '../../disk/publish.js'
import type { LostRights } from '../../disk/rights/keep-rights.js'
import { removeKeptArchive } from '../kept-archive.js'
import { RotorBusyError } from '../../errors.js'
import type { Codec, Compression } from '../../options/settings.js'
import { chosenCodec, formatArchiveName, suffixOf, type Archive, type LogName } from '../../policy/names/archive-name.js'
import { hiddenName, packPart } from '../../policy/names/hidden-name.js'

/** The result for an archive. `changing`: it grows faster than it is compressed, and is left for later. */
export type CompressionOutcome =
  { readonly is: 'compressed', readonly archive: string, readonly from: number, readonly to: number, readonly lostRights: LostRights | null } |
  { readonly is: 'already compressed' | 'gone' | 'changing' }

/** How often a compression starts again because the source changed. */
const attemptsMax = 5

interface Target {
  readonly final: string
  /** Whether the final name has an unfinished or damaged copy of the same source. */
  readonly replace: boolean
  /** Whether the existing copy holds the whole source. */
  readonly isComplete: boolean
}

type State =
  { readonly at: 'plain', readonly replace: boolean } |
  { readonly at: 'proven', readonly copy: CompressedCopy, readonly replace: boolean } |
  { readonly at: 'published', readonly source: FileState, readonly copy: CompressedCopy | null } |
  // `copy` is null if an earlier run had published it.
  { readonly at: 'compressed', readonly copy: CompressedCopy | null }

type Unfinished = Exclude<State, { readonly at: 'compressed' }>

interface Job {
  readonly archive: Archive
  readonly source: string
  readonly temporary: string
  readonly final: string
  readonly signal: AbortSignal
}

export class ArchiveCompressor {
  readonly #log: LogName
  readonly #lock: Lock
  readonly #codec: Codec
  readonly #level: number
  readonly #index: readonly string[] | null
  #isQueued = false

  constructor (log: LogName, lock: Lock, compression: Compression) {
    this.#log = log
    this.#lock = lock
    this.#codec = chosenCodec(compression)
    this.#level = compression.level
    this.#index = compression.blocks?.index ?? null
  }

  /** Compresses the archive and removes it. If a complete copy exists already, only removes it. */
  async compress (archive: Archive, signal: AbortSignal): Promise<CompressionOutcome> {
    const source = join(this.#log.directory, archive.name)
    const standing = stateAt(source)
    if (standing === null) return { is: 'gone' }
    const { final, replace, isComplete } = await this.#target(archive, source, signal)
    // An earlier attempt may have failed, or its process may have died, before the copy's name was synced.
    if (isComplete) await syncFolder(this.#log.directory)
    const job = { archive, source, final, signal, temporary: join(this.#log.directory, hiddenName(this.#log, packPart(archive))) }
    let state: State = isComplete ? { at: 'published', source: standing, copy: null } : { at: 'plain', replace }
    for (let attempt = 0; attempt < attemptsMax;) {
      if (state.at === 'compressed') return outcomeOf(state.copy, final)
      state = await this.#advance(state, job)
      if (state.at === 'plain') attempt++
    }
    return { is: 'changing' }
  }

  /** Tells by reading alone which file would be made, or that it exists already. */
  async dryRun (archive: Archive): Promise<Pick<Target, 'final' | 'isComplete'>> {
    return await this.#target(archive, join(this.#log.directory, archive.name), new AbortController().signal)
  }

  /** Gives up the compression thread. */
  close (): void {
    if (this.#isQueued) compressionQueue.leave()
    this.#isQueued = false
  }

  // Finds out where the copy goes, and whether it exists.
  async #target (archive: Archive, source: string, signal: AbortSignal): Promise<Target> {
    for (let n = archive.n; ; n++) {
      const final = join(this.#log.directory, formatArchiveName(this.#log, { stamp: archive.stamp, n }, suffixOf(this.#codec)))
      if (describe(final) === null) return { final, replace: false, isComplete: false }
      const standing = await holdsContentOf(final, this.#codec, source, signal)
      if (standing !== 'different') return { final, replace: true, isComplete: standing === 'same' }
    }
  }

  /** Takes the next step. If it throws, it leaves only what a later attempt can find. */
  async #advance (state: Unfinished, job: Job): Promise<State> {
    switch (state.at) {
      case 'plain': return { at: 'proven', copy: await this.#prove(job), replace: state.replace }
      case 'proven': return await this.#publish(state.copy, state.replace, job)
      case 'published': return await this.#removeSource(job.archive, state.source) ? { at: 'compressed', copy: state.copy } : { at: 'plain', replace: true }
    }
  }

  async #prove ({ source, temporary, signal }: Job): Promise<CompressedCopy> {
    if (!this.#isQueued) compressionQueue.join()
    this.#isQueued = true
    const request = { source, temporary, codec: this.#codec, level: this.#level, index: this.#index, signal, thread: compressionQueue.thread }
    return await compressionQueue.inTurn(this.#codec, signal, () => retryWhileHeld(() => compressFile(request)))
  }

  // Plain again if the source changed while it was copied, or if another file took the copy's place. A process that cannot see
  // this one may have begun to do the same. If it did so in the instant before the rename, its unfinished copy has the final name.
  async #publish (copy: CompressedCopy, replace: boolean, { source, temporary, final }: Job): Promise<State> {
    let next: State = { at: 'plain', replace }
    try {
      next = await this.#locked(() => {
        if (!isUnchanged(source, copy.source) || !isUnchanged(temporary, copy.copy)) return { at: 'plain', replace }
        publishCopy({ temporary, final, replace })
        return isUnchanged(final, copy.copy) ? { at: 'published', source: copy.source, copy } : { at: 'plain', replace: true }
      })
      return next
    } finally {
      if (next.at === 'plain') discard(temporary)
      else await syncFolder(this.#log.directory)
    }
  }

  async #removeSource ({ name }: Archive, state: FileState): Promise<boolean> {
    return await this.#locked(() => removeKeptArchive(this.#log, name, state))
  }

  // The lock is released between two attempts, so a held file delays nothing else.
  async #locked<Result> (action: () => Result): Promise<Result> {
    const result = await retryWhileHeld(() => this.#lock.run(action))
    if (result === null) throw new RotorBusyError(this.#lock.path)
    return result
  }
}

// A copy that cannot be removed is a leftover, which the next pass clears away. Why it was not published counts more.
function discard (temporary: string): void {
  try {
    removeFile(temporary)
  } catch {}
}

function outcomeOf (copy: CompressedCopy | null, final: string): CompressionOutcome {
  return copy === null ? { is: 'already compressed' } : { is: 'compressed', archive: final, from: copy.sourceBytes, to: copy.compressedBytes, lostRights: copy.lostRights }
}
