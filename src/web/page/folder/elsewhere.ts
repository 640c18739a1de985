// Shows what is stored and forwarded, if the options ask for that.
import { html } from 'htm/preact'
import type { VNode } from 'preact'
import { countText } from '../app/time-text.js'
import type { LogOverview } from '../../answer-shapes.js'

export function Elsewhere ({ log: { stored, forwarded } }: { readonly log: LogOverview }): VNode | null {
  if (stored === undefined && forwarded === undefined) return null
  return html`
    <dl class="facts elsewhere">
      ${stored !== undefined && html`<div><dt>Stored</dt><dd>${files(stored.files)}${stored.waiting > 0 && `, ${countText(stored.waiting)} waiting`}</dd></div>`}
      ${forwarded !== undefined && html`<div><dt>Forwarded</dt><dd>${lag(forwarded)}</dd></div>`}
    </dl>
  `
}

function files (count: number): string {
  return `${countText(count)} ${count === 1 ? 'file' : 'files'}`
}

function lag ({ waitingLines, lagSeconds }: NonNullable<LogOverview['forwarded']>): string {
  if (waitingLines === 0) return 'every line'
  const lines = `${countText(waitingLines)} ${waitingLines === 1 ? 'line waits' : 'lines wait'}`
  return lagSeconds === null ? lines : `${lines}, ${countText(Math.round(lagSeconds))} s behind`
}
