// Which file has a name, and its state. The state differs if another file has the name, or if a line was added.
import { lstatSync, type BigIntStats } from 'node:fs'
import { ignoreMissing } from './errno.js'
import { identityOf, mayHaveIdentity, type FileIdentity } from './file-identity.js'

export interface FileState {
  readonly identity: FileIdentity
  readonly sizeBytes: number
  readonly mtimeNs: bigint
}

export function stateOf (stats: BigIntStats): FileState {
  return { identity: identityOf(stats), sizeBytes: Number(stats.size), mtimeNs: stats.mtimeNs }
}

/** Returns the identity and state of the regular file at the path; null if there is none. */
export function stateAt (path: string): FileState | null {
  const stats = ignoreMissing(() => lstatSync(path, { bigint: true }))
  return stats?.isFile() === true ? stateOf(stats) : null
}

/** Whether the path still leads to that regular file and nothing was written into it since. */
export function isUnchanged (path: string, { identity, sizeBytes, mtimeNs }: FileState): boolean {
  const now = stateAt(path)
  return now?.sizeBytes === sizeBytes && now.mtimeNs === mtimeNs && mayHaveIdentity(path, identity)
}
