// What fails now, and what retention removes next.
import { html } from 'htm/preact'
import type { VNode } from 'preact'
import { bytesText } from '../app/time-text.js'
import type { LogOverview } from '../../answer-shapes.js'

export function Failing ({ failing }: Pick<LogOverview, 'failing'>): VNode | null {
  if (failing.length === 0) return null
  return html`<ul class="failures" aria-label="What fails now">${failing.map(({ step, message }) => html`<li><b>${step}</b> ${message}</li>`)}</ul>`
}

export function RemovesNext ({ next }: { readonly next: LogOverview['removesNext'] }): VNode {
  if (next === null) return html`<p class="next">Retention removes nothing next.</p>`
  const { file, bytes, reason, daysLeft } = next
  const when = daysLeft <= 0 ? ' now' : `, in ${daysLeft < 1 ? 'less than a day' : `${Math.round(daysLeft)} d`}`
  return html`<p class="next">Retention removes next: <code>${file}</code> <span class="note">${bytesText(bytes)}, by ${reason}${when}</span></p>`
}
