// What the code under test is loaded with in place of Node's own modules: files, time and processes as one life has them. Every call
// on a file of the scene is a point of the schedule. What the code of a dead life still tries has no effect.
import crypto from 'node:crypto'
import fs, { type BigIntStats } from 'node:fs'
import fsPromises from 'node:fs/promises'
import { createRequire } from 'node:module'
import timersPromises from 'node:timers/promises'
import type { Failure, Life, Timer } from './life.js'
import { PackingThread, UnpackingNow } from './packing.js'

type AnyCall = (...given: unknown[]) => unknown
type Calls = Record<string, AnyCall>

const ofDisk: readonly Failure[] = ['EIO', 'EINTR']
/** How a call may be made to fail, as a disk or a signal does it. */
const failures: Readonly<Record<string, readonly Failure[]>> = { openSync: ['EMFILE', 'EINTR'], writeSync: ['ENOSPC', 'short', 'EINTR'], readSync: ofDisk, linkSync: ofDisk, renameSync: ofDisk, unlinkSync: ofDisk, mkdirSync: ofDisk, rmdirSync: ofDisk, fsyncSync: ofDisk }
const byPath = ['openSync', 'lstatSync', 'statSync', 'linkSync', 'renameSync', 'unlinkSync', 'readdirSync', 'mkdirSync', 'rmdirSync', 'lutimesSync', 'chmodSync', 'accessSync', 'existsSync']
const byDescriptor = ['writeSync', 'readSync', 'fstatSync', 'fsyncSync', 'ftruncateSync', 'futimesSync', 'fchmodSync', 'fchownSync', 'closeSync']
const node = createRequire(__filename)

/** The modules and globals of a piece of code whose life is told by `lifeNow`. */
export interface World {
  readonly require: (name: string) => unknown
  readonly globals: Readonly<Record<string, unknown>>
}

export function worldOf (lifeNow: () => Life): World {
  const files = filesOf(lifeNow)
  const timers = timersOf(lifeNow)
  const modules: Readonly<Record<string, unknown>> = {
    fs: files,
    'fs/promises': { ...fsPromises, ...laterFilesOf(files) },
    'timers/promises': { ...timersPromises, ...laterTimersOf(lifeNow) },
    crypto: { ...crypto, randomUUID: () => lifeNow().nextIdentifier() },
    worker_threads: { ...node('node:worker_threads') as object, Worker: PackingThread },
    zlib: { ...node('node:zlib') as object, createGunzip: () => new UnpackingNow() }
  }
  const pausing = { __proto__: Atomics, wait: (_array: unknown, _index: number, _value: number, delayMs: number) => { lifeNow().pause(delayMs) } }
  return { require: (name) => modules[name.replace(/^node:/, '')] ?? node(name) as unknown, globals: { ...timers, Atomics: pausing } }
}

function filesOf (lifeNow: () => Life): Calls {
  const files: Calls = { ...fs as unknown as Calls }
  for (const name of byPath) files[name] = callByPath(name, lifeNow)
  for (const name of byDescriptor) files[name] = callByDescriptor(name, lifeNow)
  // A folder of a scene is listed in one go, by one call.
  files['opendirSync'] = (path) => {
    const entries = lifeNow().call('opendirSync', String(path), [], () => fs.readdirSync(String(path), { withFileTypes: true }))
    return { readSync: () => entries.shift() ?? null, closeSync: () => {} }
  }
  // What /proc says of threads: those of actors, in the lives that they are in.
  files['readlinkSync'] = (path, ...rest) => {
    if (path === '/proc/thread-self') return `${process.pid}/task/${lifeNow().thread}`
    return path === '/proc/self/ns/pid' ? lifeNow().namespace : fs.readlinkSync(path as string, ...rest as [])
  }
  files['readFileSync'] = (path, ...rest) => {
    const thread = typeof path === 'string' ? new RegExp(`^/proc/${process.pid}/task/(\\d+)/stat$`).exec(path)?.[1] : undefined
    return thread === undefined ? ofHost(String(path), () => fs.readFileSync(path as string, ...rest as [])) : statOf(Number(thread), lifeNow())
  }
  return files
}

const host = new Map<string, unknown>()

/** What the machine says of itself, which stays. */
function ofHost (path: string, read: () => unknown): unknown {
  if (!path.startsWith('/proc/sys/')) return read()
  if (!host.has(path)) host.set(path, read())
  return host.get(path)
}

function statOf (thread: number, life: Life): string {
  if (thread !== process.pid && !life.isAlive(thread)) throw Object.assign(new Error('ENOENT'), { code: 'ENOENT' })
  return `${thread} (actor) S ${'0 '.repeat(18)}${thread} 0`
}

