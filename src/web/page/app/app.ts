// The whole page: the header, and the view that the URL names.
import { html } from 'htm/preact'
import { useEffect, useMemo, useState } from 'preact/hooks'
import type { VNode } from 'preact'
import { AnalyticsView } from '../analytics/analytics-view.js'
import { FolderView } from '../folder/folder-view.js'
import { StatusView } from '../folder/status-view.js'
import { LinesView } from '../lines/lines-view.js'
import type { LogOverview, LogsAnswer } from '../../answer-shapes.js'
import { useAnswer } from '../server/use-answer.js'
import { Header } from './header.js'
import { HelpDialog } from './help-dialog.js'
import { withShortNames } from './short-names.js'
import { useKey } from './shortcuts.js'
import { usePageState, type Page } from './use-page-state.js'

const refreshMs = 10_000

export function App (): VNode {
  const page = usePageState()
  const [isHelpOpen, setHelpOpen] = useState(false)
  const [areLinesThere, setLinesThere] = useState(false)
  // The names come at once, and lines can be read by them. Sizes, limits and problems take a look at every file: they must not delay lines.
  const names = useAnswer<LogsAnswer>('logs', [['only', 'names']])
  const named = useShortNames(names.value)
  const mayLookAtAll = names.isSettled && (areLinesThere || !showsLines(page) || logOf(page, named) === null)
  const logs = useAnswer<LogsAnswer>(mayLookAtAll ? 'logs' : null, [], refreshMs)
  useKey('?', () => { setHelpOpen(true) })
  const answer = useShortNames(logs.value) ?? named
  const shown = logOf(page, answer)
  const title = shown?.file ?? answer?.title ?? 'pino-rotor'
  useEffect(() => { document.title = title === 'pino-rotor' ? title : `${title} – pino-rotor` }, [title])
  return html`
    <${Header} page=${page} logs=${answer} log=${shown} onHelp=${() => { setHelpOpen(true) }} />
    ${logs.fault !== null && html`<p class="banner problem" role="alert">${logs.fault} <button onClick=${logs.again}>Try again</button></p>`}
    ${answer === null || (logs.value === null && needsAll(page, shown)) ? html`<main class="empty"><h1 class="hidden">pino-rotor</h1>${logs.fault === null && html`<p role="status">Looking at the files…</p>`}</main>` : viewOf(page, answer, shown, () => { setLinesThere(true) })}
    ${isHelpOpen && html`<${HelpDialog} onClose=${() => { setHelpOpen(false) }} />`}
  `
}

// A command for one log shows that log. Then there is no folder to show.
function logOf ({ state }: Page, answer: LogsAnswer | null): LogOverview | null {
  if (answer === null) return null
  const named = answer.logs.find(({ file }) => file === state.log)
  if (named !== undefined) return named
  return state.log === null && answer.logs.length === 1 ? answer.logs[0] ?? null : null
}

function useShortNames (answer: LogsAnswer | null): LogsAnswer | null {
  return useMemo(() => answer === null ? null : withShortNames(answer), [answer])
}

function showsLines ({ state: { view } }: Page): boolean {
  return view === 'folder' || view === 'lines'
}

function needsAll ({ state }: Page, shown: LogOverview | null): boolean {
  return (shown === null && state.log === null) || state.view === 'status'
}

function viewOf (page: Page, answer: LogsAnswer, log: LogOverview | null, onLinesSettled: () => void): VNode {
  const { view, log: named } = page.state
  if (named !== null && log === null) return html`<main class="empty"><h1>${named}</h1><p>This log is not here, or not any more.</p><p><a href="#">Show all logs</a></p></main>`
  if (log === null) return html`<${FolderView} page=${page} answer=${answer} />`
  switch (view) {
    case 'folder':
    case 'lines': return html`<${LinesView} key=${log.id} page=${page} log=${log} onSettled=${onLinesSettled} />`
    case 'analytics': return html`<${AnalyticsView} key=${log.id} page=${page} log=${log} hasQuery=${answer.hasQuery} />`
    case 'status': return html`<${StatusView} key=${log.id} log=${log} />`
  }
}
