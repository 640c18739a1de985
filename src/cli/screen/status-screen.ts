// The table of `status`: one screen with the files on the disk, their growth, and when the disk is full.
import type { FileKind, LogStatus } from '../../policy/status/status-shape.js'
import type { ForeignFile } from '../../reading/foreign-files.js'
import { showBars } from './bars.js'
import type { Face } from '../terminal/face.js'
import { rotatedElsewhere } from './folder-screen.js'
import { limitRows } from './limit-rows.js'
import { showTable } from './table.js'
import { shorten, showBytes, showCount, showDays, showInstant, showShare, showTime } from './units.js'
import { visible } from '../terminal/visible.js'
import { wrap, wrapLine } from '../terminal/wrap.js'

const kindNames: Readonly<Record<FileKind, string>> = {
  active: 'active',
  plain: 'archives, plain',
  compressed: 'archives, compressed',
  bundle: 'bundles',
  working: 'being made',
  leftover: 'left over by a crash'
}
const largestShown = 3
/** The longest text after a name, such as ", 9.5 seconds ago". */
const besideName = 17
const labelLength = 12

/** A sentence below the tables. */
interface Remark {
  readonly text: string
  readonly isWarning: boolean
}

/** Draws the status of one log. */
export function statusScreen (status: LogStatus, shown: string, foreign: readonly ForeignFile[], { paint, columns }: Pick<Face, 'paint' | 'columns'>): string {
  const nameLengthMax = columns - labelLength - 4 - besideName
  const sections = [
    [paint('bold', shorten(shown, columns - 25)) + `  ${paint('dim', showInstant(status.checkedAt))}`],
    files(status),
    labelled(facts(status, nameLengthMax), columns),
    labelled(growth(status), columns),
    [...wrapLine(whoseLimits(status), columns), ...showTable(limitRows(status), ['left', 'right', 'right', 'left'])],
    [...failing(status), ...outlook(status, nameLengthMax), ...uploads(status, nameLengthMax), ...forwarding(status), ...foreign.length === 0 ? [] : [{ text: rotatedElsewhere(foreign), isWarning: false }]].flatMap(({ text, isWarning }) => wrapLine(`  ${visible(text)}`, columns).map((line) => isWarning ? paint('yellow', line) : line))
  ]
  return `${sections.filter((lines) => lines.length > 0).map((lines) => lines.join('\n')).join('\n\n')}\n`
}

function whoseLimits ({ limits: { from } }: LogStatus): string {
  switch (from) {
    case 'application':
    case 'config': return "  limits of the application's options"
    case 'defaults': return '  limits by default; give --config PATH to see those of the application'
  }
}

function files ({ kinds, total }: LogStatus): string[] {
  const rows = (Object.keys(kindNames) as FileKind[])
    .filter((kind) => kinds[kind].files > 0)
    .map((kind) => [kindNames[kind], showCount(kinds[kind].files, 'file'), showBytes(kinds[kind].bytes)])
  return showTable([...rows, ['in all', showCount(total.files, 'file'), showBytes(total.bytes)]], ['left', 'right', 'right'])
}

function facts (status: LogStatus, nameLengthMax: number): string[][] {
  const { oldest, newest, largest, lastWrittenAt, checkedAt } = status
  const rows = [
    lastWrittenAt === null ? [] : ['last written', ago(lastWrittenAt, checkedAt)],
    oldest === null ? [] : ['oldest', `${shorten(oldest.name, nameLengthMax)}, ${ago(oldest.at, checkedAt)}`],
    newest === null || newest.name === oldest?.name ? [] : ['newest', `${shorten(newest.name, nameLengthMax)}, ${ago(newest.at, checkedAt)}`],
    ...largest.slice(0, largestShown).map(({ name, bytes }, index) => [index === 0 ? 'largest' : '', `${shorten(name, nameLengthMax)}, ${showBytes(bytes)}`]),
    compression(status)
  ]
  return rows.filter((row) => row.length > 0)
}

// A text that is too long goes on below itself.
function labelled (rows: readonly string[][], columns: number): string[] {
  return rows.flatMap(([label = '', text = '']) => wrap(visible(text), columns - labelLength - 4)
    .map((line, index) => `  ${(index === 0 ? label : '').padEnd(labelLength)}  ${line}`))
}

function ago (iso: string, nowIso: string): string {
  const ms = Date.parse(nowIso) - Date.parse(iso)
  return ms < 0 ? `${showTime(-ms)} from now` : `${showTime(ms)} ago`
}

