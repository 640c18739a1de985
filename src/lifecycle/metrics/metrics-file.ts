// Writes the counters and the status of a transport for Prometheus's textfile collector, every 15 s and at the end. The file is replaced as
// a whole, so a reader never sees half of it.
import { basename, dirname, join } from 'node:path'
import { codeAndMessage } from '../../disk/errno.js'
import { replaceSmallFile } from '../../disk/small-file.js'
import type { RotorEvents } from '../../events.js'
import { countEvent, newCounters } from '../../policy/metrics/counters.js'
import { countersText, gaugesText } from '../../policy/metrics/prometheus.js'
import type { LogStatus } from '../../policy/status/status-shape.js'

const everyMs = 15_000
/** The collector usually runs as another user. */
const mode = 0o644

export class MetricsFile {
  readonly #path: string
  readonly #status: () => Promise<LogStatus>
  readonly #counters = newCounters()
  readonly #timer: NodeJS.Timeout
  #isReported = false
  #writing: Promise<void>

  /** Writes the file at once, and then every 15 s. */
  constructor (path: string, status: () => Promise<LogStatus>) {
    this.#path = path
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
      const temporary = join(dirname(this.#path), `.${basename(this.#path)}.${process.pid}.new`)
      await replaceSmallFile(this.#path, temporary, countersText(this.#counters, status.file) + gaugesText(status), mode)
    } catch (error) {
      if (!this.#isReported) process.emitWarning(`pino-rotor cannot write ${this.#path}: ${codeAndMessage(error).message}`)
      this.#isReported = true
    }
  }
}
