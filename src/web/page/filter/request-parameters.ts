// What the URL's state asks of the server.
import type { PageState } from '../app/page-state.js'
import type { Parameters } from '../server/api.js'
import { parseFilterLine, queryOfTerms, type Term } from './filter-line.js'
import { isLevelTerm } from './level-terms.js'

/** The terms of the filter line; none while it has a fault. */
export function termsOf (filter: string): readonly Term[] {
  const line = parseFilterLine(filter)
  return line.kind === 'terms' ? line.terms : []
}

/** The parameters for the lines that are shown. */
export function lineParameters ({ filter, since, until }: PageState): Parameters {
  return [...timeParameters(since, until), ...queryOfTerms(termsOf(filter))]
}

/** The same for all levels, since the page hides levels in the histogram itself. */
export function allLevelParameters ({ filter, since, until }: PageState): Parameters {
  return [...timeParameters(since, until), ...queryOfTerms(termsOf(filter).filter((term) => !isLevelTerm(term)))]
}

function timeParameters (since: string | null, until: string | null): Parameters {
  return [...since === null ? [] : [['since', since] as const], ...until === null ? [] : [['until', until] as const]]
}
