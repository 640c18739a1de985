// A small picture of counts over the last hours.
import { html } from 'htm/preact'
import type { VNode } from 'preact'

const stepPx = 5
const heightPx = 24

export function Sparkline ({ counts, name }: { readonly counts: readonly number[], readonly name: string }): VNode | null {
  if (counts.length === 0) return null
  const most = counts.reduce((a, b) => Math.max(a, b), 1)
  const bars = counts.map((count, index) => {
    const barPx = count === 0 ? 1 : Math.max(2, Math.round(count / most * heightPx))
    return html`<rect key=${index} class=${count === 0 ? 'zero' : ''} x=${index * stepPx} y=${heightPx - barPx} width=${stepPx - 1} height=${barPx} />`
  })
  return html`<svg class="sparkline" viewBox=${`0 0 ${counts.length * stepPx} ${heightPx}`} width=${counts.length * stepPx} height=${heightPx} role="img" aria-label=${name}>${bars}</svg>`
}
