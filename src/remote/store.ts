// What an upload asks of a store, whichever it is: an S3-compatible bucket, or a module of the user's own.
import type { Readable } from 'node:stream'

/** What an object is made of. The store is told, so that it can refuse anything else. */
export interface ObjectFacts {
  readonly sizeBytes: number
  /** Hexadecimal. */
  readonly sha256: string
  /** Base64, as Content-MD5 has it. */
  readonly md5: string
}

/** What a store says of an object that it has. */
export interface StoredObject {
  readonly sizeBytes: number
  /** Hexadecimal; null where the object does not say, since something else put it there. */
  readonly sha256: string | null
}

/** Opens the bytes of an object from their beginning, and tells how many were read at each step. */
export type OpenBody = (onRead?: (bytes: number) => void) => Readable

/** `exists`: the key was taken, and nothing was changed. */
export type PutOutcome = 'stored' | 'exists'

export interface ListedObject {
  readonly key: string
  readonly sizeBytes: number
}

export interface ObjectStore {
  /** How a person would name the object. */
  readonly urlOf: (key: string) => string
  /** What is there; null for nothing, `unknown` where these credentials may not ask. */
  readonly head: (key: string, signal: AbortSignal) => Promise<StoredObject | null | 'unknown'>
  /** Puts an object where none is. `open` may be called again for a second attempt. */
  readonly put: (key: string, facts: ObjectFacts, open: OpenBody, signal: AbortSignal) => Promise<PutOutcome>
}

/** A store that can also give back what it holds. */
export interface ReadableStore extends ObjectStore {
  readonly list: (prefix: string, signal: AbortSignal) => AsyncGenerator<ListedObject, void>
  /** The object's bytes, with what the store says of them. */
  readonly get: (key: string, signal: AbortSignal) => Promise<{ readonly stored: StoredObject, readonly body: Readable }>
}
