// A real object store that a test has started.
import type { ChildProcess } from 'node:child_process'

export interface StoreServer {
  readonly endpoint: string
  readonly credentials: { readonly accessKeyId: string, readonly secretAccessKey: string }
  /** Credentials that may list and read, and not store; null if the server knows none. */
  readonly reader: { readonly accessKeyId: string, readonly secretAccessKey: string } | null
  /** The process that answers requests, to be killed or frozen. */
  readonly front: () => ChildProcess
  /** Kills that process and starts it again, at the same address and with the same objects. */
  readonly restart: () => Promise<void>
  /** Limits what its user may store, or lifts the limit; null if the server knows no such limit. */
  readonly limit: ((bytes: number | null) => void) | null
  readonly stop: () => Promise<void>
}
