// Counts by a field over time, and the percentiles of a numeric field: the same filter as the lines.
import { html } from 'htm/preact'
import { useEffect } from 'preact/hooks'
import type { VNode } from 'preact'
import { valueOf } from '../app/header.js'
import type { Percentile } from '../app/page-state.js'
import { bytesText, countText } from '../app/time-text.js'
import type { Page } from '../app/use-page-state.js'
import type { KnownField } from '../filter/completion.js'
import { FilterBar } from '../filter/filter-bar.js'
import { lineParameters } from '../filter/request-parameters.js'
import { TimeRange } from '../histogram/time-range.js'
import type { FieldsAnswer, GroupsAnswer, LogOverview, Sample } from '../../answer-shapes.js'
import { useAnswer } from '../server/use-answer.js'
import { GroupTable } from './group-table.js'
import { QueryPanel } from './query-panel.js'
import { SeriesChart } from './series-chart.js'

interface AnalyticsProps {
  readonly page: Page
  readonly log: LogOverview
  readonly hasQuery: boolean
}

const percentiles: readonly Percentile[] = ['p50', 'p95', 'p99']

export function AnalyticsView ({ page, log, hasQuery }: AnalyticsProps): VNode {
  const { state } = page
  const fields = useAnswer<FieldsAnswer>(`logs/${log.id}/fields`, [], null)
  const by = state.by ?? 'level'
  const groups = useAnswer<GroupsAnswer>(`logs/${log.id}/groups`, [...lineParameters(state), ['by', by], ...state.measure === null ? [] : [['measure', state.measure] as const], ['buckets', '60']])
  const known = fields.value?.fields ?? []
  useEffect(() => { if (groups.fault !== null) scrollTo(0, 0) }, [groups.fault])
  return html`
    <main class="analytics-view">
      <h1 class="hidden">Analytics of ${log.file}</h1>
      <${TimeRange} page=${page} />
      <${FilterBar} page=${page} fields=${known} />
      <${Choices} page=${page} fields=${known} by=${by} />
      ${groups.fault !== null && html`<p class="banner problem" role="alert">${groups.fault} <button onClick=${groups.again}>Try again</button></p>`}
      ${groups.isBusy && html`<p role="status" class="busy">Counting… <button onClick=${groups.cancel}>Cancel</button></p>`}
      ${groups.value !== null && html`
        <${SeriesChart} page=${page} answer=${groups.value} measure=${state.measure} />
        <${GroupTable} page=${page} answer=${groups.value} by=${by} measure=${state.measure} />
        <p class="notes">${sampledText(groups.value.sampled)}</p>`}
      <${QueryPanel} page=${page} logId=${log.id} hasQuery=${hasQuery} />
    </main>
  `
}

function Choices ({ page, fields, by }: { readonly page: Page, readonly fields: readonly KnownField[], readonly by: string }): VNode {
  const { measure, percentile } = page.state
  const paths = withOwn(['level', ...fields.map(({ path }) => path).filter((path) => path !== 'level' && path !== 'time')], by)
  const numeric = withOwn(fields.filter(({ path, isNumeric }) => isNumeric && path !== 'level' && path !== 'time').map(({ path }) => path), measure)
  return html`
    <div class="toolbar choices-bar">
      <label>Count by <select value=${by} onChange=${(event: Event) => { page.change({ by: valueOf(event) }) }}>${paths.map((path) => html`<option key=${path} value=${path}>${path}</option>`)}</select></label>
      <label>Measure <select value=${measure ?? ''} onChange=${(event: Event) => { page.change({ measure: valueOf(event) === '' ? null : valueOf(event) }) }}>
        <option value="">lines</option>${numeric.map((path) => html`<option key=${path} value=${path}>${path}</option>`)}</select></label>
      ${measure !== null && html`<div class="ages" role="group" aria-label="Percentile">${percentiles.map((one) => html`<button key=${one} class="quiet" aria-pressed=${percentile === one} onClick=${() => { page.change({ percentile: one }, 'detail') }}>${one}</button>`)}</div>`}
    </div>
  `
}

// A link may name a field that the sample of lines does not have.
function withOwn (paths: readonly string[], own: string | null): string[] {
  return own === null || paths.includes(own) ? [...paths] : [own, ...paths]
}

function sampledText (sampled: Sample | null): string {
  if (sampled === null) return 'Every line was counted.'
  const { lines, bytes, totalBytes } = sampled
  if (bytes >= totalBytes) return `Every line was counted: ${countText(lines)} lines, ${bytesText(totalBytes)}.`
  return `Counted from a sample: ${countText(lines)} lines, ${bytesText(bytes)} of ${bytesText(totalBytes)}.`
}
