// Compresses the archives that are due, one after another.
import { join } from 'node:path'
import type { Clock } from '../../../clock.js'
import { errnoOf } from '../../../disk/errno.js'
import type { Compression } from '../../../options/settings.js'
import { logOf, type Archive, type LogName } from '../../../policy/names/archive-name.js'
import { ArchiveCompressor } from '../archive-compressor.js'
import type { StageOutcome, SweepContext, SweepPass, SweepStage } from '../sweep-pass.js'

/** How soon to come back to an archive that changed while it was compressed. */
const comeBackMs = 1_000

export class CompressionStage implements SweepStage {
  readonly isLong = true
  readonly #log: LogName
  readonly #clock: Clock
  readonly #compressor: ArchiveCompressor

  constructor ({ settings, clock, swapLock }: SweepContext, compression: Compression) {
    this.#log = logOf(settings)
    this.#clock = clock
    this.#compressor = new ArchiveCompressor(this.#log, swapLock, compression)
  }

  // A rotation meanwhile asks for another pass. That pass decides again what to remove before it compresses more.
  async run (pass: SweepPass): Promise<StageOutcome> {
    const paths: string[] = []
    for (const archive of pass.plan.compressions) {
      if (pass.isInterrupted()) return 'interrupted'
      const path = join(this.#log.directory, archive.name)
      paths.push(path)
      if (pass.isDue('compress', path)) await this.#compress(pass, archive, path)
    }
    pass.settle('compress', paths)
    return 'done'
  }

  close (): void {
    this.#compressor.close()
  }

  async #compress (pass: SweepPass, archive: Archive, path: string): Promise<void> {
    const { signal } = pass.request
    const startedMs = this.#clock.monotonic()
    try {
      const outcome = await this.#compressor.compress(archive, signal)
      if (outcome.is === 'compressed') {
        pass.compressed({ archive: outcome.archive, from: outcome.from, to: outcome.to, ms: Math.round(this.#clock.monotonic() - startedMs) })
        pass.narrowed(outcome.lostRights, outcome.archive)
      }
      if (outcome.is === 'already compressed') pass.cleared(path)
      if (outcome.is === 'changing') pass.request.wakeIn(comeBackMs)
      pass.succeeded('compress', path)
    } catch (error) {
      if (signal.aborted) return // cancelled on purpose
      // Another process may have removed the archive while it was read.
      if (errnoOf(error) === 'ENOENT') pass.succeeded('compress', path)
      else pass.failed('compress', error, path)
    }
  }
}