function compression ({ compression: { archives, measuredArchives, ratio, savedBytes } }: LogStatus): string[] {
  if (archives === 0) return []
  if (ratio === null || savedBytes === null) return ['compression', `unknown: ${showCount(archives, 'archive')} without a gzip trailer`]
  const measured = measuredArchives === archives ? '' : ` (${measuredArchives} of ${archives} archives measured)`
  return ['compression', `to ${showShare(ratio)} of the size, ${showBytes(savedBytes)} saved${measured}`]
}

function growth ({ growth: { since, writtenBytesPerDay, storedBytesPerDay, archivesPerDay, days } }: LogStatus): string[][] {
  if (since === null || storedBytesPerDay === null) return [['growth', 'not known yet: the files cover less than an hour']]
  const rates = [
    writtenBytesPerDay === null ? [] : [`${showBytes(writtenBytesPerDay)} of lines`],
    [`${showBytes(storedBytesPerDay)} kept`],
    archivesPerDay === null ? [] : [`${Number(archivesPerDay.toFixed(2))} archives`]
  ].flat().join(', ')
  const isWrittenKnown = days.every(({ writtenBytes }) => writtenBytes !== null)
  const amounts = days.map(({ writtenBytes, storedBytes }) => isWrittenKnown ? writtenBytes ?? 0 : storedBytes)
  const most = amounts.reduce((a, b) => Math.max(a, b), 0)
  return [['a day', rates], [`${days.length} days`, `${showBars(amounts)} most ${showBytes(most)}`]]
}

function outlook (status: LogStatus, nameLengthMax: number): Remark[] {
  const { retention: { due, next }, bundles: { directory, refused, waiting }, leftovers, kinds } = status
  const remarks: Remark[] = []
  if (next !== null) {
    const when = next.daysLeft === 0 ? 'with the next sweep' : `in ${showDays(next.daysLeft)}`
    remarks.push({ text: `next to go: ${shorten(next.name, nameLengthMax)} (${next.reason}) ${when}`, isWarning: false })
  }
  if (due.files > 1) remarks.push({ text: `over the limits: ${showCount(due.files, waiting === null ? 'archive' : 'bundle')}, ${showBytes(due.bytes)}`, isWarning: true })
  if (waiting !== null && waiting.files > 0) remarks.push({ text: `to be joined: ${showCount(waiting.files, 'archive')}, ${showBytes(waiting.bytes)}`, isWarning: false })
  if (waiting !== null && refused !== null) remarks.push({ text: `bundles: ${shorten(directory, nameLengthMax)} cannot be read (${refused})`, isWarning: true })
  if (leftovers.length > 0) {
    remarks.push({ text: `left over: ${showBytes(kinds.leftover.bytes)} in ${showCount(leftovers.length, 'file')}; the next sweep removes them`, isWarning: true })
  }
  return remarks
}

function failing ({ failing = [], checkedAt }: LogStatus): Remark[] {
  return failing.map(({ pid, step, code, message, since }) => ({ text: `failing in process ${pid}: ${step} (${code}), since ${ago(since, checkedAt)}: ${message}`, isWarning: true }))
}

function uploads ({ upload, checkedAt }: LogStatus, nameLengthMax: number): Remark[] {
  if (upload === undefined) return []
  const { stored, waiting, oldestWaiting, refused, lastFailure } = upload
  return [
    { text: `stored: ${showCount(stored.files, 'file')}, ${showBytes(stored.bytes)}`, isWarning: false },
    ...oldestWaiting === null ? [] : [{ text: `to be uploaded: ${showCount(waiting.files, 'file')}, ${showBytes(waiting.bytes)}, the oldest ${shorten(oldestWaiting.name, nameLengthMax)}`, isWarning: false }],
    ...lastFailure === null ? [] : [{ text: `failing since ${ago(lastFailure.since, checkedAt)}: ${lastFailure.message} (${lastFailure.code})`, isWarning: true }],
    ...refused.map(({ name, code }) => ({ text: `not taken by the store: ${shorten(name, nameLengthMax)} (${code})`, isWarning: true }))
  ]
}

function forwarding ({ forward }: LogStatus): Remark[] {
  if (forward === undefined) return []
  const { waiting, lagSeconds, lastAnswer } = forward
  const amount = `${showCount(waiting.lines, 'line')}${waiting.bytes === null ? '' : `, ${showBytes(waiting.bytes)}`}`
  const age = lagSeconds === null ? '' : `, ${showTime(lagSeconds * 1000)} behind`
  return [
    { text: waiting.lines === 0 ? 'forwarded: every line' : `to be forwarded: ${amount}${age}`, isWarning: false },
    ...lastAnswer === null || lastAnswer.isAccepted ? [] : [{ text: `the receiver: ${shorten(lastAnswer.text, 120)}`, isWarning: true }]
  ]
}
