// The list of lines: only those in view are drawn. It stays where the user looks while lines come and go at both ends, and
// follows the newest line while the tail is live.
import { html } from 'htm/preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { VNode } from 'preact'
import { useKey } from '../app/shortcuts.js'
import type { Page } from '../app/use-page-state.js'
import { useNow } from '../app/use-now.js'
import { ColumnHeads } from '../columns/column-heads.js'
import { HeldRows } from './feed-status.js'
import { LineDetails } from './line-details.js'
import { LineRow } from './line-row.js'
import type { LogFeed } from './log-feed.js'
import { listHeight, listWindow, rowTop, type ListShape } from './list-window.js'
import { useListScroll, type ListScroll } from './use-list-scroll.js'
import { useRowPx } from './use-row-px.js'

interface ListProps {
  readonly page: Page
  readonly feed: LogFeed
  readonly logId: number
}

const marginRows = 8
/** What an unfolded row adds until it is measured. */
const unmeasuredPx = 120

export function LineList ({ page, feed, logId }: ListProps): VNode {
  const rowPx = useRowPx()
  const [selected, setSelected] = useState<number | null>(null)
  const [unfolded, setUnfolded] = useState<ReadonlyMap<number, number>>(new Map())
  const withContext = useRef(new Set<number>())
  const unfoldedLast = useRef<number | null>(null)
  const shape = shapeOf(feed, rowPx, unfolded)
  const scroll = useListScroll(feed, shape)
  useFirstLine(page, feed, (number) => { setSelected(number); setUnfolded(new Map([[number, unmeasuredPx]])) })
  useEffect(() => { if (feed.tail.at === 'live' && unfolded.size > 0) setUnfolded(new Map()) }, [feed.tail.at])
  const toggle = (number: number): void => {
    const row = feed.ring.numbered(number)
    if (row?.kind !== 'line') return
    feed.pause('selection')
    setSelected(number)
    const isUnfolded = unfolded.has(number)
    unfoldedLast.current = isUnfolded ? null : number
    setUnfolded(isUnfolded ? without(unfolded, number) : new Map([...unfolded, [number, unmeasuredPx]]))
    page.change({ line: isUnfolded ? null : row.line.cursor }, 'detail')
  }
  useListKeys({ feed, scroll, shape, selected, select: setSelected, toggle, foldAll: () => { setUnfolded(new Map()); page.change({ line: null }, 'detail') } })
  useKey('c', () => {
    if (selected === null) return
    withContext.current.add(selected)
    if (unfolded.has(selected)) setUnfolded(new Map(unfolded))
    else toggle(selected)
  })
  const measure = (number: number, extraPx: number): void => {
    setUnfolded((last) => last.has(number) && last.get(number) !== extraPx ? new Map([...last, [number, extraPx]]) : last)
  }
  useEffect(() => {
    const extraPx = unfolded.get(unfoldedLast.current ?? NaN)
    if (unfoldedLast.current === null || extraPx === undefined || extraPx === unmeasuredPx) return
    scroll.toRow(unfoldedLast.current - feed.ring.firstNumber, extraPx)
    unfoldedLast.current = null
  }, [unfolded])
  const { from, to } = listWindow(shape, scroll.topPx, scroll.viewPx, marginRows)
  const nowMs = useNow(page.state.time === 'relative')
  const first = feed.ring.firstNumber
  return html`
    <${ColumnHeads} page=${page} />
    <div class="list" ref=${scroll.box} role="treegrid" aria-label="Log lines" aria-rowcount=${feed.ring.size} tabindex="0" onScroll=${scroll.onScroll}
      aria-activedescendant=${selected !== null && selected - first >= from && selected - first < to ? `row-${selected}` : null}>
      <div class="rows" role="rowgroup" style=${{ height: `${listHeight(shape)}px` }}>
        ${indexes(from, to).map((index) => html`<${LineRow} key=${rowKey(first + index, to - from)} page=${page} row=${feed.ring.at(index)} number=${first + index} index=${index} topPx=${rowTop(shape, index)}
          isSelected=${selected === first + index} isUnfolded=${unfolded.has(first + index)} nowMs=${nowMs} onToggle=${toggle} />`)}
        ${[...unfolded.keys()].filter((number) => number - first >= from && number - first < to).map((number) => html`<${LineDetails} key=${`details-${number}`} page=${page} logId=${logId} row=${feed.ring.numbered(number)} number=${number}
          topPx=${rowTop(shape, number - first) + rowPx} hasContext=${withContext.current.has(number)} onMeasure=${measure} />`)}
      </div>
      ${feed.ring.size === 0 && html`<p class="nothing" role="row"><span role="gridcell">${emptyText(feed)}</span></p>`}
    </div>
    <${HeldRows} feed=${feed} />
  `
}

function shapeOf ({ ring }: LogFeed, rowPx: number, unfolded: ReadonlyMap<number, number>): ListShape {
  const rows = [...unfolded]
    .map(([number, extraPx]) => ({ index: number - ring.firstNumber, extraPx }))
    .filter(({ index }) => index >= 0 && index < ring.size)
    .sort((a, b) => a.index - b.index)
  return { count: ring.size, rowPx, unfolded: rows }
}

// A link to a line opens with that line unfolded.
function useFirstLine (page: Page, { ring }: LogFeed, unfold: (number: number) => void): void {
  const wanted = useRef(page.state.line)
  useEffect(() => {
    if (wanted.current === null) return
    for (let index = 0; index < ring.size; index++) {
      const row = ring.at(index)
      if (row?.kind !== 'line' || row.line.cursor !== wanted.current) continue
      wanted.current = null
      unfold(ring.firstNumber + index)
    }
  })
}

interface ListKeys {
  readonly feed: LogFeed
  readonly scroll: ListScroll
  readonly shape: ListShape
  readonly selected: number | null
  readonly select: (number: number | null) => void
  readonly toggle: (number: number) => void
  readonly foldAll: () => void
}

function useListKeys ({ feed, scroll, shape, selected, select, toggle, foldAll }: ListKeys): void {
  const { ring } = feed
  const go = (index: number): void => {
    if (ring.size === 0) return
    const to = Math.min(ring.size - 1, Math.max(0, index))
    feed.pause('selection')
    select(ring.firstNumber + to)
    scroll.toRow(to)
  }
  // Without a selection, the first step selects the last line in view.
  const step = (by: number): void => { go(selected === null || ring.numbered(selected) === undefined ? listWindow(shape, scroll.topPx, scroll.viewPx, 0).to - 1 : selected - ring.firstNumber + by) }
  useKey('j', () => { step(1) })
  useKey('ArrowDown', () => { step(1) })
  useKey('k', () => { step(-1) })
  useKey('ArrowUp', () => { step(-1) })
  useKey('g', () => { go(0) })
  useKey('G', () => { go(ring.size - 1) })
  useKey('Enter', () => { if (selected !== null) toggle(selected) })
  useKey('Escape', () => {
    if (shape.unfolded.length > 0) foldAll()
    else select(null)
  })
}

function emptyText ({ search, fault, wasStopped }: LogFeed): string {
  if (search !== null) return 'Reading…'
  return fault !== null || wasStopped ? 'No line is shown.' : 'No line matches.'
}

function without (unfolded: ReadonlyMap<number, number>, number: number): Map<number, number> {
  return new Map([...unfolded].filter(([key]) => key !== number))
}

// A row that leaves the view hands its elements to one that enters it. So no push of new lines makes elements.
function rowKey (number: number, rowsInView: number): number {
  return (number % rowsInView + rowsInView) % rowsInView
}

function indexes (from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, offset) => from + offset)
}
