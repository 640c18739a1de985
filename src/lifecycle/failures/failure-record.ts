// The hidden file with the last failed step of a running process. It is a courtesy to `doctor` and `status`: a disk that
// refuses it is no failure. Each log of each thread has a file of its own, so no two processes write the same one.
import { constants, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { closeQuietly } from '../../disk/close.js'
import { readLockText } from '../../disk/lock/lock-text.js'
import { currentOwner, formatOwner, livenessOf, parseOwner, type Liveness } from '../../disk/lock/owner.js'
import { removeFile } from '../../disk/publish.js'
import type { Settings } from '../../options/settings.js'
import { logOf } from '../../policy/names/archive-name.js'
import { failurePart, hiddenName } from '../../policy/names/hidden-name.js'

/** A step that fails. */
export interface Failure {
  readonly step: string
  readonly code: string
  /** It names the call that failed, and what to do. */
  readonly message: string
  readonly path: string
  readonly sinceMs: number
}

/** What a record says, and whether the process that wrote it can still act. */
export interface ReadFailure {
  readonly pid: number | null
  readonly liveness: Liveness
  /** Null if the record cannot be read, or is being written. */
  readonly failure: Failure | null
}

// A reader reads 4 KiB, and a character may take three bytes.
const messageLengthMax = 800
const pathLengthMax = 300

const { O_CREAT, O_EXCL, O_WRONLY } = constants
const mode = 0o644

let records = 0

export class FailureRecord {
  readonly #path: string
  readonly #owner = formatOwner(currentOwner())

  constructor (settings: Settings) {
    const log = logOf(settings)
    this.#path = join(log.directory, hiddenName(log, failurePart(`${this.#owner} ${records++}`)))
  }

  /** Writes the failure in place of an earlier one, if the disk takes it. */
  write (failure: Failure): void {
    this.remove()
    try {
      this.#create(failure)
    } catch {
      // The same trouble often refuses the record too. An empty one says nothing.
      this.remove()
    }
  }

  /** Removes the record, if the disk allows it. If it does not, a sweep removes it once this process has ended. */
  remove (): void {
    try {
      removeFile(this.#path)
    } catch {
      // The folder may be read-only, or refuse removals.
    }
  }

  #create ({ step, code, message, path, sinceMs }: Failure): void {
    const text = JSON.stringify({ step, code, message: message.slice(0, messageLengthMax), path: path.slice(0, pathLengthMax), sinceMs })
    const descriptor = openSync(this.#path, O_CREAT | O_EXCL | O_WRONLY, mode)
    try {
      writeSync(descriptor, `${this.#owner}\n${text}\n`)
    } finally {
      closeQuietly(descriptor)
    }
  }
}

/** Reads a record. Other users may be able to write it, so its content is not trusted. */
export function readFailure (path: string): ReadFailure {
  const text = readText(path)
  const owner = parseOwner(text)
  return { pid: owner?.pid ?? null, liveness: owner === null ? 'unknown' : livenessOf(owner), failure: parseFailure(text.split('\n')[1] ?? '') }
}

function readText (path: string): string {
  try {
    return Buffer.from(readLockText(path) ?? '', 'latin1').toString('utf8')
  } catch {
    return '' // A failing disk cannot read it.
  }
}

function parseFailure (text: string): Failure | null {
  try {
    const { step, code, message, path, sinceMs } = JSON.parse(text) as Record<string, unknown>
    if (typeof step !== 'string' || typeof code !== 'string' || typeof message !== 'string' || typeof path !== 'string') return null
    return typeof sinceMs === 'number' && Number.isFinite(new Date(sinceMs).getTime()) ? { step, code, message, path, sinceMs } : null
  } catch {
    return null
  }
}
