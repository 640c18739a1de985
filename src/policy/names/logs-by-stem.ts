// Finds the logs among thousands whose files could have a name, without asking each log.
import { logName, type LogName } from './archive-name.js'

export class LogsByStem {
  readonly #logs = new Map<string, LogName[]>()
  #stemLengthMax = 0

  constructor (logs: readonly LogName[]) {
    for (const log of logs) {
      const sameStem = this.#logs.get(log.stem)
      if (sameStem === undefined) this.#logs.set(log.stem, [log])
      else sameStem.push(log)
      this.#stemLengthMax = Math.max(this.#stemLengthMax, log.stem.length)
    }
  }

  /** Makes the index of the logs with these active files. */
  static ofBases (bases: readonly string[]): LogsByStem {
    return new LogsByStem(bases.map((base) => logName(base)))
  }

  /** Whether the test holds for one of the logs with whose stem the name begins. */
  some (name: string, test: (log: LogName) => boolean): boolean {
    for (let length = 1; length <= Math.min(name.length, this.#stemLengthMax); length++) {
      if (this.#logs.get(name.slice(0, length))?.some(test) === true) return true
    }
    return false
  }
}
