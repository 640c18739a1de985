// Counts for the option `metrics` and loads what writes the file. A transport without the option loads nothing of it.
import type { RotorEvents } from '../../events.js'
import type { LogStatus } from '../../policy/status/status-shape.js'
import type { MetricsFile } from './metrics-file.js'

type Waiting = (file: MetricsFile) => void

export class LazyMetrics {
  readonly #loading: Promise<MetricsFile | null>
  /** Counts from before the file's code is loaded. */
  #waiting: Waiting[] = []
  #file: MetricsFile | null = null

  constructor (path: string, status: () => Promise<LogStatus>) {
    // A file that a bundler left out is no reason to stop logging.
    this.#loading = import('./metrics-file.js').then(({ MetricsFile }) => {
      const file = new MetricsFile(path, status)
      for (const count of this.#waiting.splice(0)) count(file)
      this.#file = file
      return file
    }, () => null)
  }

  count<Name extends keyof RotorEvents> (name: Name, event: RotorEvents[Name][0]): void {
    if (this.#file === null) this.#waiting.push((file) => { file.count(name, event) })
    else this.#file.count(name, event)
  }

  /** Counts whole lines. Their memory may be reused afterwards. */
  countLines (lines: Buffer): void {
    const { lines: count, bytes } = amountOf(lines)
    if (this.#file === null) this.#waiting.push((file) => { file.countLines(count, bytes) })
    else this.#file.countLines(count, bytes)
  }

  /** Writes the file for the last time. */
  async close (): Promise<void> {
    await (await this.#loading)?.close()
  }
}

const newline = 0x0a

function amountOf (lines: Buffer): { readonly lines: number, readonly bytes: number } {
  let count = 0
  for (let at = lines.indexOf(newline); at !== -1; at = lines.indexOf(newline, at + 1)) count++
  return { lines: count, bytes: lines.length }
}
