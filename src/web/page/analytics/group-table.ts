// The top values of the field, with their counts and percentiles. A click filters by the value.
import { html } from 'htm/preact'
import type { VNode } from 'preact'
import { countText, numberText } from '../app/time-text.js'
import type { Page } from '../app/use-page-state.js'
import { fieldTerm, formatFilterLine, withTerm } from '../filter/filter-line.js'
import { termsOf } from '../filter/request-parameters.js'
import type { GroupSeries, GroupsAnswer } from '../../answer-shapes.js'
import { groupName } from './series.js'

interface TableProps {
  readonly page: Page
  readonly answer: GroupsAnswer
  readonly by: string
  readonly measure: string | null
}

export function GroupTable ({ page, answer: { groups }, by, measure }: TableProps): VNode {
  const total = groups.reduce((sum, { count }) => sum + count, 0)
  if (groups.length === 0) return html`<p class="nothing">No line has the field ${by}.</p>`
  return html`
    <div class="table-box" role="region" aria-label=${`Top values of ${by}`} tabindex="0">
      <table class="groups">
        <caption class="hidden">Top values of ${by}</caption>
        <thead><tr><th scope="col">${by}</th><th scope="col">Lines</th><th scope="col" class="share">Share</th>${measure !== null && html`<th scope="col">p50</th><th scope="col">p95</th><th scope="col">p99</th>`}<th scope="col"><span class="hidden">Filter</span></th></tr></thead>
        <tbody>${groups.map((group) => html`<${GroupRow} key=${groupName(group.value)} page=${page} group=${group} by=${by} total=${total} isMeasured=${measure !== null} />`)}</tbody>
      </table>
    </div>
  `
}

function GroupRow ({ page, group, by, total, isMeasured }: { readonly page: Page, readonly group: GroupSeries, readonly by: string, readonly total: number, readonly isMeasured: boolean }): VNode {
  const { value, count } = group
  const name = groupName(value)
  const percent = total === 0 ? 0 : count / total * 100
  const filterBy = (operator: '=' | '!=', sign: string, meaning: string): VNode | null => {
    const term = value === null ? null : fieldTerm(by.split('.'), operator, value)
    return term === null ? null : html`<button class="quiet" title=${meaning} aria-label=${`${meaning}: ${name}`} onClick=${() => { page.change({ filter: formatFilterLine(withTerm(termsOf(page.state.filter), term)), line: null }) }}>${sign}</button>`
  }
  return html`
    <tr>
      <th scope="row">${name}</th><td>${countText(count)}</td>
      <td class="share"><meter min="0" max="100" value=${percent} aria-label=${`Share of ${name}`}></meter> ${percent.toFixed(1)} %</td>
      ${isMeasured && [group.p50, group.p95, group.p99].map((one, index) => html`<td key=${index}>${one == null ? '–' : numberText(one)}</td>`)}
      <td class="buttons">${filterBy('=', '=', 'Only lines with this value')}${filterBy('!=', '≠', 'No lines with this value')}</td>
    </tr>
  `
}
