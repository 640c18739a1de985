// The histogram of all of history by level. Drag over it to zoom in.
import { html } from 'htm/preact'
import { useRef, useState } from 'preact/hooks'
import type { VNode } from 'preact'
import type { PageState } from '../app/page-state.js'
import { bytesText, countText, durationText, fullTime, tickText, zoneOffsetMs } from '../app/time-text.js'
import type { Page } from '../app/use-page-state.js'
import { levelClass } from '../filter/level-chips.js'
import { levelNumber, showsLevel } from '../filter/level-terms.js'
import { termsOf } from '../filter/request-parameters.js'
import type { HistogramAnswer } from '../../answer-shapes.js'
import type { Answer } from '../server/use-answer.js'
import { axisTimes, draggedTimes, histogramShape } from './histogram-geometry.js'
import { TimeRange } from './time-range.js'

const width = 1_000
const height = 80

export function Histogram ({ page, answer }: { readonly page: Page, readonly answer: Answer<HistogramAnswer> }): VNode {
  return html`
    <section class="histogram" aria-label="Lines over time">
      <${TimeRange} page=${page} value=${answer.value} notes=${html`<${Notes} answer=${answer} />`} />
      <div class="plot">
        ${answer.value === null ? html`<div class="bars waiting"></div>` : html`<${Bars} page=${page} value=${answer.value} />`}
      </div>
    </section>
  `
}

function Notes ({ answer }: { readonly answer: Answer<HistogramAnswer> }): VNode {
  const text = notesOf(answer)
  return html`<p class="notes" title=${answer.fault ?? text}>
    ${text}
    ${answer.isBusy && answer.value === null && html`<button onClick=${answer.cancel}>Cancel</button>`}
    ${answer.fault !== null && html`<span class="problem" role="alert">${answer.fault}</span>`}
  </p>`
}

function notesOf ({ value, isBusy }: Answer<HistogramAnswer>): string {
  if (value === null) return isBusy ? 'Counting the lines… ' : ''
  const { sampled, isExact } = value
  if (sampled !== null) return `Counted from a sample: ${countText(sampled.lines)} lines, ${bytesText(sampled.bytes)} of ${bytesText(sampled.totalBytes)}.`
  return isExact ? '' : 'The counts are estimates: not every file says when its lines were written.'
}

function Bars ({ page, value }: { readonly page: Page, readonly value: HistogramAnswer }): VNode {
  const [drag, setDrag] = useState<{ from: number, to: number } | null>(null)
  const [pointed, setPointed] = useState<number | null>(null)
  const box = useRef<HTMLDivElement>(null)
  const { fromMs, toMs, buckets } = value
  const levels = shownLevels(value, page.state)
  const { paths, countMax } = histogramShape(buckets, levels, width, height)
  const fractionOf = (event: PointerEvent): number => {
    const { left, width: boxPx } = box.current?.getBoundingClientRect() ?? { left: 0, width: 1 }
    return Math.min(1, Math.max(0, (event.clientX - left) / boxPx))
  }
  const begin = (event: PointerEvent): void => {
    if (event.button !== 0) return
    box.current?.setPointerCapture(event.pointerId)
    setDrag({ from: fractionOf(event), to: fractionOf(event) })
  }
  const move = (event: PointerEvent): void => {
    setPointed(fractionOf(event))
    if (drag !== null) setDrag({ ...drag, to: fractionOf(event) })
  }
  const end = (): void => {
    const times = drag === null ? null : draggedTimes(drag.from, drag.to, fromMs, toMs)
    setDrag(null)
    if (times !== null) page.change({ since: String(times.sinceMs), until: String(times.untilMs), line: null })
  }
  return html`
    <div class="bars" ref=${box} onPointerDown=${begin} onPointerMove=${move} onPointerUp=${end} onPointerCancel=${() => { setDrag(null) }} onPointerLeave=${() => { setPointed(null) }}>
      <svg viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" role="img" aria-label=${summary(value, levels, page.state)}>
        ${paths.map(({ level, path }) => html`<path key=${level} class=${levelClass(level)} d=${path} />`)}
      </svg>
      <span class="peak">${countMax > 0 ? countText(countMax) : ''}</span>
      ${drag !== null && html`<div class="drag" style=${{ left: `${Math.min(drag.from, drag.to) * 100}%`, width: `${Math.abs(drag.to - drag.from) * 100}%` }}></div>`}
      ${pointed !== null && html`<${BucketTip} value=${value} levels=${levels} fraction=${pointed} state=${page.state} />`}
    </div>
    <${Axis} fromMs=${fromMs} toMs=${toMs} state=${page.state} />
  `
}

function BucketTip ({ value, levels, fraction, state }: { readonly value: HistogramAnswer, readonly levels: readonly string[], readonly fraction: number, readonly state: PageState }): VNode | null {
  const bucket = value.buckets[Math.min(value.buckets.length - 1, Math.floor(fraction * value.buckets.length))]
  if (bucket === undefined) return null
  const counts = levels.toReversed().flatMap((level) => (bucket.counts[level] ?? 0) > 0 ? [html`<div><span class=${`swatch ${levelClass(level)}`}></span>${level} <b>${countText(bucket.counts[level] ?? 0)}</b></div>`] : [])
  const style = fraction < 0.5 ? { left: `${fraction * 100}%` } : { right: `${(1 - fraction) * 100}%` }
  return html`<div class="tip" style=${style}><div>${fullTime(bucket.timeMs, state.time)} <span class="note">${durationText(value.bucketMs)}</span></div>${counts.length === 0 ? 'no lines' : counts}</div>`
}

export function Axis ({ fromMs, toMs, state }: { readonly fromMs: number, readonly toMs: number, readonly state: PageState }): VNode {
  const spanMs = toMs - fromMs
  const ticks = axisTimes(fromMs, toMs, 8, zoneOffsetMs(state.time, fromMs))
  return html`<div class="axis" aria-hidden="true">${ticks.map((timeMs) => html`<span key=${timeMs} class=${(timeMs - fromMs) / spanMs > 0.88 ? 'last' : ''} style=${{ left: `${(timeMs - fromMs) / spanMs * 100}%` }}>${tickText(timeMs, spanMs, state.time)}</span>`)}</div>`
}

// The worst levels stand at the bottom, where they are seen even if there are few.
function shownLevels ({ levels }: HistogramAnswer, { filter }: PageState): string[] {
  const terms = termsOf(filter)
  return levels.filter((level) => showsLevel(terms, level)).sort((a, b) => (levelNumber(b) ?? -1) - (levelNumber(a) ?? -1))
}

function summary ({ buckets, fromMs, toMs }: HistogramAnswer, levels: readonly string[], { time }: PageState): string {
  const counts = levels.map((level) => `${countText(buckets.reduce((sum, bucket) => sum + (bucket.counts[level] ?? 0), 0))} ${level}`)
  return `Lines from ${fullTime(fromMs, time)} to ${fullTime(toMs, time)}: ${counts.join(', ') || 'none'}`
}
