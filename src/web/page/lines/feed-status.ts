// What the rows are doing: how far a search is, what arrives, and what is not shown.
import { html } from 'htm/preact'
import type { VNode } from 'preact'
import { bytesText, countText } from '../app/time-text.js'
import { useKey } from '../app/shortcuts.js'
import type { LogFeed } from './log-feed.js'

export function TailButton ({ feed, onToggle }: { readonly feed: LogFeed, readonly onToggle: () => void }): VNode {
  const { tail, newLines } = feed
  const isLive = tail.at === 'live'
  const title = isLive ? 'Pause the live tail (Space)' : 'Go on with the live tail (Space)'
  return html`<button class=${`tail ${tail.at}`} title=${title} onClick=${onToggle}>
    <span class="dot" aria-hidden="true"></span>${isLive ? (feed.isConnected ? 'Live' : 'Connecting…') : tail.at === 'paused' ? 'Paused' : 'Go live'}
    ${newLines > 0 && html`<span class="count">${`+${countText(newLines)}`}</span>`}
  </button>`
}

export function FeedStatus ({ feed }: { readonly feed: LogFeed }): VNode {
  const { search, fault, followFault, note, wasStopped } = feed
  useKey('Escape', () => {
    if (search?.progress == null) return false
    feed.stopSearch()
    return true
  })
  return html`
    <div class="feed-status">
      ${search?.progress != null && html`<${SearchProgress} feed=${feed} />`}
      ${fault !== null && html`<p class="problem" role="alert">${fault.text} <button onClick=${() => { void feed.again() }}>${fault.isGone ? 'Show the newest lines' : 'Try again'}</button></p>`}
      ${followFault !== null && html`<p class="warning" role="status">No new lines: ${followFault}</p>`}
      ${note !== null && html`<p class="warning" role="status">${note}</p>`}
      ${wasStopped && search === null && html`<p role="status">The search was stopped. Older lines may match. <button onClick=${() => { void feed.searchOn() }}>Search on</button></p>`}
    </div>
  `
}

function SearchProgress ({ feed }: { readonly feed: LogFeed }): VNode | null {
  const progress = feed.search?.progress
  if (progress == null) return null
  const { readBytes, totalBytes, foundLines } = progress
  const percent = totalBytes > 0 ? Math.min(100, Math.floor(readBytes / totalBytes * 100)) : 0
  const text = `Searched ${bytesText(readBytes)} of ${bytesText(totalBytes)}, ${countText(foundLines)} found`
  return html`
    <div class="search">
      <progress max="100" value=${percent} aria-label="How far the search is"></progress>
      <span>${text}</span>
      <button onClick=${() => { feed.stopSearch() }}>Cancel</button>
    </div>
  `
}

/** What the list holds, in one line below it. */
export function HeldRows ({ feed }: { readonly feed: LogFeed }): VNode {
  const { ring, older, newer, skippedLines, newLines, tail } = feed
  const parts = [
    `${countText(ring.size)} rows held${older.at === 'end' ? ', from the log\'s beginning' : ''}`,
    ...skippedLines > 0 ? [`${countText(skippedLines)} lines skipped: they came faster than the page takes them`] : [],
    ...tail.at === 'paused' && newLines > 0 ? [`${countText(newLines)} new since the pause`] : [],
    ...newer.at === 'more' ? ['newer lines below'] : []
  ]
  return html`<p class="held">${parts.join(' · ')}</p>`
}