function callByPath (name: string, lifeNow: () => Life): AnyCall {
  const make = (fs as unknown as Calls)[name] as AnyCall
  return (...given) => {
    const life = lifeNow()
    const [first, second] = given
    const reopened = typeof first === 'string' ? /^\/proc\/self\/fd\/(\d+)$/.exec(first)?.[1] : undefined
    const path = reopened === undefined ? first : life.descriptors.get(Number(reopened))
    if (typeof path !== 'string' || !path.startsWith(life.folder)) return make(...given)
    const details = name === 'linkSync' || name === 'renameSync' ? `${path} ${String(second)}` : path
    const result = life.call(name, details, failures[name] ?? [], () => make(...given))
    if (name === 'openSync') {
      life.descriptors.set(result as number, path)
      if ((Number(second) & fs.constants.O_EXCL) !== 0) setTimes(result as number, life, life.clock.now() / 1_000)
    }
    return result
  }
}

function callByDescriptor (name: string, lifeNow: () => Life): AnyCall {
  const make = (fs as unknown as Calls)[name] as AnyCall
  return (...given) => {
    const life = lifeNow()
    const descriptor = given[0] as number
    const path = life.descriptors.get(descriptor)
    if (path === undefined) return make(...given)
    const details = name === 'writeSync' ? `${path} ${String(given[1]).slice(0, 14).replaceAll(/[^ -~]/g, '?')}` : path
    const result = life.call(name, details, failures[name] ?? [], (isShort) => make(...isShort ? beginningOf(given) : given))
    if (name === 'closeSync') life.descriptors.delete(descriptor)
    // Node cuts times off to the microsecond.
    if (name === 'writeSync') setTimes(descriptor, life, (Number(fs.fstatSync(descriptor, { bigint: true }).atimeNs) + 500) / 1e9)
    return result
  }
}

/** What is given to `writeSync`, with the first half of the bytes. */
function beginningOf ([descriptor, content, offset = 0, length = undefined, ...rest]: readonly unknown[]): unknown[] {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content as Buffer
  const all = Number(length ?? bytes.length - Number(offset))
  return [descriptor, bytes, offset, Math.ceil(all / 2), ...rest]
}

// The kernel's own times would differ from run to run.
function setTimes (descriptor: number, { clock }: Life, accessedSeconds: number): void {
  fs.futimesSync(descriptor, accessedSeconds, clock.now() / 1_000)
}

// Calls through the thread pool would come back when they like. These come back at once, and are points all the same.
function laterFilesOf (files: Calls): Record<string, unknown> {
  return {
    open: async (path: string, flags: number | string, mode?: number) => new Handle(files, files['openSync']?.(path, flags, mode) as number),
    unlink: async (path: string) => { files['unlinkSync']?.(path) },
    statfs: async (path: string) => fs.statfsSync(path)
  }
}

class Handle {
  readonly #files: Calls
  readonly fd: number

  constructor (files: Calls, fd: number) {
    this.#files = files
    this.fd = fd
  }

  async read (buffer: Buffer, offset: number, length: number, position: number): Promise<object> { return { bytesRead: this.#make('readSync', buffer, offset, length, position) } }
  async write (buffer: Buffer, offset: number, length: number, position: number): Promise<object> { return { bytesWritten: this.#make('writeSync', buffer, offset, length, position) } }
  async stat (): Promise<BigIntStats> { return this.#make('fstatSync', { bigint: true }) as BigIntStats }
  async utimes (accessed: number, modified: number): Promise<void> { this.#make('futimesSync', accessed, modified) }
  async sync (): Promise<void> { this.#make('fsyncSync') }
  async close (): Promise<void> { this.#make('closeSync') }

  #make (name: string, ...given: unknown[]): unknown {
    return this.#files[name]?.(this.fd, ...given)
  }
}

// Time passes when the schedule says so.
function timersOf (lifeNow: () => Life): Record<string, unknown> {
  const set = (repeats: boolean) => (action: () => void, delayMs = 1): Timer => {
    const timer = lifeNow().addTimer(action, delayMs, repeats ? delayMs : null)
    return Object.assign(timer, { ref: () => timer, unref: () => timer, refresh: () => timer })
  }
  const clear = (timer: Timer | null): void => { if (timer !== null) lifeNow().removeTimer(timer) }
  return { setTimeout: set(false), setInterval: set(true), clearTimeout: clear, clearInterval: clear, setImmediate: (action: () => void) => { lifeNow().addImmediate(action) } }
}

function laterTimersOf (lifeNow: () => Life): Record<string, unknown> {
  return {
    setTimeout: async (delayMs: number, value: unknown, { signal }: { signal?: AbortSignal } = {}) => await new Promise((resolve, reject) => {
      const life = lifeNow()
      const abort = (): void => {
        life.removeTimer(timer)
        reject(signal?.reason as Error)
      }
      const timer = life.addTimer(() => {
        signal?.removeEventListener('abort', abort)
        resolve(value)
      }, delayMs, null)
      signal?.addEventListener('abort', abort, { once: true })
    }),
    setImmediate: async () => { await new Promise<void>((resolve) => { lifeNow().addImmediate(resolve) }) }
  }
}
