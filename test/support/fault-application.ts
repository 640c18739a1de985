// An application that a fault is made in: it logs numbered lines, flushes each, notes in a journal outside the log's folder
// which ones were promised to be safe, and rotates and sweeps when its script says so. It is bundled by itself, so that a
// run costs no module loading, and its time can run faster than the world's, so that waiting for writers costs little.
import crypto from 'node:crypto'
import { once } from 'node:events'
import fs, { openSync, writeSync } from 'node:fs'
import fsPromises, { type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import type { RotorOptions } from '../../src/options/options.js'
import { parseOptions } from '../../src/options/parse-options.js'
import { LogStream } from '../../src/stream.js'
import { Transport } from '../../src/transport.js'
import { textOfLine } from './fault-ledger.js'
import { quickClock, quickenTimers, type Pace } from './quick-clock.js'

/** Calls that a thread makes beforehand, so that its later ones have numbers that other threads never reach. */
export interface WarmUp { readonly call: string, readonly times: number, readonly path: string }

/** What one life of the application does, as one JSON argument. */
export interface Life extends Pace {
  readonly options: RotorOptions
  /** Outside the log's folder: one number a line, of what was flushed. */
  readonly journal: string
  /** Outside the log's folder: one event a line; `-` for the standard output. */
  readonly events: string
  readonly firstNumber: number
  /**
   * `lines COUNT`, `pour` (until killed), `write COUNT`, `flush`, `rotate`, `sweep`, `upload`, `wait MS`, `say`, `end`; `recover MS` waits
   * until nothing fails any more, so many of the world's milliseconds at most; `unlink` removes the active file.
   */
  readonly steps: readonly string[]
  /** Made in the thread pool. */
  readonly warmUp?: WarmUp
  /** Made in the thread that compresses. */
  readonly compressionWarmUp?: WarmUp
  /** Stands for a bundle that left the worker's file behind: gzip is then made in the thread pool. */
  readonly withoutCompressionThread?: boolean
  /** Stands for a compressor that forgot to sync. */
  readonly withoutSync?: boolean
  /** The log is written by this worker. */
  readonly worker?: string
}

const life = JSON.parse(process.argv[2] ?? '') as Life
// The tools that read access control lists would make calls of their own on the log's files.
process.env['PATH'] = ''
const journal = openSync(life.journal, 'a')
const standardOutput = 1
const events = life.events === '-' ? standardOutput : openSync(life.events, 'a')
const eventNames = ['rotated', 'compressed', 'removed', 'uploaded', 'failed', 'dropped', 'recovered'] as const

// Hidden names with identifiers in them are then known beforehand as well.
function numberIdentifiers (): void {
  let count = 0
  crypto.randomUUID = () => `life-${life.firstNumber}-0-0-${++count}`
}

async function warmUp ({ call, times, path }: WarmUp): Promise<void> {
  const byte = Buffer.alloc(1)
  const make: Record<string, (handle: FileHandle, count: number) => Promise<unknown> | null> = {
    openat: () => null,
    close: () => null,
    statx: async () => await fsPromises.stat(path),
    fsync: async (handle) => { await handle.sync() },
    pread64: async (handle) => await handle.read(byte, 0, 1, 0),
    pwrite64: async (handle) => await handle.write(byte, 0, 1, 0),
    read: async (handle) => await handle.read(byte, 0, 1),
    // One call for the names, and one that finds no more.
    getdents64: async (_, count) => { if (count % 2 === 0) await fsPromises.readdir(dirname(path)) },
    fchmod: async (handle) => { await handle.chmod(0o644) },
    fchown: async (handle) => { await handle.chown(process.getuid?.() ?? 0, process.getgid?.() ?? 0) },
    utimensat: async (handle) => { await handle.utimes(0, 0) },
    unlink: async () => await fsPromises.unlink(`${path}.gone`).catch(() => null)
  }
  const makeCall = make[call]
  if (makeCall === undefined) throw new Error(`no way to make ${call} in the thread pool is known`)
  for (let count = 0; count < times; count++) {
    const handle = await fsPromises.open(path, 'r+')
    await makeCall(handle, count)
    await handle.close()
  }
}

async function forgetToSync (path: string): Promise<void> {
  const handle = await fsPromises.open(path, 'r')
  const prototype = Object.getPrototypeOf(handle) as typeof handle
  prototype.sync = async () => await Promise.resolve()
  await handle.close()
}

// A closed descriptor may belong to another file at the next call.
function tellOfClosedDescriptors (): void {
  const { writeSync: write } = fs
  const telling = (descriptor: number, ...rest: [string]): number => {
    try {
      return write(descriptor, ...rest)
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EBADF') write(events, `${JSON.stringify({ name: 'closed descriptor' })}\n`)
      throw error
    }
  }
  fs.writeSync = telling as typeof fs.writeSync
}

class Application {
  readonly #log: LogStream | Transport
  readonly #failing = new Set<string>()
  #number = life.firstNumber

  constructor (log: LogStream | Transport) {
    this.#log = log
    for (const name of eventNames) {
      log.on(name, (details: object) => { tell(name, details) })
    }
    log.on('failed', ({ step }) => { this.#failing.add(step) })
    log.on('recovered', ({ step }) => { this.#failing.delete(step) })
  }

  async live (): Promise<void> {
    for (const step of life.steps) {
      const [action, amount] = step.split(' ')
      await this.#do(action ?? '', Number(amount))
    }
  }

  async #do (action: string, amount: number): Promise<void> {
    switch (action) {
      case 'lines': return await this.#logLines(amount)
      case 'pour': for (;;) await this.#logLines(1)
      case 'write': for (let count = 0; count < amount; count++) this.#write(); return
      case 'flush': return await this.#flush()
      case 'rotate': await this.#log.rotate().catch(tellOfRefusal('rotate')); return
      case 'sweep': return await this.#log.sweep().catch(tellOfRefusal('sweep'))
      case 'upload': return await this.#log.upload()
      case 'wait': await new Promise((resolve) => setTimeout(resolve, amount)); return
      case 'recover': return await this.#recover(amount)
      case 'unlink': fs.unlinkSync(life.options.file); return
      case 'say': tell('said', { memoryBytes: process.memoryUsage().rss, ranMs: performance.now() * life.pace }); return
      case 'end': return await this.#end()
      default: throw new Error(`unknown step ${action}`)
    }
  }

  async #recover (limitMs: number): Promise<void> {
    const signal = AbortSignal.timeout(limitMs)
    // What has just failed is told in the next turn.
    await setImmediate()
    while (this.#failing.size > 0 && !signal.aborted) await once(this.#log, 'recovered', { signal }).catch(ignore)
  }

  async #logLines (count: number): Promise<void> {
    for (let line = 0; line < count; line++) {
      const number = this.#write()
      await this.#flush()
      writeSync(journal, `${number}\n`)
    }
  }

  #write (): number {
    const number = this.#number++
    this.#log.write(`${JSON.stringify({ number, text: textOfLine(number) })}\n`)
    return number
  }

  async #flush (): Promise<void> {
    await new Promise<void>((resolve) => { this.#log.flush(() => { resolve() }) })
  }

  async #end (): Promise<void> {
    const closed = new Promise((resolve) => { this.#log.once('close', resolve as () => void) })
    this.#log.end()
    await closed
  }
}

function tell (name: string, details: object): void {
  writeSync(events, `${JSON.stringify({ name, ...details })}\n`)
}

/** Who asked for something is not told by `failed` that it failed, but by the answer. */
function tellOfRefusal (step: string): () => void {
  return () => { tell('refused', { step }) }
}

function ignore (): void {}

async function open (): Promise<LogStream | Transport> {
  const settings = parseOptions({ report: false, ...life.options })
  if (life.worker === undefined) return new LogStream(settings, quickClock(life))
  if (life.standsAtMs !== undefined) process.env['ROTOR_STANDS_AT_MS'] = String(life.standsAtMs)
  const log = new Transport(settings, life.worker)
  await new Promise((resolve) => { log.once('ready', resolve as () => void) })
  return log
}

async function main (): Promise<void> {
  quickenTimers(life.pace)
  numberIdentifiers()
  tellOfClosedDescriptors()
  if (life.warmUp !== undefined) await warmUp(life.warmUp)
  if (life.compressionWarmUp !== undefined) process.env['ROTOR_COMPRESSION_WARM_UP'] = JSON.stringify(life.compressionWarmUp)
  if (life.withoutCompressionThread === true) globalThis.__bundlerPathsOverrides = {}
  if (life.withoutSync === true) await forgetToSync(life.journal)
  // What waits for a worker or for other writers does not keep the process alive by itself.
  const alive = setInterval(() => {}, 60_000)
  const application = new Application(await open())
  tell('opened', {})
  await application.live()
  clearInterval(alive)
}

void main()
