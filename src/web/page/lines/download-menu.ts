// The filtered lines as a file. The server streams it, so its size does not matter to the page.
import { html } from 'htm/preact'
import type { VNode } from 'preact'
import { Menu } from '../app/menu.js'
import type { Page } from '../app/use-page-state.js'
import { lineParameters } from '../filter/request-parameters.js'
import { apiAddress } from '../server/api.js'

export function DownloadMenu ({ page, logId }: { readonly page: Page, readonly logId: number }): VNode {
  const filters = lineParameters(page.state)
  const { columns } = page.state
  const fields = ['time', 'level', 'msg', ...columns].join(',')
  const address = (format: string): string => apiAddress(`logs/${logId}/download`, [...filters, ['format', format], ...format === 'csv' ? [['fields', fields] as const] : []])
  return html`
    <${Menu} name="Download">
      <p>All lines that match, from all of history.</p>
      <a class="button" href=${address('ndjson')} download>ndjson</a>${' '}
      <a class="button" href=${address('csv')} download>CSV</a>
      <p class="note">${`CSV has the fields ${fields}.`}</p>
    </${Menu}>
  `
}
