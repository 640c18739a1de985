// An archive's way from plain to compressed. The copy is proven before it is published and published before the source
// goes, and each look at the source and what follows from it happen under the lock that a stopped writer asks for too.
// Done again after a crash at any point, it ends with the compressed archive alone.
import { join } from 'node:path'
import { describe } from '../disk/archive-folder.js'
import { compressFile, holdsContentOf, type CompressedCopy } from '../disk/compress.js'
import { CompressionThread } from '../disk/compression-thread.js'
import type { Lock } from '../disk/lock.js'
import { identify, isUnchanged, publishCopy, removeFile, syncFolder, type FileIdentity } from '../disk/publish.js'
import { RotorBusyError } from '../errors.js'
import type { CompressedEvent } from '../events.js'
import type { Codec, Compression } from '../options/settings.js'
import { chosenCodec, formatArchiveName, hiddenName, suffixOf, type Archive, type LogName } from '../policy/archive-name.js'

/** A source that grows faster than it is compressed is left for another time. */
const attemptsMax = 5

interface Target {
  readonly final: string
  /** An unfinished or damaged copy of the same source stands there. */
  readonly replace: boolean
  /** The copy that stands there holds all of the source. */
  readonly isComplete: boolean
}

export class ArchiveCompressor {
  readonly #log: LogName
  readonly #lock: Lock
  readonly #codec: Codec
  readonly #level: number
  readonly #thread = new CompressionThread()

  constructor (log: LogName, lock: Lock, compression: Compression) {
    this.#log = log
    this.#lock = lock
    this.#codec = chosenCodec(compression)
    this.#level = compression.level
  }

  /** Compresses the archive; null where there was nothing to do: it is gone, or its copy was complete already. */
  async compress (archive: Archive, signal: AbortSignal): Promise<Omit<CompressedEvent, 'ms'> | null> {
    const source = join(this.#log.directory, archive.name)
    const identity = identify(source)
    if (identity === null) return null
    let target = await this.#target(archive, source, signal)
    if (target.isComplete && this.#removeSource(source, identity)) return null
    for (let attempt = 0; attempt < attemptsMax; attempt++) {
      const copy = await this.#publishCopy(source, archive, target, signal)
      if (copy !== null && this.#removeSource(source, copy.source)) {
        return { archive: target.final, from: copy.sourceBytes, to: copy.compressedBytes }
      }
      target = { ...target, replace: copy !== null || target.replace }
    }
    return null
  }

  /** Tells by reading alone which file would be made of the archive, or that it is made already. */
  async foresee (archive: Archive): Promise<Pick<Target, 'final' | 'isComplete'>> {
    return await this.#target(archive, join(this.#log.directory, archive.name), new AbortController().signal)
  }

  /** Keeps no thread any longer. */
  close (): void {
    this.#thread.close()
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

  // Null where the source changed while it was copied, or another file took the copy's place: whoever could not see that
  // this process lives may have begun to do the same.
  async #publishCopy (source: string, archive: Archive, { final, replace }: Pick<Target, 'final' | 'replace'>, signal: AbortSignal): Promise<CompressedCopy | null> {
    const temporary = join(this.#log.directory, hiddenName(this.#log, `pack.${archive.name}`))
    const copy = await compressFile({ source, temporary, codec: this.#codec, level: this.#level, signal, thread: this.#thread })
    try {
      const isPublished = this.#locked(() => {
        if (!isUnchanged(source, copy.source) || !isUnchanged(temporary, copy.copy)) return false
        publishCopy({ temporary, final, replace })
        return true
      })
      if (!isPublished) return null
      await syncFolder(this.#log.directory)
      return copy
    } finally {
      removeFile(temporary)
    }
  }

  #removeSource (source: string, identity: FileIdentity): boolean {
    return this.#locked(() => isUnchanged(source, identity) && removeFile(source))
  }

  #locked (action: () => boolean): boolean {
    const result = this.#lock.run(action)
    if (result === null) throw new RotorBusyError(this.#lock.path)
    return result
  }
}
