// Which fields have a column of their own.
import { html } from 'htm/preact'
import { useState } from 'preact/hooks'
import type { VNode } from 'preact'
import { valueOf } from '../app/header.js'
import { Menu } from '../app/menu.js'
import type { Page } from '../app/use-page-state.js'
import type { KnownField } from '../filter/completion.js'

const ownColumns = new Set(['time', 'level', 'msg'])
const shownMax = 60

export function ColumnChooser ({ page, fields }: { readonly page: Page, readonly fields: readonly KnownField[] }): VNode {
  const { columns } = page.state
  const [wanted, setWanted] = useState('')
  const paths = [...columns, ...fields.map(({ path }) => path).filter((path) => !columns.includes(path) && !ownColumns.has(path))]
  const shown = paths.filter((path) => path.toLowerCase().includes(wanted.toLowerCase())).slice(0, shownMax)
  return html`
    <${Menu} name=${`Columns${columns.length > 0 ? ` ${columns.length}` : ''}`}>
      <input type="search" aria-label="Find a field" placeholder="Find a field" value=${wanted} onInput=${(event: Event) => { setWanted(valueOf(event)) }} />
      <ul class="choices">
        ${shown.map((path) => html`<li key=${path}><label><input type="checkbox" checked=${columns.includes(path)} onChange=${() => { page.change({ columns: toggled(columns, path) }, 'detail') }} /> ${path}</label></li>`)}
      </ul>
      ${shown.length === 0 && html`<p>No such field.</p>`}
    </${Menu}>
  `
}

/** The list without the value, or with it at the end. */
export function toggled (values: readonly string[], value: string): string[] {
  return values.includes(value) ? values.filter((one) => one !== value) : [...values, value]
}
