// A user's own store: a module with `put(key, stream, facts)` and `head(key)`. Its results are checked. An object counts as
// stored only if `head` confirms it.
import { Readable } from 'node:stream'
import { codeAndMessage } from '../disk/errno.js'
import type { Body, ObjectFacts, ObjectStore, OpenBody, PutOutcome, StoredObject } from './store.js'
import { StoreError } from './store-error.js'

/** The module's exports, by name or by default. */
export interface StoreModule {
  readonly put: (key: string, stream: Readable, facts: { bytes: number, sha256: string, md5: string, signal: AbortSignal }) => unknown
  readonly head: (key: string) => unknown
}

/** Reads a module's exports as a store; null if they are none. */
export function storeModuleOf (exported: unknown): StoreModule | null {
  const { put, head } = typeof exported === 'object' && exported !== null ? exported as Record<string, unknown> : {}
  if (typeof put !== 'function' || typeof head !== 'function') return null
  // The functions may be methods.
  return { put: (...values) => put.apply(exported, values) as unknown, head: (key) => head.call(exported, key) as unknown }
}

export class ModuleStore implements ObjectStore {
  readonly #module: StoreModule
  readonly #path: string
  readonly #silenceMs: number

  constructor (module: StoreModule, path: string, silenceMs: number) {
    this.#module = module
    this.#path = path
    this.#silenceMs = silenceMs
  }

  urlOf (key: string): string {
    return key
  }

  async head (key: string, signal: AbortSignal): Promise<StoredObject | null> {
    return storedObject(await this.#bounded(() => this.#module.head(key), signal), this.#path)
  }

  async put (key: string, { sizeBytes, sha256, md5 }: ObjectFacts, open: OpenBody, signal: AbortSignal): Promise<PutOutcome> {
    let readBytes = 0
    const stream = Readable.from(copies(open((bytes) => { readBytes += bytes })), { objectMode: false, highWaterMark: 64 * 1024 })
    try {
      await this.#bounded(() => this.#module.put(key, stream, { bytes: sizeBytes, sha256, md5, signal }), signal, () => readBytes)
    } finally {
      stream.destroy()
    }
    const stored = await this.head(key, signal)
    if (stored?.sizeBytes === sizeBytes && (stored.sha256 ?? sha256) === sha256) return 'stored'
    throw new StoreError('ERR_ROTOR_STORE_MODULE', `${this.#path} has put ${key}, but head() does not find the same bytes there`)
  }

  // It expires if the module neither settles nor reads for that long.
  async #bounded (act: () => unknown, signal: AbortSignal, progress = (): number => 0): Promise<unknown> {
    const outcome = (async () => await act())()
    return await new Promise((resolve, reject) => {
      let seen = progress()
      const timer = setInterval(() => {
        if (progress() === seen) reject(new StoreError('ERR_ROTOR_STORE_SILENT', `${this.#path} did nothing for ${this.#silenceMs / 1000} s`))
        seen = progress()
      }, this.#silenceMs).unref()
      const onAbort = (): void => { reject(signal.reason as Error) }
      signal.addEventListener('abort', onAbort, { once: true })
      void outcome.then(resolve, (thrown: unknown) => { reject(moduleError(thrown)) }).finally(() => {
        clearInterval(timer)
        signal.removeEventListener('abort', onAbort)
      })
    })
  }
}

// A module may throw any value. A file that the module does not find (ENOENT) is not the archive.
function moduleError (thrown: unknown): StoreError {
  if (thrown instanceof StoreError) return thrown
  const { code, message } = codeAndMessage(thrown)
  return new StoreError(code, message, { cause: thrown })
}

// A module may keep a chunk for as long as it likes.
async function * copies (body: Body): AsyncGenerator<Buffer, void> {
  for await (const chunk of body) yield Buffer.from(chunk)
}

function storedObject (given: unknown, path: string): StoredObject | null {
  if (given === null || given === undefined) return null
  const { bytes, sha256 = null } = given as { bytes?: unknown, sha256?: unknown }
  if (typeof bytes === 'number' && Number.isSafeInteger(bytes) && bytes >= 0 && (sha256 === null || typeof sha256 === 'string')) return { sizeBytes: bytes, sha256 }
  throw new StoreError('ERR_ROTOR_STORE_MODULE', `head() of ${path} must give null or { bytes, sha256 }`)
}
