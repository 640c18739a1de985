// The record of stored files and of files that were set aside, as one small JSON text. It is only a memory. If it is lost or
// torn, the store is asked again, and nothing is sent twice.

/** A file that is proven to be in the store. Its size distinguishes it from a later file of the same name. */
export interface StoredEntry {
  readonly bytes: number
  readonly sha256: string
  readonly key: string
}

/** A file that the store will never accept as it is. */
export interface RefusedEntry {
  readonly bytes: number
  readonly code: string
  readonly message: string
}

/** Why an upload failed that is tried again. */
export interface UploadFailure {
  /** Which file was not stored. */
  readonly name: string
  readonly code: string
  readonly message: string
  /** When that began, as ISO 8601. */
  readonly since: string
}

export interface UploadRecord {
  readonly stored: ReadonlyMap<string, StoredEntry>
  readonly refused: ReadonlyMap<string, RefusedEntry>
  /** Null while the store takes what it is sent. */
  readonly failure: UploadFailure | null
}

export const emptyRecord: UploadRecord = { stored: new Map(), refused: new Map(), failure: null }

/** Whether that file is proven to be in the store. */
export function isStored ({ stored }: UploadRecord, name: string, bytes: number): boolean {
  return stored.get(name)?.bytes === bytes
}

/** Whether that file was set aside. */
export function isRefused ({ refused }: UploadRecord, name: string, bytes: number): boolean {
  return refused.get(name)?.bytes === bytes
}

export function withStored (record: UploadRecord, name: string, entry: StoredEntry): UploadRecord {
  return { stored: new Map(record.stored).set(name, entry), refused: without(record.refused, name), failure: null }
}

export function withRefused (record: UploadRecord, name: string, entry: RefusedEntry): UploadRecord {
  return { stored: record.stored, refused: new Map(record.refused).set(name, entry), failure: null }
}

/** The same with that failure, or the record itself if it tells of it already. */
export function withFailure (record: UploadRecord, failure: UploadFailure): UploadRecord {
  const { name, code, message } = record.failure ?? {}
  return name === failure.name && code === failure.code && message === failure.message ? record : { ...record, failure }
}

/** The record without files that no longer exist. */
export function keepOnly (record: UploadRecord, names: ReadonlySet<string>): UploadRecord {
  return {
    stored: new Map([...record.stored].filter(([name]) => names.has(name))),
    refused: new Map([...record.refused].filter(([name]) => names.has(name))),
    failure: record.failure
  }
}

interface WrittenRecord {
  readonly version: unknown
  readonly stored: Record<string, StoredEntry>
  readonly refused: Record<string, RefusedEntry>
  readonly failure?: UploadFailure
}

export function formatRecord ({ stored, refused, failure }: UploadRecord): string {
  return `${JSON.stringify({ version: 1, stored: Object.fromEntries(stored), refused: Object.fromEntries(refused), ...failure !== null && { failure } })}\n`
}

/** Parses a record; null if it is torn, or of an unknown version. */
export function parseRecord (text: string): UploadRecord | null {
  try {
    const { version, stored, refused, failure = null } = JSON.parse(text) as WrittenRecord
    if (version !== 1) return null
    return {
      stored: new Map(Object.entries(stored).filter(([, entry]) => typeof entry.bytes === 'number' && typeof entry.sha256 === 'string')),
      refused: new Map(Object.entries(refused).filter(([, entry]) => typeof entry.bytes === 'number')),
      failure
    }
  } catch {
    return null
  }
}

function without<Value> (map: ReadonlyMap<string, Value>, name: string): ReadonlyMap<string, Value> {
  const copy = new Map(map)
  copy.delete(name)
  return copy
}
