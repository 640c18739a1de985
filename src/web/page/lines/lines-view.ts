// One log: its histogram, levels, filter and lines.
import { html } from 'htm/preact'
import { useEffect, useLayoutEffect, useMemo, useReducer, useRef } from 'preact/hooks'
import type { VNode } from 'preact'
import { useKey } from '../app/shortcuts.js'
import type { Page } from '../app/use-page-state.js'
import { FilterBar } from '../filter/filter-bar.js'
import { allLevelParameters, lineParameters } from '../filter/request-parameters.js'
import { LevelChips } from '../filter/level-chips.js'
import { Histogram } from '../histogram/histogram.js'
import type { FieldsAnswer, HistogramAnswer, LogOverview } from '../../answer-shapes.js'
import { useAnswer } from '../server/use-answer.js'
import { ColumnChooser } from '../columns/column-chooser.js'
import { DownloadMenu } from './download-menu.js'
import { FeedStatus, TailButton } from './feed-status.js'
import { LineList } from './line-list.js'
import { LogFeed } from './log-feed.js'

const refreshMs = 10_000
const fieldsRefreshMs = 60_000

interface LinesViewProps {
  readonly page: Page
  readonly log: LogOverview
  /** Called once lines and histogram are there, or will not come. */
  readonly onSettled: () => void
}

export function LinesView ({ page, log, onSettled }: LinesViewProps): VNode {
  const { state } = page
  const question = JSON.stringify(lineParameters(state))
  const feed = useFeed(page, log.id, question)
  // One question at a time, in the order in which the user needs the answers: the lines, the histogram, the fields that complete what is typed.
  const isUnderWay = useRef(false)
  if (feed.ring.size > 0 || feed.older.at === 'end' || feed.search?.progress != null || feed.fault !== null) isUnderWay.current = true
  const histogram = useAnswer<HistogramAnswer>(isUnderWay.current ? `logs/${log.id}/histogram` : null, allLevelParameters(state), state.until === null ? refreshMs : null)
  const fields = useAnswer<FieldsAnswer>(histogram.isSettled ? `logs/${log.id}/fields` : null, [], fieldsRefreshMs)
  useEffect(() => { if (histogram.isSettled) onSettled() }, [histogram.isSettled])
  const known = fields.value?.fields ?? []
  const toggleTail = (): void => {
    const isLive = feed.tail.at === 'live'
    if (isLive) feed.pause('user')
    else void feed.resume()
    page.change({ isPaused: isLive, ...!isLive && { line: null } }, 'detail')
  }
  useKey(' ', toggleTail)
  // New lines come ten times a second. What does not show them is left as it is.
  const plot = useMemo(() => html`<${Histogram} page=${page} answer=${histogram} />`, [state, histogram.value, histogram.fault, histogram.isBusy])
  const chips = useMemo(() => html`<${LevelChips} page=${page} answer=${histogram.value} />`, [state, histogram.value])
  const choices = useMemo(() => html`<${ColumnChooser} page=${page} fields=${known} /><${DownloadMenu} page=${page} logId=${log.id} />`, [state, fields.value, log.id])
  const filter = useMemo(() => html`<${FilterBar} page=${page} fields=${known} />`, [state, fields.value])
  return html`
    <main class="lines-view">
      <h1 class="hidden">${log.file}</h1>
      ${plot}
      <div class="toolbar">
        ${chips}
        <span class="space"></span>
        ${choices}
        <${TailButton} feed=${feed} onToggle=${toggleTail} />
      </div>
      ${filter}
      <${FeedStatus} feed=${feed} />
      <${LineList} key=${question} page=${page} feed=${feed} logId=${log.id} />
    </main>
  `
}

// A new feed for each question. Of the same question, a line of the URL is already on screen.
function useFeed (page: Page, logId: number, question: string): LogFeed {
  const { state } = page
  const feed = useMemo(() => new LogFeed({ logId, parameters: lineParameters(state), line: state.line, hasEnd: state.until !== null, isPaused: state.isPaused }), [logId, question])
  const [, redraw] = useReducer<number, null>((count) => count + 1, 0)
  useLayoutEffect(() => {
    const leave = feed.subscribe(() => { redraw(null) })
    void feed.start()
    return () => {
      leave()
      feed.close()
    }
  }, [feed])
  return feed
}
