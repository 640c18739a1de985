// SQL over the lines, if DuckDB is installed.
import { html } from 'htm/preact'
import { useState } from 'preact/hooks'
import type { VNode } from 'preact'
import { valueOf } from '../app/header.js'
import { countText } from '../app/time-text.js'
import type { Page } from '../app/use-page-state.js'
import { valueText } from '../lines/line-record.js'
import type { QueryAnswer } from '../../answer-shapes.js'
import type { Parameters } from '../server/api.js'
import { useAnswer } from '../server/use-answer.js'

const example = 'select level, count(*) as lines from log group by level order by lines desc'

export function QueryPanel ({ page, logId, hasQuery }: { readonly page: Page, readonly logId: number, readonly hasQuery: boolean }): VNode {
  return html`
    <section class="query" aria-label="SQL">
      <h2>SQL</h2>
      ${hasQuery ? html`<${QueryForm} page=${page} logId=${logId} />` : html`<p class="note">SQL over the lines needs DuckDB: <code>npm install @duckdb/node-api</code>, then start <code>pino-rotor web</code> again.</p>`}
    </section>
  `
}

// A link brings the text of a query, and a press of the button runs it.
function QueryForm ({ page, logId }: { readonly page: Page, readonly logId: number }): VNode {
  const { sql, since, until } = page.state
  const [text, setText] = useState(sql ?? example)
  const [asked, setAsked] = useState<Parameters | null>(null)
  const answer = useAnswer<QueryAnswer>(asked === null ? null : `logs/${logId}/query`, asked ?? [])
  const run = (event: Event): void => {
    event.preventDefault()
    page.change({ sql: text }, 'detail')
    const parameters = [['sql', text] as const, ...since === null ? [] : [['since', since] as const], ...until === null ? [] : [['until', until] as const]]
    if (JSON.stringify(parameters) === JSON.stringify(asked)) answer.again()
    else setAsked(parameters)
  }
  return html`
    <form onSubmit=${run}>
      <textarea rows="3" aria-label="SQL" spellcheck=${false} value=${text} onInput=${(event: Event) => { setText(valueOf(event)) }}
        onKeyDown=${(event: KeyboardEvent) => { if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) run(event) }}></textarea>
      <div class="toolbar"><button class="primary">Run</button><span class="note">The view is called log. Ctrl+Enter runs it.</span>${answer.isBusy && html`<span role="status">Running… <button type="button" onClick=${answer.cancel}>Cancel</button></span>`}</div>
    </form>
    ${answer.fault !== null && html`<p class="problem" role="alert">${answer.fault}</p>`}
    ${answer.value !== null && html`<${ResultTable} answer=${answer.value} />`}
  `
}

function ResultTable ({ answer: { columns, rows, isCut } }: { readonly answer: QueryAnswer }): VNode {
  return html`
    <div class="table-box" role="region" aria-label="The query's answer" tabindex="0">
      <table class="result"><thead><tr>${columns.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead>
        <tbody>${rows.map((row) => html`<tr>${row.map((value) => html`<td>${valueText(value)}</td>`)}</tr>`)}</tbody></table>
    </div>
    <p class="notes">${countText(rows.length)} rows${isCut ? '. There are more: the page shows only the first ones.' : ''}</p>
  `
}
