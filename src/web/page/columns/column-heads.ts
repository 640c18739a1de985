// The names of the columns above the list, and the way to remove one.
import { html } from 'htm/preact'
import type { VNode } from 'preact'
import type { Page } from '../app/use-page-state.js'
import { toggled } from './column-chooser.js'

export function ColumnHeads ({ page }: { readonly page: Page }): VNode {
  const { columns, time } = page.state
  return html`
    <div class="heads">
      <span class=${`time ${time}`}>time</span>
      <span class="level">level</span>
      ${columns.map((column) => html`<span key=${column} class="column" title=${column}><span class="name">${column}</span><button class="quiet" aria-label=${`Remove the column ${column}`} onClick=${() => { page.change({ columns: toggled(columns, column) }, 'detail') }}>×</button></span>`)}
      <span class="message">message</span>
    </div>
  `
}
