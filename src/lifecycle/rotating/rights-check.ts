// Checks, some time after each rotation, whether each new file has the access control list of the file before it. Neither
// lines nor rotations wait for this check.
import { correctRights } from '../../disk/rights/correct-rights.js'
import { Alarm } from '../alarm.js'
import type { StepHealth } from '../step-health.js'

/** Several rotations within this time are checked together. */
const delayMs = 500

export class RightsCheck {
  readonly #file: string
  readonly #health: StepHealth
  readonly #alarm: Alarm
  #archives: string[] = []

  constructor (file: string, health: StepHealth, monotonic: () => number) {
    this.#file = file
    this.#health = health
    this.#alarm = new Alarm(monotonic, () => { void this.#look() })
  }

  /** Notes that the active file became that archive. */
  rotated (archive: string): void {
    this.#archives.push(archive)
    this.#alarm.setUnlessSet(delayMs)
  }

  close (): void {
    this.#alarm.clear()
  }

  async #look (): Promise<void> {
    const archives = this.#archives
    this.#archives = []
    try {
      const lost = await correctRights([...archives, this.#file])
      // A rotation meanwhile may have moved a file away that still misses the list of this batch's last archive.
      if (this.#archives.length > 0) this.#archives = [...archives.slice(-1), ...this.#archives]
      if (lost !== null) this.#health.failed('rights', lost, this.#file, 0)
    } catch {
      // The disk fails, or a file went away. The next rotation reads its own file's list.
    }
  }
}
