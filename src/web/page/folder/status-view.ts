// One log's state: limits, disk, what comes next, and what the doctor says.
import { html } from 'htm/preact'
import type { VNode } from 'preact'
import { bytesText, countText } from '../app/time-text.js'
import type { Finding, LogOverview, StatusAnswer } from '../../answer-shapes.js'
import { useAnswer } from '../server/use-answer.js'
import { Elsewhere } from './elsewhere.js'
import { Failing, RemovesNext } from './failing.js'
import { LimitBars } from './limit-bars.js'
import { Sparkline } from './sparkline.js'

const refreshMs = 15_000
const signs: Readonly<Record<Finding['state'], string>> = { ok: '✓', warning: '!', problem: '✗' }

interface Status {
  readonly kinds?: Readonly<Record<string, { readonly files: number, readonly bytes: number }>>
  readonly growth?: { readonly days: ReadonlyArray<{ readonly day: string, readonly writtenBytes: number }> }
  readonly disk?: { readonly freeBytes: number | null, readonly daysLeft: number | null }
}

export function StatusView ({ log }: { readonly log: LogOverview }): VNode {
  const { value, fault, isBusy } = useAnswer<StatusAnswer>(`logs/${log.id}/status`, [], refreshMs)
  const status: Status = value?.status ?? {}
  return html`
    <main class="status-view">
      <h1>${log.file}</h1>
      <p class="sum">${bytesText(log.bytes)} in ${countText(log.files)} ${log.files === 1 ? 'file' : 'files'}, in ${log.folder}</p>
      ${fault !== null && html`<p class="banner problem" role="alert">${fault}</p>`}
      ${value === null && isBusy && html`<p role="status">Looking at the files…</p>`}
      <div class="cards">
        <section class="card"><h2>Limits</h2><${LimitBars} limits=${log.limits} /><${RemovesNext} next=${log.removesNext} /><${Disk} status=${status} /></section>
        <section class="card"><h2>Files</h2><${Kinds} status=${status} /><${Growth} status=${status} /><${Elsewhere} log=${log} /></section>
        <section class="card wide"><h2>Doctor</h2><${Failing} failing=${log.failing} />${value?.findings.map((finding) => html`<${FindingRow} key=${finding.check + finding.message} finding=${finding} />`)}</section>
      </div>
    </main>
  `
}

function Disk ({ status: { disk } }: { readonly status: Status }): VNode | null {
  if (disk?.freeBytes == null) return null
  const daysLeft = disk.daysLeft === null ? '' : `, full in ${countText(Math.round(disk.daysLeft))} days at this growth`
  return html`<p class="next">Disk: ${bytesText(disk.freeBytes)} free${daysLeft}</p>`
}

function Kinds ({ status: { kinds } }: { readonly status: Status }): VNode | null {
  const rows = Object.entries(kinds ?? {}).filter(([, { files }]) => files > 0)
  if (rows.length === 0) return null
  return html`<table class="kinds"><thead><tr><th scope="col">Kind</th><th scope="col">Files</th><th scope="col">Size</th></tr></thead><tbody>
    ${rows.map(([kind, { files, bytes }]) => html`<tr key=${kind}><th scope="row">${kind}</th><td>${countText(files)}</td><td>${bytesText(bytes)}</td></tr>`)}
  </tbody></table>`
}

function Growth ({ status: { growth } }: { readonly status: Status }): VNode | null {
  const days = growth?.days ?? []
  if (days.length === 0) return null
  return html`<div class="growth"><span>Written a day</span><${Sparkline} counts=${days.map(({ writtenBytes }) => writtenBytes)} name=${`Bytes written a day: ${days.map(({ day, writtenBytes }) => `${day} ${bytesText(writtenBytes)}`).join(', ')}`} /></div>`
}

function FindingRow ({ finding: { check, state, message, remedy } }: { readonly finding: Finding }): VNode {
  return html`<div class=${`finding ${state}`}><span class="sign" aria-hidden="true">${signs[state]}</span><span class="hidden">${state}</span><b>${check}</b><span>${message}${remedy !== null && html`<span class="remedy">${remedy}</span>`}</span></div>`
}
