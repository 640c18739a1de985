// What an upload needs from a store, either an S3-compatible bucket or a user's module.
import type { Readable } from 'node:stream'

/** The length and checksums of an object. The store gets them, so that it can refuse any other body. */
export interface ObjectFacts {
  readonly sizeBytes: number
  /** Hexadecimal. */
  readonly sha256: string
  /** Base64, as in Content-MD5. */
  readonly md5: string
}

/** What a store knows about an object. */
export interface StoredObject {
  /** Null if the answer does not say. */
  readonly sizeBytes: number | null
  /** Hexadecimal; null if the object lacks it, because another program stored it. */
  readonly sha256: string | null
}

/** The bytes of an object. Each chunk is valid until the next one is requested, so that one buffer can hold all of them in turn. */
export type Body = AsyncIterable<Buffer>

/** Opens the bytes of an object from their beginning. `onRead` gets the number of bytes of each step. */
export type OpenBody = (onRead?: (bytes: number) => void) => Body

/**
 * `exists`: the key was taken, and nothing was changed. `unproven`: the answer claims success, but may not come from
 * the store.
 */
export type PutOutcome = 'stored' | 'exists' | 'unproven'

export interface ListedObject {
  readonly key: string
  readonly sizeBytes: number
}

export interface ObjectStore {
  /** The object's address, for a person. */
  readonly urlOf: (key: string) => string
  /** Looks at an object; null if it is missing, `unknown` if these credentials may not look. */
  readonly head: (key: string, signal: AbortSignal) => Promise<StoredObject | null | 'unknown'>
  /** Stores an object unless the key is taken. `open` may be called again for a second attempt. */
  readonly put: (key: string, facts: ObjectFacts, open: OpenBody, signal: AbortSignal) => Promise<PutOutcome>
}

/** A store that can also return objects. */
export interface ReadableStore extends ObjectStore {
  readonly list: (prefix: string, signal: AbortSignal) => AsyncGenerator<ListedObject, void>
  /** The object's bytes, and what the store knows about it. */
  readonly get: (key: string, signal: AbortSignal) => Promise<{ readonly stored: StoredObject, readonly body: Readable }>
}
