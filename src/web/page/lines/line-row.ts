// One line in one row: its time, its level, the chosen columns, its message and the rest of its fields.
import { html } from 'htm/preact'
import type { VNode } from 'preact'
import { dayAndTime, fullTime, relativeTime } from '../app/time-text.js'
import type { TimeStyle } from '../app/page-state.js'
import type { Page } from '../app/use-page-state.js'
import { levelClass } from '../filter/level-chips.js'
import { fieldText, recordOf, type LineRecord } from './line-record.js'
import type { LogLine, Row } from './ring.js'

interface RowProps {
  readonly page: Page
  readonly row: Row | undefined
  readonly number: number
  readonly index: number
  readonly topPx: number
  readonly isSelected: boolean
  readonly isUnfolded: boolean
  readonly nowMs: number
  readonly onToggle: (number: number) => void
}

const shownCharactersMax = 600
const controlPictures = 0x2400

export function LineRow ({ page, row, number, index, topPx, isSelected, isUnfolded, nowMs, onToggle }: RowProps): VNode | null {
  if (row === undefined) return null
  const style = { top: `${topPx}px` }
  if (row.kind === 'gap') return html`<div id=${`row-${number}`} class="row gap" role="row" aria-rowindex=${index + 1} style=${style}><span role="gridcell">${row.message}</span></div>`
  const record = recordOf(row.line)
  const names = ['row', levelClass(record.level), ...isSelected ? ['selected'] : [], ...isUnfolded ? ['unfolded'] : []]
  // A click that ends the selection of text unfolds nothing.
  const click = (): void => { if (getSelection()?.isCollapsed !== false) onToggle(number) }
  return html`
    <div id=${`row-${number}`} class=${names.join(' ')} role="row" aria-rowindex=${index + 1} aria-selected=${isSelected} aria-expanded=${isUnfolded} style=${style} onClick=${click}>
      <${TimeCell} record=${record} style=${page.state.time} nowMs=${nowMs} />
      <span class="level" role="gridcell">${record.level}</span>
      ${page.state.columns.map((column) => html`<span key=${column} class="column" role="gridcell">${shortened(fieldText(record, column))}</span>`)}
      <${MessageCell} record=${record} line=${row.line} />
    </div>
  `
}

function TimeCell ({ record: { timeMs }, style, nowMs }: { readonly record: LineRecord, readonly style: TimeStyle, readonly nowMs: number }): VNode {
  if (timeMs === null) return html`<span class=${`time ${style}`} role="gridcell">–</span>`
  if (style === 'relative') return html`<span class="time relative" role="gridcell" title=${fullTime(timeMs, 'local')}>${relativeTime(timeMs, nowMs)}</span>`
  const { day, time } = dayAndTime(timeMs, style)
  return html`<span class=${`time ${style}`} role="gridcell"><span class="day">${day}${' '}</span>${time}</span>`
}

function MessageCell ({ record, line }: { readonly record: LineRecord, readonly line: LogLine }): VNode {
  return html`<span class="message" role="gridcell">${line.isCut === true && html`<span class="cut" title="The line is longer. Download it to see all of it.">cut</span>`}<span class="text">${shortened(record.message)}</span>${record.rest !== '' && html`<span class="rest">${shortened(record.rest)}</span>`}</span>`
}

/** A text for one row: what does not fit is not laid out, and characters that would end the row or show nothing have a picture. */
export function shortened (text: string): string {
  const shown = text.length > shownCharactersMax ? `${text.slice(0, shownCharactersMax)}…` : text
  return shown.replaceAll(/\r?\n|[\p{Cc}\u2028\u2029]/gu, pictureOf)
}

function pictureOf (character: string): string {
  const code = character.charCodeAt(0)
  if (character === '\t') return character
  if (/[\n\u2028\u2029]/.test(character)) return '↵'
  return code < 0x20 ? String.fromCharCode(controlPictures + code) : '\ufffd'
}
