// Which time is shown: a choice of ages, what was dragged, and the way back.
import { html } from 'htm/preact'
import type { VNode } from 'preact'
import { fullTime } from '../app/time-text.js'
import type { TimeStyle } from '../app/page-state.js'
import type { Page } from '../app/use-page-state.js'
import type { HistogramAnswer } from '../../answer-shapes.js'
import { zoomedOut } from './histogram-geometry.js'

const ages: ReadonlyArray<readonly [string | null, string]> = [[null, 'All'], ['15m', '15 min'], ['1h', '1 h'], ['24h', '24 h'], ['7d', '7 d']]

interface TimeRangeProps {
  readonly page: Page
  /** Missing where there is no histogram to zoom out of; null while it is on its way. */
  readonly value?: HistogramAnswer | null
  /** What is to be said of the picture, at the end of the row. Its room is there from the beginning. */
  readonly notes?: VNode
}

export function TimeRange ({ page, value, notes }: TimeRangeProps): VNode {
  const { since, until, time } = page.state
  const show = (sinceTime: string | null, untilTime: string | null): void => { page.change({ since: sinceTime, until: untilTime, line: null }) }
  const isZoomed = since !== null || until !== null
  const zoomOut = (): void => {
    if (value == null) return
    const times = zoomedOut(value.fromMs, value.toMs)
    show(String(times.sinceMs), String(times.untilMs))
  }
  return html`
    <div class="range">
      <div class="ages" role="group" aria-label="Time">
        ${ages.map(([age, name]) => html`<button key=${name} class="quiet" aria-pressed=${since === age && until === null} onClick=${() => { show(age, null) }}>${name}</button>`)}
      </div>
      ${isZoomed && html`<span class="shown-range">${timeText(since, time, 'the beginning')} – ${timeText(until, time, 'now')}</span>
      ${until !== null && value !== undefined && html`<button class="quiet" disabled=${value === null} onClick=${zoomOut}>Zoom out</button>`}`}
      ${notes}
    </div>
  `
}

function timeText (value: string | null, style: TimeStyle, otherwise: string): string {
  if (value === null) return otherwise
  return /^\d{9,}$/.test(value) ? fullTime(Number(value), style) : /^\d+[a-z]+$/.test(value) ? `${value} ago` : value
}
