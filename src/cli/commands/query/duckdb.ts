// Runs DuckDB, which the user installs beside this package.
import { errnoOf } from '../../../disk/errno.js'
import { isError } from '../../../errors.js'
import { UsageError } from '../../call/usage-error.js'

export interface Rows {
  readonly columns: readonly string[]
  /** Values as in JSON. */
  readonly values: ReadonlyArray<readonly unknown[]>
  readonly objects: ReadonlyArray<Readonly<Record<string, unknown>>>
}

type DuckDb = typeof import('@duckdb/node-api')

/** The longest line in bytes. */
const lineBytesMax = 64 * 1024 * 1024

/** Loads DuckDB. Throws a UsageError if it is not installed. */
export async function loadDuckDb (): Promise<DuckDb> {
  try {
    return await import('@duckdb/node-api')
  } catch (error) {
    if (errnoOf(error) !== 'ERR_MODULE_NOT_FOUND') throw error
    throw new UsageError('query needs DuckDB, which is not installed: npm install @duckdb/node-api')
  }
}

/** Runs the SQL over the lines of the files. An error from DuckDB becomes a UsageError. */
export async function runQuery ({ DuckDBInstance }: DuckDb, paths: readonly string[], sql: string): Promise<Rows> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  try {
    const list = paths.map((path) => `'${path.replaceAll("'", "''")}'`).join(', ')
    // Objects stay JSON, because their fields differ from line to line. A torn line, or one that is no JSON, becomes a row
    // of nulls and is left out.
    await connection.run(`create view log as select * from read_json([${list}], format = 'newline_delimited', ignore_errors = true, union_by_name = true, maximum_depth = 2, maximum_object_size = ${lineBytesMax}, sample_size = 100000) where concat(*columns(*)) <> ''`)
    const reader = await connection.runAndReadAll(sql)
    return { columns: reader.deduplicatedColumnNames(), values: reader.getRowsJson(), objects: reader.getRowObjectsJson() }
  } catch (error) {
    throw new UsageError(`DuckDB: ${String(isError(error) ? error.message : error).replace(/ Candidate functions:[^]*/, '').replaceAll(/\s*\n\s*/g, ' ').trim()}`)
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}
