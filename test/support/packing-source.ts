// An archive to compress: where it stands, where its copy is made, and what is in it.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from './temporary-folder.js'

export interface PackingSource {
  /** Holds nothing else. */
  readonly folder: string
  readonly source: string
  readonly temporary: string
}

/** Half a megabyte of lines, which are 57 KB of gzip. */
export const content = Buffer.from(Array.from({ length: 20_000 }, (_, number) => `{"level":30,"number":${number * 7919 % 104_729}}\n`).join(''))

/** Makes one in a folder that is removed when the running test is over. */
export function makePackingSource (): PackingSource {
  const folder = temporaryFolder()
  const source = join(folder, 'app.20251001_121111.log')
  writeFileSync(source, content, { mode: 0o644 })
  return { folder, source, temporary: join(folder, '.app.20251001_121111.log.gz') }
}
