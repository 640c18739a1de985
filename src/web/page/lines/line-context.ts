// The lines around a line, without a filter.
import { html } from 'htm/preact'
import { useState } from 'preact/hooks'
import type { VNode } from 'preact'
import { dayAndTime } from '../app/time-text.js'
import type { Page } from '../app/use-page-state.js'
import { levelClass } from '../filter/level-chips.js'
import type { ContextAnswer } from '../../answer-shapes.js'
import { useAnswer } from '../server/use-answer.js'
import { recordOf } from './line-record.js'
import { shortened } from './line-row.js'
import type { LogLine } from './ring.js'

const counts = [5, 20, 50]

export function LineContext ({ page, logId, line }: { readonly page: Page, readonly logId: number, readonly line: LogLine }): VNode {
  const [step, setStep] = useState(0)
  const count = counts[step] ?? 50
  const { value, fault, isBusy } = useAnswer<ContextAnswer>(`logs/${logId}/context`, [['cursor', line.cursor], ['lines', String(count)]])
  return html`
    <div class="context" aria-label="Lines around it" role="group">
      ${fault !== null && html`<p class="problem" role="alert">${fault}</p>`}
      ${value === null && isBusy && html`<p role="status">Reading…</p>`}
      ${value?.lines.map((one) => html`<${ContextLine} key=${one.cursor} page=${page} line=${one} isHit=${one.cursor === line.cursor} />`)}
      ${value !== null && step < counts.length - 1 && html`<button class="quiet" onClick=${() => { setStep(step + 1) }}>More lines around it</button>`}
    </div>
  `
}

function ContextLine ({ page, line, isHit }: { readonly page: Page, readonly line: LogLine, readonly isHit: boolean }): VNode {
  const { timeMs, level, message, rest } = recordOf(line)
  const time = timeMs === null ? '–' : dayAndTime(timeMs, page.state.time).time
  return html`<div class=${`context-line ${levelClass(level)}${isHit ? ' hit' : ''}`}><span class="time">${time}</span> <span class="level">${level}</span> <span class="message"><span class="text">${shortened(message)}</span><span class="rest">${shortened(rest)}</span></span></div>`
}
