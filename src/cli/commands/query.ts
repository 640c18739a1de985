// `pino-rotor query`: runs SQL over the lines of a log, with DuckDB if it is installed.
import { commonOptions, type Call, type Command, type ExitStatus } from '../call/command.js'
import { inputsOf, openInputs } from '../targets/inputs.js'
import { lineQueryOf } from '../call/line-options.js'
import { timeOptions, timezoneOf } from '../call/since-and-until.js'
import { UsageError } from '../call/usage-error.js'
import { queryCsv, queryJson, queryTable } from '../screen/query-screen.js'
import { Ending } from './query/ending.js'
import { loadDuckDb, queryRows } from './query/duckdb.js'
import { queryFiles } from './query/query-files.js'

export const query: Command = {
  name: 'query',
  takes: 'FILE "SQL"',
  description: 'Runs SQL over the lines of a log, as the view "log", and prints a table. Each field is a column. For a field inside an object, write req->>\'url\'. ' +
    'It needs DuckDB: npm install @duckdb/node-api.',
  options: {
    config: commonOptions.config,
    ...timeOptions,
    json: { type: 'boolean', help: 'JSON instead of a table' },
    csv: { type: 'boolean', help: 'CSV instead of a table' },
    help: commonOptions.help
  },
  example: 'pino-rotor query logs/app.log --since 24h "select level, count(*) from log group by 1"',
  run
}

async function run (call: Call): Promise<ExitStatus> {
  const [paths, sql] = readPositionals(call)
  if (call.flags.has('json') && call.flags.has('csv')) throw new UsageError('--json and --csv exclude each other')
  const duckDb = await loadDuckDb()
  const inputs = await inputsOf(call, paths)
  const zone = inputs.map((input) => input.kind === 'log' ? input.timezone : undefined).find((named) => named !== undefined)
  const asked = lineQueryOf(call, timezoneOf(call, zone))
  const stopped = new AbortController()
  const opened = await openInputs(inputs, asked, stopped.signal)
  const ending = new Ending()
  try {
    const files = await queryFiles(opened.flatMap(({ sources }) => sources), { ...asked, context: 0, threads: 0, signal: stopped.signal }, call.face, (remove) => { ending.begin(remove) })
    try {
      if (files.paths.length === 0) {
        call.face.say(`no file of ${opened.map(({ shown }) => shown).join(', ')} has lines from that time`)
        return 1
      }
      const rows = queryRows(duckDb, files.paths, sql)
      const texts = call.flags.has('json') ? queryJson(rows) : call.flags.has('csv') ? queryCsv(rows) : queryTable(rows, call.face)
      for await (const text of texts) await call.face.out.write(text)
      return files.isWhole ? 0 : 1
    } finally {
      files.remove()
    }
  } finally {
    ending.end()
    stopped.abort()
    for (const input of opened) await input.close()
  }
}

function readPositionals ({ files, values }: Call): [paths: readonly string[], sql: string] {
  const sql = files.at(-1)
  const paths = files.slice(0, -1)
  if (sql === undefined || !/\s/.test(sql.trim()) || (paths.length === 0 && !values.has('config'))) {
    throw new UsageError('which query? Write it in quotation marks after FILE: pino-rotor query logs/app.log "select level, count(*) from log group by 1"')
  }
  if (paths.includes('-')) throw new UsageError('query reads files, not standard input: write the lines to a file, and name that file')
  return [paths, sql]
}
