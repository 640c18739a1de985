// Runs the page's SQL with DuckDB, if it is installed. Unlike on the command line, the query comes over the network. So it may
// only be one `select`, DuckDB may read no files but those of the log, and its process ends when the client leaves.
import { fork } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { Window } from '../../../policy/filters/line-window.js'
import { usualTimeKeys } from '../../../policy/lines/line-time.js'
import { sourcesOfLog } from '../../../reading/lines/log-sources.js'
import type { QueryRows, WebLog, WebSource } from '../../../web/logs/web-log.js'
import { UsageError } from '../../call/usage-error.js'
import { queryFiles } from '../query/query-files.js'
import type { QueryReply, QueryTask } from './query-process.js'
import { hasOwnKey } from '../../../platform/own-key.js'

/** Rows of many long values must not use up the machine's memory. */
const heapMebibytesMax = 512

/** The function that runs SQL over a log; null if DuckDB is not installed. */
export function sqlOver (): WebSource['query'] {
  try {
    createRequire(import.meta.url).resolve('@duckdb/node-api')
  } catch {
    return null
  }
  return runSql
}

async function runSql (log: WebLog, sql: string, window: Window | null, rowsMax: number, signal: AbortSignal): Promise<QueryRows> {
  const { archived, active, close } = await sourcesOfLog(log, window, usualTimeKeys)
  try {
    const sources = [...archived, ...active === null ? [] : [active.source]]
    const files = await queryFiles(sources, { conditions: [], window, timeKeys: usualTimeKeys, context: 0, threads: 0, signal }, { say: () => {} })
    try {
      if (files.paths.length === 0) return { columns: [], rows: [] }
      return await rowsOf({ paths: files.paths, sql, rowsMax }, signal)
    } finally {
      files.remove()
    }
  } finally {
    await close()
  }
}

// DuckDB follows the objects in a line by recursion, so a line that is nested some 100,000 levels deep overflows its stack.
function withoutAnswer (endedBy: NodeJS.Signals | null): UsageError {
  const reason = endedBy === 'SIGSEGV' ? 'DuckDB crashed, perhaps at a line with very many brackets inside each other' : 'probably for lack of memory'
  return new UsageError(`DuckDB: the query ended without an answer: ${reason}`)
}

async function rowsOf (task: QueryTask, signal: AbortSignal): Promise<QueryRows> {
  signal.throwIfAborted()
  const child = fork(fileURLToPath(new URL('./query-process.js', import.meta.url)), { execArgv: [`--max-old-space-size=${heapMebibytesMax}`], stdio: ['ignore', 'ignore', 'inherit', 'ipc'], signal, killSignal: 'SIGKILL' })
  try {
    const reply = await new Promise<QueryReply>((resolve, reject) => {
      child.once('message', (message) => { resolve(message as QueryReply) })
      child.once('error', reject)
      child.once('exit', (_code, endedBy) => { reject(withoutAnswer(endedBy)) })
      child.send(task)
    })
    if (hasOwnKey(reply, 'rows')) return reply.rows
    throw reply.isOfQuery ? new UsageError(reply.fault) : new Error(reply.fault)
  } finally {
    child.kill('SIGKILL')
  }
}
