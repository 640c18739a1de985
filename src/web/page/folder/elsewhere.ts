// Shows what is stored and forwarded, if the options ask for that.
import { html } from 'htm/preact'
import type { VNode } from 'preact'
import { numberText } from '../app/time-text.js'
import type { LogOverview } from '../../answer-shapes.js'

export function Elsewhere ({ log: { stored, forwarded } }: { readonly log: LogOverview }): VNode | null {
  if (stored === undefined && forwarded === undefined) return null
  return html`
    <dl class="facts elsewhere">
      ${stored !== undefined && html`<div><dt>Stored</dt><dd>${summary(stored)}</dd></div>`}
      ${forwarded !== undefined && html`<div><dt>Forwarded</dt><dd>${summary(forwarded)}</dd></div>`}
    </dl>
  `
}

/** The values of an object, each with its name as words: `lagSeconds: 2` becomes `2 lag seconds`. */
function summary (values: unknown): string {
  if (typeof values !== 'object' || values === null) return String(values)
  return Object.entries(values).flatMap(([name, value]) => value === null ? [] : [`${typeof value === 'number' ? numberText(value) : String(value)} ${words(name)}`]).join(', ')
}

function words (name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}
