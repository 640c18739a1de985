// What must hold at every step of a life, and not only when the schedule is over.
import type { Scene } from './scenes.js'

/** Calls whose order decides what a power cut leaves. */
const syncing = new Set(['writeSync', 'fsyncSync', 'renameSync', 'unlinkSync'])

export class StepChecks {
  readonly #folder: string
  readonly #keepsActive: boolean
  readonly #failed: (fault: Error) => void
  #hasSeenActive = false
  /** Copies that were written and not synced since, and whether a copy got its name after the folder was synced. */
  readonly #unsynced = new Set<string>()
  #hasUnsyncedName = false

  constructor (folder: string, { roles, withoutLinks }: Scene, failed: (fault: Error) => void) {
    this.#folder = folder
    this.#keepsActive = withoutLinks !== true && !roles.some(({ is }) => is === 'move' || is === 'remove')
    this.#failed = failed
  }

  /** The call was made. Its details begin with the path. */
  made (name: string, details: string): void {
    this.#expectActive(details, true)
    if (syncing.has(name)) this.#expectSynced(name, details)
  }

  /** The call found no file of that path. */
  foundNone (path: string): void {
    this.#expectActive(path, false)
  }

  // Once a call has found the active file, its name always leads to a file.
  #expectActive (path: string, isFound: boolean): void {
    if (!this.#keepsActive || path !== `${this.#folder}/app.log`) return
    if (isFound) this.#hasSeenActive = true
    else if (this.#hasSeenActive) this.#failed(new Error('the active name led to no file'))
  }

  // A power cut would show the order in which things reach the disk. Here the order of the calls has to do.
  #expectSynced (name: string, details: string): void {
    const [path = '', to = ''] = details.replaceAll(`${this.#folder}/`, '').split(' ')
    if (name === 'writeSync' && path.includes('.pack.')) this.#unsynced.add(path)
    if (name === 'fsyncSync') this.#unsynced.delete(path)
    if (name === 'fsyncSync' && path === this.#folder) this.#hasUnsyncedName = false
    if (name === 'renameSync' && path.includes('.pack.')) {
      if (this.#unsynced.has(path)) this.#failed(new Error(`${to} got its name before it was synced`))
      this.#hasUnsyncedName = true
    }
    if (name === 'unlinkSync' && path.includes('.gone.') && this.#hasUnsyncedName) this.#failed(new Error(`${path} went before its copy's name was synced`))
  }
}
