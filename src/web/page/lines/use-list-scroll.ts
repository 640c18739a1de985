// Scrolling of the list. While the tail is live it stays at the bottom. Otherwise the row at the top of the view keeps
// its place when rows above it are added or removed.
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { RefObject } from 'preact'
import type { LogFeed } from './log-feed.js'
import { listHeight, rowAt, rowTop, scrollToRow, type ListShape } from './list-window.js'

export interface ListScroll {
  readonly box: RefObject<HTMLDivElement | null>
  readonly topPx: number
  readonly viewPx: number
  readonly onScroll: () => void
  readonly toRow: (index: number, extraPx?: number) => void
}

/** The row at the top of the view, by its number, and how much of it is scrolled away. */
interface Anchor {
  readonly number: number
  readonly offsetPx: number
}

const loadDistanceRows = 60
const bottomPx = 4

export function useListScroll (feed: LogFeed, shape: ListShape): ListScroll {
  const box = useRef<HTMLDivElement>(null)
  const [viewPx, setViewPx] = useState(600)
  const [topPx, setTopPx] = useState(0)
  const anchor = useRef<Anchor | null>(null)
  const place = useRef<number | null>(null)
  const isAtBottom = useRef(true)
  const isOlderWanted = useRef(false)
  const { ring, tail } = feed
  const isNearTop = (atPx: number): boolean => atPx < loadDistanceRows * shape.rowPx

  const keep = (newTopPx: number): void => {
    const index = rowAt(shape, newTopPx)
    anchor.current = { number: ring.firstNumber + index, offsetPx: newTopPx - rowTop(shape, index) }
    isAtBottom.current = lastPxOf(box.current, shape) - newTopPx <= bottomPx
  }
  useResize(box, setViewPx)
  useLayoutEffect(() => {
    if (box.current === null) return
    const lastPx = lastPxOf(box.current, shape)
    // A first page that is still being read grows upwards, so its newest line stays in view.
    const wanted = tail.at === 'live' || (isAtBottom.current && shape.unfolded.length === 0) ? lastPx : placeOf(anchor.current, ring.firstNumber, shape, lastPx)
    const known = Math.min(place.current ?? lastPx, lastPx)
    // The user has just scrolled, and the scroll event has not come yet. So only the movement of the rows is corrected.
    const isMoving = place.current !== null && Math.abs(box.current.scrollTop - known) > 1
    if (isMoving && tail.at === 'live') return
    if (isMoving) box.current.scrollTop += wanted - known
    else if (Math.abs(box.current.scrollTop - wanted) >= 1) box.current.scrollTop = wanted
    place.current = wanted
    if (topPx !== wanted && !isMoving) setTopPx(wanted)
    if (tail.at === 'live') keep(wanted)
  })
  // No further scroll comes from a user who reached the top while the last search was ending.
  useEffect(() => {
    if (!isOlderWanted.current || feed.search !== null) return
    isOlderWanted.current = false
    if (isNearTop(topPx)) void feed.loadOlder()
  })
  const onScroll = (): void => {
    const newTopPx = box.current?.scrollTop ?? 0
    const lastPx = lastPxOf(box.current, shape)
    const wasMovedUp = place.current !== null && newTopPx < Math.min(place.current, lastPx) - 1
    // The page itself scrolls to a line of the URL, which may be the newest one.
    const wasMovedDown = place.current !== null && newTopPx > place.current + 1
    place.current = newTopPx
    if (wasMovedUp) feed.pause('scroll')
    keep(newTopPx)
    if (wasMovedDown && isAtBottom.current && tail.at === 'paused' && tail.by === 'scroll') void feed.resume()
    setTopPx(newTopPx)
    isOlderWanted.current = isNearTop(newTopPx) && feed.search !== null
    if (isNearTop(newTopPx)) void feed.loadOlder()
    if (lastPx - newTopPx < loadDistanceRows * shape.rowPx) void feed.loadNewer()
  }
  const toRow = (index: number, extraPx = 0): void => {
    const wanted = scrollToRow(shape, index, topPx, viewPx, extraPx)
    if (box.current !== null) box.current.scrollTop = wanted
    place.current = wanted
    keep(wanted)
    setTopPx(wanted)
  }
  return { box, topPx, viewPx, onScroll, toRow }
}

function lastPxOf (box: HTMLDivElement | null, shape: ListShape): number {
  return Math.max(0, listHeight(shape) - (box?.clientHeight ?? 0))
}

// The browser cannot scroll beyond the list's ends.
function placeOf (anchor: Anchor | null, firstNumber: number, shape: ListShape, lastPx: number): number {
  if (anchor === null) return lastPx
  return Math.min(lastPx, Math.max(0, rowTop(shape, Math.max(0, anchor.number - firstNumber)) + anchor.offsetPx))
}

function useResize (box: RefObject<HTMLDivElement | null>, setViewPx: (viewPx: number) => void): void {
  useEffect(() => {
    if (box.current === null) return
    const observer = new ResizeObserver(([entry]) => { if (entry !== undefined) setViewPx(entry.contentRect.height) })
    observer.observe(box.current)
    return () => { observer.disconnect() }
  }, [])
}
