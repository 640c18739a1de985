// The header: which log, which view of it, and how times are written.
import { html } from 'htm/preact'
import type { VNode } from 'preact'
import type { LogOverview, LogsAnswer } from '../../answer-shapes.js'
import { emptyState, type TimeStyle, type View } from './page-state.js'
import { linkTo, type Page } from './use-page-state.js'

interface HeaderProps {
  readonly page: Page
  readonly logs: LogsAnswer | null
  readonly log: LogOverview | null
  readonly onHelp: () => void
}

const tabs: ReadonlyArray<readonly [View, string]> = [['lines', 'Lines'], ['analytics', 'Analytics'], ['status', 'Status']]
const timeStyles: ReadonlyArray<readonly [TimeStyle, string]> = [['local', 'Local time'], ['utc', 'UTC'], ['relative', 'Relative time']]

export function Header ({ page, logs, log, onHelp }: HeaderProps): VNode {
  return html`
    <header class="top">
      <a class="brand" href="#" onClick=${(event: MouseEvent) => { toFolder(page, event) }}>pino-rotor</a>
      ${logs !== null && log !== null && html`<${LogChoice} page=${page} logs=${logs} log=${log} />`}
      ${log !== null && html`<nav aria-label="Views of the log">${tabs.map(([view, name]) => html`<${Tab} page=${page} view=${view} name=${name} log=${log} />`)}</nav>`}
      <span class="space"></span>
      <label class="quiet"><span class="hidden">How times are written</span>
        <select class="time-style" value=${page.state.time} onChange=${(event: Event) => { page.change({ time: valueOf(event) as TimeStyle }, 'detail') }}>
          ${timeStyles.map(([style, name]) => html`<option value=${style}>${name}</option>`)}
        </select>
      </label>
      <button class="quiet" title="Keys and filters (?)" aria-label="Help" onClick=${onHelp}>?</button>
    </header>
  `
}

function LogChoice ({ page, logs, log }: { readonly page: Page, readonly logs: LogsAnswer, readonly log: LogOverview }): VNode {
  if (logs.logs.length < 2) return html`<span class="log-name" title=${log.folder}>${log.file}</span>`
  return html`
    <label class="log-choice"><span class="hidden">Log</span>
      <select value=${log.file} onChange=${(event: Event) => { page.change({ log: valueOf(event), line: null, columns: [] }) }}>
        ${logs.logs.map(({ file }) => html`<option value=${file}>${file}</option>`)}
      </select>
    </label>
  `
}

function Tab ({ page, view, name, log }: { readonly page: Page, readonly view: View, readonly name: string, readonly log: LogOverview }): VNode {
  const isCurrent = page.state.view === view || (page.state.view === 'folder' && view === 'lines')
  const values = { view, log: log.file }
  return html`<a class="tab" href=${linkTo(page.state, values)} aria-current=${isCurrent ? 'page' : null} onClick=${(event: MouseEvent) => {
    if (event.ctrlKey || event.metaKey) return
    event.preventDefault()
    page.change(values)
  }}>${name}</a>`
}

function toFolder (page: Page, event: MouseEvent): void {
  if (event.ctrlKey || event.metaKey) return
  event.preventDefault()
  page.change({ ...emptyState, time: page.state.time })
}

/** The value of the control that an event came from. */
export function valueOf (event: Event): string {
  const { currentTarget } = event
  return currentTarget instanceof HTMLSelectElement || currentTarget instanceof HTMLInputElement || currentTarget instanceof HTMLTextAreaElement ? currentTarget.value : ''
}
