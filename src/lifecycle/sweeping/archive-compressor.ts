// An archive's way from plain to compressed, as a machine whose states are what is on the disk:
//
//   plain       the source, and perhaps an unfinished or damaged copy under the final name
//   proven      also a hidden copy that holds all of the source
//   published   that copy under the final name
//   compressed  the copy alone
//
// A step that finds the source changed goes back to plain. A step that fails leaves what is there to the next attempt. Each
// look at the source, and what follows from it, happen under the lock that a writer that was held up asks for too.
import { join } from 'node:path'
import { describe } from '../../disk/archive-folder.js'
import { compressFile, holdsContentOf, type CompressedCopy } from '../../disk/compress/compress.js'
import { compressionQueue } from '../../disk/compress/compression-queue.js'
import { retryWhileHeld } from '../../disk/held-files.js'
import { isUnchanged, stateAt, type FileState } from '../../disk/file-state.js'
import type { Lock } from '../../disk/lock/lock.js'
import { publishCopy, removeFile, syncFolder } from '../../disk/publish.js'
import type { LostRights } from '../../disk/rights/keep-rights.js'
import { removeKeptArchive } from './kept-archive.js'
import { RotorBusyError } from '../../errors.js'
import type { Codec, Compression } from '../../options/settings.js'
import { chosenCodec, formatArchiveName, suffixOf, type Archive, type LogName } from '../../policy/names/archive-name.js'
import { hiddenName, packPart } from '../../policy/names/hidden-name.js'

/** What became of an archive. `changing`: it grows faster than it is compressed, and is left for another time. */
export type CompressionOutcome =
  { readonly is: 'compressed', readonly archive: string, readonly from: number, readonly to: number, readonly lostRights: LostRights | null } |
  { readonly is: 'already compressed' | 'gone' | 'changing' }

/** How often the compression of a source that changes begins again. */
const attemptsMax = 5

interface Target {
  readonly final: string
  /** An unfinished or damaged copy of the same source is there. */
  readonly replace: boolean
  /** The copy that is there holds all of the source. */
  readonly isComplete: boolean
}

type State =
  { readonly at: 'plain', readonly replace: boolean } |
  { readonly at: 'proven', readonly copy: CompressedCopy, readonly replace: boolean } |
  { readonly at: 'published', readonly source: FileState, readonly copy: CompressedCopy | null } |
  // Without a copy where an earlier run had published it.
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

  /** Compresses the archive and removes it, or removes it where its copy is complete already. */
  async compress (archive: Archive, signal: AbortSignal): Promise<CompressionOutcome> {
    const source = join(this.#log.directory, archive.name)
    const standing = stateAt(source)
    if (standing === null) return { is: 'gone' }
    const { final, replace, isComplete } = await this.#target(archive, source, signal)
    const job = { archive, source, final, signal, temporary: join(this.#log.directory, hiddenName(this.#log, packPart(archive))) }
    let state: State = isComplete ? { at: 'published', source: standing, copy: null } : { at: 'plain', replace }
    for (let attempt = 0; attempt < attemptsMax;) {
      if (state.at === 'compressed') return outcomeOf(state.copy, final)
      state = await this.#advance(state, job)
      if (state.at === 'plain') attempt++
    }
    return { is: 'changing' }
  }

  /** Tells by reading alone which file would be made of the archive, or that it is made already. */
  async dryRun (archive: Archive): Promise<Pick<Target, 'final' | 'isComplete'>> {
    return await this.#target(archive, join(this.#log.directory, archive.name), new AbortController().signal)
  }

  /** Needs the compression thread no longer. */
  close (): void {
    if (this.#isQueued) compressionQueue.leave()
    this.#isQueued = false
  }

  // Where the copy goes, or is already.
  async #target (archive: Archive, source: string, signal: AbortSignal): Promise<Target> {
    for (let n = archive.n; ; n++) {
      const final = join(this.#log.directory, formatArchiveName(this.#log, { stamp: archive.stamp, n }, suffixOf(this.#codec)))
      if (describe(final) === null) return { final, replace: false, isComplete: false }
      const standing = await holdsContentOf(final, this.#codec, source, signal)
      if (standing !== 'different') return { final, replace: true, isComplete: standing === 'same' }
    }
  }

  /** Takes the next step, or throws and leaves only what a later attempt finds. */
  async #advance (state: Unfinished, job: Job): Promise<State> {
    switch (state.at) {
      case 'plain': return { at: 'proven', copy: await this.#prove(job), replace: state.replace }
      case 'proven': return await this.#publish(state.copy, state.replace, job) ? { at: 'published', source: state.copy.source, copy: state.copy } : { at: 'plain', replace: state.replace }
      case 'published': return await this.#removeSource(job.archive, state.source) ? { at: 'compressed', copy: state.copy } : { at: 'plain', replace: true }
    }
  }

  async #prove ({ source, temporary, signal }: Job): Promise<CompressedCopy> {
    if (!this.#isQueued) compressionQueue.join()
    this.#isQueued = true
    const request = { source, temporary, codec: this.#codec, level: this.#level, index: this.#index, signal, thread: compressionQueue.thread }
    return await compressionQueue.inTurn(this.#codec, signal, () => retryWhileHeld(() => compressFile(request)))
  }

  // False where the source changed while it was copied, or another file took the copy's place. A process that could not see
  // that this one lives may have begun to do the same.
  async #publish (copy: CompressedCopy, replace: boolean, { source, temporary, final }: Job): Promise<boolean> {
    try {
      const isPublished = await this.#locked(() => {
        if (!isUnchanged(source, copy.source) || !isUnchanged(temporary, copy.copy)) return false
        publishCopy({ temporary, final, replace })
        return true
      })
      if (isPublished) await syncFolder(this.#log.directory)
      return isPublished
    } finally {
      removeFile(temporary)
    }
  }

  async #removeSource ({ name }: Archive, state: FileState): Promise<boolean> {
    return await this.#locked(() => removeKeptArchive(this.#log, name, state))
  }

  // The lock is given back between two attempts, so that a held file holds up nothing else.
  async #locked (action: () => boolean): Promise<boolean> {
    const result = await retryWhileHeld(() => this.#lock.run(action))
    if (result === null) throw new RotorBusyError(this.#lock.path)
    return result
  }
}

function outcomeOf (copy: CompressedCopy | null, final: string): CompressionOutcome {
  return copy === null ? { is: 'already compressed' } : { is: 'compressed', archive: final, from: copy.sourceBytes, to: copy.compressedBytes, lostRights: copy.lostRights }
}
