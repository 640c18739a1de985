// Writes the counters and the status of a transport for Prometheus's textfile collector, every 15 s and at the end. The file is replaced as
// a whole, so a reader never sees half of it. Two transports must not share a file, because each would put back the other's counters.
import { createHash } from 'node:crypto'
import { hostname } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { threadId } from 'node:worker_threads'
import { describe } from '../../disk/archive-folder.js'
import { codeAndMessage } from '../../disk/errno.js'
import { isSameFile, type FileIdentity } from '../../disk/file-identity.js'
import { replaceSmallFile } from '../../disk/small-file.js'
import type { RotorEvents } from '../../events.js'
import { countEvent, newCounters } from '../../policy/metrics/counters.js'
import { countersText, gaugesText } from '../../policy/metrics/prometheus.js'
import type { LogStatus } from '../../policy/status/status-shape.js'

const everyMs = 15_000
/** The collector usually runs as another user. */
const mode = 0o644
/** How many files this thread has begun to write. */
let filesOfThread = 0

export class MetricsFile {
  readonly #path: string
  readonly #temporary: string
  readonly #status: () => Promise<LogStatus>
  readonly #counters = newCounters()
  readonly #timer: NodeJS.Timeout
  readonly #reported = new Set<'shared' | 'failed'>()
  #written: FileIdentity | null = null
  #writing: Promise<void>

  /** Writes the file at once, and then every 15 s. */
  constructor (path: string, status: () => Promise<LogStatus>) {
    this.#path = path
    this.#temporary = join(dirname(path), `.${basename(path)}.${ownName(filesOfThread++)}.new`)
    this.#status = status
    this.#writing = this.#write()
    this.#timer = setInterval(() => { this.#writing = this.#writing.then(() => this.#write()) }, everyMs).unref()
  }

  count<Name extends keyof RotorEvents> (name: Name, event: RotorEvents[Name][0]): void {
    countEvent(this.#counters, name, event)
  }

  countLines (lines: number, bytes: number): void {
    this.#counters.lines += lines
    this.#counters.bytes += bytes
  }

  /** Writes it for the last time. */
  async close (): Promise<void> {
    clearInterval(this.#timer)
    await this.#writing
    await this.#write()
  }

  // Logging goes on with a file that cannot be written. It gets old, which node_exporter tells (node_textfile_mtime_seconds).
  async #write (): Promise<void> {
    try {
      const status = await this.#status()
      const found = describe(this.#path)
      if (found !== null && this.#written !== null && !isSameFile(found.identity, this.#written)) this.#warn('shared', `pino-rotor does not write ${this.#path} alone: give each transport a file of its own, for example with {pid} in its name`)
      await replaceSmallFile(this.#path, this.#temporary, countersText(this.#counters, status.file) + gaugesText(status), mode)
      this.#written = describe(this.#path)?.identity ?? null
    } catch (error) {
      this.#warn('failed', `pino-rotor cannot write ${this.#path}: ${codeAndMessage(error).message}`)
    }
  }

  #warn (kind: 'shared' | 'failed', message: string): void {
    if (!this.#reported.has(kind)) process.emitWarning(message)
    this.#reported.add(kind)
  }
}

// No other transport has the same name for its unfinished file: of this thread, of another one, or in another container, where processes
// have the same numbers.
function ownName (ordinal: number): string {
  return createHash('sha256').update([hostname(), process.pid, threadId, ordinal].join(' ')).digest('hex').slice(0, 12)
}
