// The state of the page in its URL.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { emptyState, readState, writeState, type PageState } from '../../../../src/web/page/app/page-state.js'

test('a link leads to the same state, whatever is in it', () => {
  const text = fc.option(fc.string({ minLength: 1 }), { nil: null })
  fc.assert(fc.property(fc.record({
    log: fc.option(fc.string({ minLength: 1 }), { nil: null }),
    filter: fc.string(),
    since: text,
    until: text,
    columns: fc.array(fc.string({ minLength: 1 }), { maxLength: 4 }),
    time: fc.constantFrom('local' as const, 'utc' as const, 'relative' as const),
    line: text,
    isPaused: fc.boolean(),
    by: text,
    measure: text,
    percentile: fc.constantFrom('p50' as const, 'p95' as const, 'p99' as const),
    sql: text,
    view: fc.constantFrom('lines' as const, 'analytics' as const, 'status' as const)
  }), (state: PageState) => {
    expect(readState(writeState(state))).toEqual(state)
  }))
})

test('the plain address shows all logs, and says nothing in its fragment', () => {
  expect(readState('')).toEqual(emptyState)
  expect(writeState(emptyState)).toBe('')
})

test('a value that is not understood keeps its default', () => {
  expect(readState('#log=a&view=x&time=y&p=p1')).toEqual({ ...emptyState, log: 'a', view: 'lines' })
})
