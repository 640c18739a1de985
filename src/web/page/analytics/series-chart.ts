// The groups over time, one line each.
import { html } from 'htm/preact'
import type { VNode } from 'preact'
import { numberText } from '../app/time-text.js'
import type { Page } from '../app/use-page-state.js'
import { Axis } from '../histogram/histogram.js'
import type { GroupsAnswer } from '../../answer-shapes.js'
import { chartOf } from './series.js'

const width = 1_000
const height = 180

export function SeriesChart ({ page, answer, measure }: { readonly page: Page, readonly answer: GroupsAnswer, readonly measure: string | null }): VNode {
  const { percentile } = page.state
  const { lines, valueMax } = chartOf(answer.groups, measure === null ? null : percentile, answer, width, height)
  const what = measure === null ? 'Lines' : `${percentile} of ${measure}`
  return html`
    <section class="chart" aria-label=${`${what} over time`}>
      <h2>${what} over time</h2>
      <div class="plot">
        <svg viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" role="img" aria-label=${`${what} over time of ${lines.map(({ name }) => name).join(', ')}; at most ${numberText(valueMax)}`}>
          ${[0.25, 0.5, 0.75].map((part) => html`<line key=${part} class="guide" x1="0" x2=${width} y1=${height * part} y2=${height * part} />`)}
          ${lines.map(({ name, path }, index) => html`<path key=${name} class=${`series series-${index}`} d=${path} vector-effect="non-scaling-stroke" />`)}
        </svg>
        <span class="peak">${numberText(valueMax)}</span>
        <${Axis} fromMs=${answer.fromMs} toMs=${answer.toMs} state=${page.state} />
      </div>
      <ul class="legend">${lines.map(({ name }, index) => html`<li key=${name}><span class=${`swatch series-${index}`}></span>${name}</li>`)}</ul>
    </section>
  `
}
