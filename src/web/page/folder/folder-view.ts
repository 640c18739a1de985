// All logs of a folder, the largest first: what each one has, what comes next, and what fails.
import { html } from 'htm/preact'
import type { VNode } from 'preact'
import { bytesText, countText, fullTime, relativeTime } from '../app/time-text.js'
import type { PageState } from '../app/page-state.js'
import { useNow } from '../app/use-now.js'
import { linkTo, type Page } from '../app/use-page-state.js'
import type { LogOverview, LogsAnswer } from '../../answer-shapes.js'
import { Elsewhere } from './elsewhere.js'
import { Failing, RemovesNext } from './failing.js'
import { LimitBars } from './limit-bars.js'
import { Sparkline } from './sparkline.js'

export function FolderView ({ page, answer }: { readonly page: Page, readonly answer: LogsAnswer }): VNode {
  const logs = [...answer.logs].sort((a, b) => b.bytes - a.bytes)
  const bytes = logs.reduce((sum, log) => sum + log.bytes, 0)
  const nowMs = useNow(true)
  return html`
    <main class="folder-view">
      <h1>${answer.title}</h1>
      <p class="sum">${countText(logs.length)} ${logs.length === 1 ? 'log' : 'logs'}, ${bytesText(bytes)}</p>
      ${answer.note !== undefined && html`<p class="banner warning" role="alert">${answer.note}</p>`}
      ${logs.length === 0 && html`<p class="nothing">No log is here. A log shows up as soon as it has a file.</p>`}
      <ul class="logs">${logs.map((log) => html`<${LogCard} key=${log.id} state=${page.state} log=${log} nowMs=${nowMs} />`)}</ul>
    </main>
  `
}

function LogCard ({ state, log, nowMs }: { readonly state: PageState, readonly log: LogOverview, readonly nowMs: number }): VNode {
  return html`
    <li class=${`card ${log.failing.length > 0 ? 'failing' : ''}`}>
      <h2><a href=${linkTo(state, { view: 'lines', log: log.file })}>${log.file}</a></h2>
      <dl class="facts">
        <div><dt>Size</dt><dd>${bytesText(log.bytes)} <span class="note">in ${countText(log.files)} ${log.files === 1 ? 'file' : 'files'}</span></dd></div>
        <div><dt>Growth</dt><dd>${log.bytesPerDay === null ? 'not known yet' : `${bytesText(log.bytesPerDay)} a day`}</dd></div>
        <div><dt>Last line</dt><dd>${log.lastTimeMs === null ? 'none' : html`<time datetime=${new Date(log.lastTimeMs).toISOString()} title=${fullTime(log.lastTimeMs, state.time)}>${relativeTime(log.lastTimeMs, nowMs)}</time>`}</dd></div>
      </dl>
      <${Errors} state=${state} log=${log} />
      <${LimitBars} limits=${log.limits} />
      <${RemovesNext} next=${log.removesNext} />
      <${Elsewhere} log=${log} />
      <${Failing} failing=${log.failing} />
      <p class="links"><a href=${linkTo(state, { view: 'analytics', log: log.file })}>Analytics</a> <a href=${linkTo(state, { view: 'status', log: log.file })}>Status</a></p>
    </li>
  `
}

function Errors ({ state, log }: { readonly state: PageState, readonly log: LogOverview }): VNode {
  const sum = log.errorsPerHour.reduce((total, count) => total + count, 0)
  const text = log.errorsPerHour.length === 0 ? 'not counted yet' : `${countText(sum)} in ${log.errorsPerHour.length} h`
  return html`
    <div class="errors">
      <a class=${sum > 0 ? 'bad' : ''} href=${linkTo(state, { view: 'lines', log: log.file, filter: 'level>=error', since: '24h' })}>Errors: ${text}</a>
      <${Sparkline} counts=${log.errorsPerHour} name=${`Errors an hour of ${log.file}: ${log.errorsPerHour.join(', ')}`} />
    </div>
  `
}
