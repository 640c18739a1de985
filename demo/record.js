// Records each line that pino passed to the transport, and what each archive held when it was rotated. It reads an archive as
// soon as its `rotated` event comes, so the demo can still account for an archive that is removed later.
// @ts-check
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { basename, dirname, extname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { settleAccount } from './account.js'

/**
 * @typedef {import('pino-rotor').RotorEvents} Events
 * @typedef {{ size: `${number}k`, frequency: `${number}s`, compress: 'gzip', limit: { count: number, totalSize: `${number}k`, age: `${number}h` } }} DemoOptions
 * @typedef {{ name: string, bytes: number, content: string, isActive: boolean }} KeptFile
 * @typedef {{ name: string, bytes: number, content: string, removedFor: string | null }} Archive
 */

const bytesIn = { k: 1024, m: 1024 ** 2 }
const hourMs = 3_600_000

/** Keeps the record of one log while it is written. */
export class Record {
  #file
  #options
  /** @type {string[]} */
  #lines = []
  /** @type {string[]} */
  #requests = []
  #answered = 0
  /** Every archive that was ever made, by its name without `.gz`, in the order of rotation. @type {Map<string, Archive>} */
  #archives = new Map()
  /** @type {string[]} */
  #faults = []
  /** How often each event came, by kind and reason. @type {Map<string, Map<string, number>>} */
  events = new Map(['rotated', 'compressed', 'removed', 'failed', 'dropped', 'recovered'].map((kind) => [kind, new Map()]))
  compressedBytes = { from: 0, to: 0 }

  /**
   * @param {string} file the active file
   * @param {DemoOptions} options
   * @param {import('pino-rotor').Transport} destination
   */
  constructor (file, options, destination) {
    this.#file = file
    this.#options = options
    destination.on('rotated', (event) => { this.#rotated(event) })
    destination.on('compressed', (event) => { this.#compressed(event) })
    destination.on('removed', (event) => { this.#removed(event) })
    for (const kind of /** @type {const} */ (['failed', 'dropped', 'recovered'])) {
      destination.on(kind, () => { this.#count(kind, '') })
    }
  }

  /**
   * Notes a line on its way to the transport.
   *
   * @param {string} line
   */
  logged (line) {
    this.#lines.push(line)
    return line
  }

  /**
   * Notes a request that the server has answered.
   *
   * @param {string} id
   */
  served (id) {
    this.#requests.push(id)
  }

  /**
   * Notes how many answers the client has counted.
   *
   * @param {number} count
   */
  answered (count) {
    this.#answered += count
  }

  /** Counts the events of the kinds that a round shows. */
  counts () {
    return { rotated: this.#total('rotated'), compressed: this.#total('compressed'), removed: this.#total('removed') }
  }

  /** Reads what is left and compares it with what was logged. */
  settle () {
    return settleAccount({
      lines: this.#lines,
      requests: this.#requests,
      answered: this.#answered,
      archives: [...this.#archives.values()],
      kept: this.#readKept(),
      fileBytesMax: bytesOf(this.#options.size),
      archivesMax: this.#options.limit.count,
      totalBytesMax: bytesOf(this.#options.limit.totalSize),
      faults: this.#faults
    })
  }

  /** @param {Events['rotated'][0]} event */
  #rotated ({ archive, bytes, reason }) {
    this.#count('rotated', reason)
    const content = readRotated(archive)
    if (Buffer.byteLength(content) !== bytes) this.#faults.push(`${basename(archive)} does not hold the ${bytes} bytes that its event names`)
    this.#archives.set(basename(archive), { name: basename(archive), bytes, content, removedFor: null })
  }

  /** @param {Events['compressed'][0]} event */
  #compressed ({ archive, from, to }) {
    this.#count('compressed', '')
    this.compressedBytes.from += from
    this.compressedBytes.to += to
    const known = this.#archives.get(plainName(archive))
    if (known !== undefined) known.bytes = to
  }

  // When an archive is removed for a limit, that limit must be exceeded at that moment. The earlier events tell whether it is.
  /** @param {Events['removed'][0]} event */
  #removed ({ file, reason }) {
    this.#count('removed', reason)
    const known = this.#archives.get(plainName(file))
    if (known === undefined || known.removedFor !== null) {
      this.#faults.push(`${basename(file)} was removed but never rotated`)
    } else {
      if (!this.#isExceeded(reason, known)) this.#faults.push(`${basename(file)} was removed for ${reason}, which was not exceeded`)
      known.removedFor = reason
    }
  }

  /**
   * @param {Events['removed'][0]['reason']} reason
   * @param {Archive} archive
   */
  #isExceeded (reason, { name }) {
    const { size, limit } = this.#options
    const standing = [...this.#archives.values()].filter(({ removedFor }) => removedFor === null)
    switch (reason) {
      case 'count': return standing.length > limit.count
      // The active file counts as well, and holds at most `size`.
      case 'totalSize': return standing.reduce((sum, { bytes }) => sum + bytes, bytesOf(size)) > bytesOf(limit.totalSize)
      case 'age': return Date.now() - rotationTime(name) > Number.parseInt(limit.age) * hourMs
      default: return false
    }
  }

  /** @returns {KeptFile[]} in the order of their lines */
  #readKept () {
    const folder = dirname(this.#file)
    const active = basename(this.#file)
    const names = readdirSync(folder).filter((name) => name !== active)
    return [...names.sort(byAge), active].map((name) => ({
      name,
      bytes: statSync(join(folder, name)).size,
      content: readLog(join(folder, name)),
      isActive: name === active
    }))
  }

  /**
   * @param {string} kind
   * @param {string} reason
   */
  #count (kind, reason) {
    const reasons = this.events.get(kind)
    reasons?.set(reason, (reasons.get(reason) ?? 0) + 1)
  }

  /** @param {string} kind */
  #total (kind) {
    return [...this.events.get(kind)?.values() ?? []].reduce((sum, count) => sum + count, 0)
  }
}

// On a very busy machine, the archive may already be compressed when its event arrives.
/** @param {string} archive */
function readRotated (archive) {
  try {
    return readLog(archive)
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ENOENT') throw error
    return readLog(`${archive}.gz`)
  }
}

/** @param {string} path */
function readLog (path) {
  const bytes = readFileSync(path)
  return (extname(path) === '.gz' ? gunzipSync(bytes) : bytes).toString()
}

/** @param {string} path */
function plainName (path) {
  return basename(path, '.gz')
}

/** @param {`${number}${'k' | 'm'}`} size */
function bytesOf (size) {
  return Number.parseInt(size) * bytesIn[/** @type {'k' | 'm'} */ (size.slice(-1))]
}

// The name consists of the stem, the second of the rotation, and a number if that second had several rotations.
/** @param {string} name */
function rotationTime (name) {
  const [, year, month, day, hour, minute, second] = /\.(\d{4})(\d\d)(\d\d)_(\d\d)(\d\d)(\d\d)\./.exec(name) ?? []
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
}

/**
 * @param {string} a
 * @param {string} b
 */
function byAge (a, b) {
  return rotationTime(a) - rotationTime(b) || numberOf(a) - numberOf(b)
}

/** @param {string} name */
function numberOf (name) {
  return Number(/_\d{6}\.(\d+)\./.exec(name)?.[1] ?? 0)
}
