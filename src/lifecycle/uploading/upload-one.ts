// Uploads one file, with proof. The store is asked first, so nothing is sent twice. An existing object under the key is
// compared, so no other object passes for the file.
import { isUnchanged, stateOf } from '../../disk/file-state.js'
import { readFrom, type OpenFile } from '../../disk/open-file.js'
import { bodyOf, factsOf } from '../../remote/object-source.js'
import { objectBytesMax } from '../../remote/s3-store.js'
import type { ObjectFacts, ObjectStore, OpenBody } from '../../remote/store.js'
import { StoreError } from '../../remote/store-error.js'

export interface UploadedObject {
  readonly key: string
  readonly bytes: number
  readonly sha256: string
  /** Whether the bytes were sent now. Otherwise the store had them already. */
  readonly isSent: boolean
  /** Whether the path still has that content. Else it was removed, replaced or changed meanwhile. */
  readonly isCurrent: boolean
}

/** Stores the file under the key. Throws ERR_ROTOR_UPLOAD_CONFLICT if the key has another content, and leaves that alone. */
export async function uploadFile (store: ObjectStore, path: string, key: string, signal: AbortSignal, onSent: (bytes: number) => void = () => {}): Promise<UploadedObject> {
  return await readFrom(path, async (file) => {
    const state = stateOf(await file.stats())
    const bytes = state.sizeBytes
    if (bytes > objectBytesMax) throw new StoreError('EntityTooLarge', `${path} has ${bytes} bytes, and a single PUT takes at most 5 GiB: rotate at a smaller "size"`)
    const facts = await factsOf(file, signal)
    const isSent = await storeFile(store, file, key, facts, signal, onSent)
    return { key, bytes: facts.sizeBytes, sha256: facts.sha256, isSent, isCurrent: isUnchanged(path, state) }
  })
}

async function storeFile (store: ObjectStore, file: OpenFile, key: string, facts: ObjectFacts, signal: AbortSignal, onSent: (bytes: number) => void): Promise<boolean> {
  if (await lookAt(store, key, facts, signal) === 'same') return false
  const open: OpenBody = (onRead = () => {}) => bodyOf(file, facts.sizeBytes, (bytes) => {
    onSent(bytes)
    onRead(bytes)
  })
  const outcome = await store.put(key, facts, open, signal)
  if (outcome === 'stored') return true
  const found = await lookAt(store, key, facts, signal)
  if (found === 'same') return outcome === 'unproven'
  if (found === 'unknown') throw new StoreError('ERR_ROTOR_UPLOAD_UNKNOWN', `${store.urlOf(key)} exists, and these credentials may not look at it: allow s3:GetObject`)
  throw outcome === 'exists'
    ? new StoreError('ERR_ROTOR_UPLOAD_UNKNOWN', `${store.urlOf(key)} was taken, and is not there any more`)
    : new StoreError('ERR_ROTOR_STORE_FOREIGN', `PUT ${store.urlOf(key)} was answered with success, but nothing is there`)
}

async function lookAt (store: ObjectStore, key: string, facts: ObjectFacts, signal: AbortSignal): Promise<'same' | 'missing' | 'unknown'> {
  const stored = await store.head(key, signal)
  if (stored === null) return 'missing'
  if (stored === 'unknown') return stored
  if (stored.sizeBytes === facts.sizeBytes && stored.sha256 === facts.sha256) return 'same'
  throw new StoreError('ERR_ROTOR_UPLOAD_CONFLICT', `${store.urlOf(key)} holds something else (${stored.sizeBytes ?? 'an unknown number of'} bytes): nothing is overwritten, so remove it or give "upload.key" another pattern`)
}
