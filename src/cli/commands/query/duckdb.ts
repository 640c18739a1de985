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
type Connection = import('@duckdb/node-api').DuckDBConnection

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
export async function runQuery (duckDb: DuckDb, paths: readonly string[], sql: string): Promise<Rows> {
  return await withView(duckDb, paths, async (connection) => {
    const reader = await connection.runAndReadAll(sql)
    return { columns: reader.deduplicatedColumnNames(), values: reader.getRowsJson(), objects: reader.getRowObjectsJson() }
  })
}

/** Runs one `select` that can read no other files, write none, and load nothing. */
export async function runReadOnly (duckDb: DuckDb, paths: readonly string[], sql: string, rowsMax: number): Promise<Rows> {
  return await withView(duckDb, paths, async (connection) => {
    await connection.run(`set allowed_paths = [${listOf(paths)}]`)
    for (const setting of lockedSettings) await connection.run(`set ${setting}`)
    const statements = await connection.extractStatements(sql)
    if (statements.count !== 1) throw new Error('expected one statement')
    const prepared = await statements.prepare(0)
    if (prepared.statementType !== duckDb.StatementType.SELECT) throw new Error('only select is allowed: nothing here can be changed')
    const reader = await prepared.runAndReadUntil(rowsMax)
    return { columns: reader.deduplicatedColumnNames(), values: reader.getRowsJson(), objects: [] }
  })
}

/** The last one keeps a query from lifting the others. */
const lockedSettings = ['enable_external_access = false', "memory_limit = '512MB'", 'threads = 2', 'lock_configuration = true']

async function withView<Result> ({ DuckDBInstance }: DuckDb, paths: readonly string[], work: (connection: Connection) => Promise<Result>): Promise<Result> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  try {
    // Objects stay JSON, because their fields differ from line to line. A torn line, or one that is no JSON, becomes a row
    // of nulls and is left out.
    await connection.run(`create view log as select * from read_json([${listOf(paths)}], format = 'newline_delimited', ignore_errors = true, union_by_name = true, maximum_depth = 2, maximum_object_size = ${lineBytesMax}, sample_size = 100000) where concat(*columns(*)) <> ''`)
    return await work(connection)
  } catch (error) {
    throw new UsageError(`DuckDB: ${String(isError(error) ? error.message : error).replace(/ Candidate functions:[^]*/, '').replaceAll(/\s*\n\s*/g, ' ').trim()}`)
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

function listOf (paths: readonly string[]): string {
  return paths.map((path) => `'${path.replaceAll("'", "''")}'`).join(', ')
}
