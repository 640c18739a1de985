// Lists the finished files of a log to store: its bundles if it has some, otherwise its archives.
import { join } from 'node:path'
import type { Clock } from '../../clock.js'
import type { Settings } from '../../options/settings.js'
import type { LogName } from '../../policy/names/archive-name.js'
import { finishedArchives, finishedBundles, type UploadCandidate } from '../../policy/uploading/upload-plan.js'
import { bundleDirectory, readBundleFolder } from '../../reading/bundle-folder.js'
import { LogFolder } from '../log-folder.js'

export class UploadFolder {
  readonly directory: string
  readonly #settings: Settings
  readonly #log: LogName
  readonly #folder: LogFolder

  constructor (settings: Settings, log: LogName, clock: Clock) {
    this.directory = settings.bundle === null ? log.directory : bundleDirectory(settings, log)
    this.#settings = settings
    this.#log = log
    this.#folder = new LogFolder(settings, log, clock)
  }

  /** Returns every finished file, oldest first, stored or not. */
  async read (): Promise<UploadCandidate[]> {
    if (this.#settings.bundle !== null) return finishedBundles(readBundleFolder(this.directory, this.#log).bundles)
    return finishedArchives((await this.#folder.read()).archives, this.#settings)
  }

  pathOf ({ name }: UploadCandidate): string {
    return join(this.directory, name)
  }
}
