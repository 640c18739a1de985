// Downloads one object, with proof. It is written under a hidden name. It gets its own name only if its length and SHA-256
// are those that the upload recorded. Nothing is ever overwritten.
import { createHash } from 'node:crypto'
import { linkSync, lstatSync, utimesSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { unless } from '../../disk/errno.js'
import { identityOf, mayHaveIdentity, type FileIdentity } from '../../disk/file-identity.js'
import { retryWhileHeld } from '../../disk/held-files.js'
import { createFile, readFrom, type OpenFile } from '../../disk/open-file.js'
import { publishCopy, removeFile, syncFolder } from '../../disk/publish.js'
import type { Model } from '../../disk/rights/keep-rights.js'
import { factsOf } from '../../remote/object-source.js'
import type { ReadableStore, StoredObject } from '../../remote/store.js'
import { StoreError } from '../../remote/store-error.js'

export interface DownloadedFile {
  readonly key: string
  readonly path: string
  /** The hidden name under which it is written, in the same folder. */
  readonly hidden: string
  readonly endedMs: number
  readonly mode: number
  /** The active file, whose rights it gets; null if there is none. */
  readonly active: Model | null
}

/** The errors of file systems without hard links. */
const noLinks = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']

/** Downloads the object to its path. Throws ERR_ROTOR_DOWNLOAD_UNPROVEN if its bytes are not those that were uploaded. */
export async function downloadFile (store: ReadableStore, file: DownloadedFile, onReceived: (bytes: number) => void, signal: AbortSignal): Promise<number> {
  const temporary = join(dirname(file.path), file.hidden)
  await retryWhileHeld(() => removeFile(temporary)) // left by a download that was killed
  try {
    const { bytes, identity } = await createFile(temporary, signal, async (made) => await receive(store, file, made, onReceived, signal), file.active === null ? file.mode : 0o600)
    utimesSync(temporary, file.endedMs / 1000, file.endedMs / 1000)
    await retryWhileHeld(() => { publish(temporary, file.path, identity) })
    return bytes
  } finally {
    await retryWhileHeld(() => removeFile(temporary))
    await syncFolder(dirname(file.path))
  }
}

/** Whether the file at the path equals the object, byte for byte. */
export async function isSameContent (store: ReadableStore, key: string, path: string, signal: AbortSignal): Promise<boolean> {
  const stored = await store.head(key, signal)
  const { sizeBytes, sha256 } = await readFrom(path, async (file) => await factsOf(file, signal))
  return stored !== null && stored !== 'unknown' && stored.sizeBytes === sizeBytes && stored.sha256 === sha256
}

async function receive (store: ReadableStore, { key, active }: DownloadedFile, made: OpenFile, onReceived: (bytes: number) => void, signal: AbortSignal): Promise<{ bytes: number, identity: FileIdentity }> {
  const { stored, body } = await store.get(key, signal)
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    hash.update(chunk)
    await made.write(chunk, bytes)
    bytes += chunk.length
    onReceived(chunk.length)
  }
  const reason = reasonAgainst(stored, { sizeBytes: bytes, sha256: hash.digest('hex') })
  if (reason !== null) throw new StoreError('ERR_ROTOR_DOWNLOAD_UNPROVEN', `${store.urlOf(key)} ${reason}`)
  if (active !== null) await made.resemble([active], await made.stats())
  await made.sync()
  return { bytes, identity: identityOf(await made.stats()) }
}

function reasonAgainst (stored: StoredObject, received: { sizeBytes: number, sha256: string }): string | null {
  if (stored.sha256 === null) return 'has no SHA-256 in its metadata: something else has put it there'
  if (stored.sizeBytes !== null && stored.sizeBytes !== received.sizeBytes) return `has ${stored.sizeBytes} bytes, and ${received.sizeBytes} arrived`
  return stored.sha256 === received.sha256 ? null : 'does not have the SHA-256 in its metadata: its bytes are damaged'
}

// A process that cannot see this one may do the same, and its unfinished file may have the hidden name. The final name is new, so
// taking it back takes it from nothing else.
function publish (temporary: string, final: string, identity: FileIdentity): void {
  const isLinked = unless(noLinks, () => { linkSync(temporary, final); return true })
  if (isLinked === null) publishCopy({ temporary, final })
  if (mayHaveIdentity(final, identity)) return
  removeFile(final)
  throw new StoreError('ERR_ROTOR_DOWNLOAD_UNPROVEN', `${basename(final)} is downloaded by another process too, whose file took the place of the proven one: run this again`)
}

/** Returns the active file as a model of rights; null if there is none. */
export function rightsOf (path: string): Model | null {
  const stats = lstatSync(path, { throwIfNoEntry: false })
  return stats?.isFile() === true ? { path, stats } : null
}

/** Makes the error that names the file. */
export function conflictAt (path: string): StoreError {
  return new StoreError('ERR_ROTOR_DOWNLOAD_CONFLICT', `${basename(path)} is there already and holds something else: nothing is overwritten, so move it away or give --to DIR`)
}
