// What the page shows, as the fragment of its URL: a link brings another person to the same view. The fragment does not
// reach a proxy's log.

export type View = 'folder' | 'lines' | 'analytics' | 'status'
export type TimeStyle = 'local' | 'utc' | 'relative'
export type Percentile = 'p50' | 'p95' | 'p99'

export interface PageState {
  readonly view: View
  /** The log's file; null for all logs. */
  readonly log: string | null
  readonly filter: string
  readonly since: string | null
  readonly until: string | null
  readonly columns: readonly string[]
  readonly time: TimeStyle
  /** The cursor of the unfolded line. */
  readonly line: string | null
  readonly isPaused: boolean
  /** The field by which analytics groups, and the numeric one that it measures. */
  readonly by: string | null
  readonly measure: string | null
  readonly percentile: Percentile
  readonly sql: string | null
}

export const emptyState: PageState = {
  view: 'folder', log: null, filter: '', since: null, until: null, columns: [], time: 'local', line: null, isPaused: false, by: null, measure: null, percentile: 'p95', sql: null
}

const views: readonly View[] = ['folder', 'lines', 'analytics', 'status']
const timeStyles: readonly TimeStyle[] = ['local', 'utc', 'relative']
const percentiles: readonly Percentile[] = ['p50', 'p95', 'p99']

/** Reads the state from a URL's fragment. Anything that is not understood keeps its default. */
export function readState (fragment: string): PageState {
  const values = new URLSearchParams(fragment.replace(/^#/, ''))
  const log = values.get('log')
  return {
    view: oneOf(views, values.get('view')) ?? (log === null ? 'folder' : 'lines'),
    log,
    filter: values.get('q') ?? '',
    since: values.get('since'),
    until: values.get('until'),
    columns: values.getAll('col').filter((column) => column !== ''),
    time: oneOf(timeStyles, values.get('time')) ?? 'local',
    line: values.get('line'),
    isPaused: values.has('paused'),
    by: values.get('by'),
    measure: values.get('measure'),
    percentile: oneOf(percentiles, values.get('p')) ?? 'p95',
    sql: values.get('sql')
  }
}

/** Writes the state as a URL's fragment, without what is at its default. */
export function writeState (state: PageState): string {
  const values = new URLSearchParams()
  if (state.log !== null) values.set('log', state.log)
  if (state.view !== (state.log === null ? 'folder' : 'lines')) values.set('view', state.view)
  if (state.filter !== '') values.set('q', state.filter)
  for (const [name, value] of Object.entries({ since: state.since, until: state.until, line: state.line, by: state.by, measure: state.measure, sql: state.sql })) {
    if (value !== null && value !== '') values.set(name, value)
  }
  for (const column of state.columns) values.append('col', column)
  if (state.time !== 'local') values.set('time', state.time)
  if (state.isPaused) values.set('paused', '')
  if (state.percentile !== 'p95') values.set('p', state.percentile)
  return values.size === 0 ? '' : `#${values.toString()}`
}

function oneOf<T extends string> (known: readonly T[], value: string | null): T | null {
  return known.find((one) => one === value) ?? null
}
