// Runs DuckDB, which the user installs beside this package.
import { errnoOf } from '../../../disk/errno.js'
import { isError } from '../../../errors.js'
import { UsageError } from '../../call/usage-error.js'

export interface Rows {
  readonly columns: readonly string[]
  /** Values as in JSON. */
  readonly values: ReadonlyArray<readonly unknown[]>
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

/** Runs the SQL over the lines of the files. Gives the rows in parts while DuckDB finds them, at least one part. An error from DuckDB becomes a UsageError. */
export async function * queryRows (duckDb: DuckDb, paths: readonly string[], sql: string): AsyncGenerator<Rows, void> {
  const { connection, close } = await connect(duckDb)
  try {
    await createView(connection, paths)
    const result = await connection.stream(sql)
    const columns = result.deduplicatedColumnNames()
    let isEmpty = true
    for await (const values of result.yieldRowsJson()) {
      isEmpty = false
      yield { columns, values }
    }
    if (isEmpty) yield { columns, values: [] }
  } catch (error) {
    throw faultOf(error)
  } finally {
    close()
  }
}

/** Runs one `select` that can read no other files, write none, and load nothing. */
export async function runReadOnly (duckDb: DuckDb, paths: readonly string[], sql: string, rowsMax: number): Promise<Rows> {
  const { connection, close } = await connect(duckDb)
  try {
    await createView(connection, paths)
    await connection.run(`set allowed_paths = [${listOf(paths)}]`)
    for (const setting of lockedSettings) await connection.run(`set ${setting}`)
    const statements = await connection.extractStatements(sql)
    if (statements.count !== 1) throw new Error('expected one statement')
    const prepared = await statements.prepare(0)
    if (prepared.statementType !== duckDb.StatementType.SELECT) throw new Error('only select is allowed: nothing here can be changed')
    const reader = await prepared.runAndReadUntil(rowsMax)
    return { columns: reader.deduplicatedColumnNames(), values: reader.getRowsJson() }
  } catch (error) {
    throw faultOf(error)
  } finally {
    close()
  }
}

/** The last one keeps a query from lifting the others. */
const lockedSettings = ['enable_external_access = false', "memory_limit = '512MB'", 'threads = 2', 'lock_configuration = true']

async function connect ({ DuckDBInstance }: DuckDb): Promise<{ readonly connection: Connection, readonly close: () => void }> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  return {
    connection,
    close: () => {
      connection.closeSync()
      instance.closeSync()
    }
  }
}

// Objects stay JSON, because their fields differ from line to line. A torn line, or one that is no JSON, becomes a row of nulls and
// is left out. A folder that is named env=prod makes no column.
async function createView (connection: Connection, paths: readonly string[]): Promise<void> {
  await connection.run(`create view log as select * from read_json([${listOf(paths)}], format = 'newline_delimited', ignore_errors = true, union_by_name = true, hive_partitioning = false, maximum_depth = 2, maximum_object_size = ${lineBytesMax}, sample_size = 100000) where concat(*columns(*)) <> ''`)
}

function faultOf (error: unknown): UsageError {
  return new UsageError(`DuckDB: ${String(isError(error) ? error.message : error).replace(/^Failed to extract statements: | Candidate functions:[^]*/g, '').replaceAll(/\s*\n\s*/g, ' ').trim()}`)
}

function listOf (paths: readonly string[]): string {
  return paths.map((path) => `'${path.replaceAll("'", "''")}'`).join(', ')
}
