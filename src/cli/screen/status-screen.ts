// The table of `status`: one screen of 80 columns with the files on the disk, their growth, and when the disk is full.
import type { FileKind, LogStatus } from '../../policy/status/status-shape.js'
import { showBars } from './bars.js'
import type { Face } from './face.js'
import { limitRows } from './limit-rows.js'
import { showTable } from './table.js'
import { shorten, showBytes, showCount, showDays, showInstant, showShare, showTime } from './units.js'

const nameLengthMax = 36
const kindNames: Readonly<Record<FileKind, string>> = {
  active: 'active',
  plain: 'archives, plain',
  compressed: 'archives, compressed',
  bundle: 'bundles',
  working: 'being made',
  leftover: 'left over by a crash'
}
const largestShown = 3

/** Draws the status of one log. */
export function statusScreen (status: LogStatus, shown: string, { paint }: Pick<Face, 'paint'>): string {
  const sections = [
    [paint('bold', shorten(shown, 54)) + `  ${paint('dim', showInstant(status.checkedAt))}`],
    files(status),
    facts(status),
    growth(status),
    [whoseLimits(status), ...showTable(limitRows(status), ['left', 'right', 'right', 'left'])],
    [...outlook(status, paint), ...uploads(status, paint), ...forwarding(status, paint)]
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

function facts (status: LogStatus): string[] {
  const { oldest, newest, largest, lastWrittenAt, checkedAt } = status
  const rows = [
    lastWrittenAt === null ? [] : ['last written', ago(lastWrittenAt, checkedAt)],
    oldest === null ? [] : ['oldest', `${shorten(oldest.name, nameLengthMax)}, ${ago(oldest.at, checkedAt)}`],
    newest === null || newest.name === oldest?.name ? [] : ['newest', `${shorten(newest.name, nameLengthMax)}, ${ago(newest.at, checkedAt)}`],
    ...largest.slice(0, largestShown).map(({ name, bytes }, index) => [index === 0 ? 'largest' : '', `${shorten(name, nameLengthMax)}, ${showBytes(bytes)}`]),
    compression(status)
  ]
  return showTable(rows.filter((row) => row.length > 0), ['left', 'left'])
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

function growth ({ growth: { since, writtenBytesPerDay, storedBytesPerDay, archivesPerDay, days } }: LogStatus): string[] {
  if (since === null || storedBytesPerDay === null) return ['  growth        not known yet: the files tell of less than an hour']
  const rates = [
    writtenBytesPerDay === null ? [] : [`${showBytes(writtenBytesPerDay)} of lines`],
    [`${showBytes(storedBytesPerDay)} kept`],
    archivesPerDay === null ? [] : [`${Number(archivesPerDay.toFixed(2))} archives`]
  ].flat().join(', ')
  const isWrittenKnown = days.every(({ writtenBytes }) => writtenBytes !== null)
  const bars = showBars(days.map(({ writtenBytes, storedBytes }) => isWrittenKnown ? writtenBytes ?? 0 : storedBytes))
  const most = Math.max(...days.map(({ writtenBytes, storedBytes }) => isWrittenKnown ? writtenBytes ?? 0 : storedBytes))
  return showTable([
    ['a day', rates],
    [`${days.length} days`, `${bars}  most ${showBytes(most)}`]
  ], ['left', 'left'])
}

function outlook (status: LogStatus, paint: Face['paint']): string[] {
  const { retention: { due, next }, bundles: { directory, refused, waiting }, leftovers, kinds } = status
  const lines = []
  if (next !== null) {
    const when = next.daysLeft === 0 ? 'with the next sweep' : `in ${showDays(next.daysLeft)}`
    lines.push(`  next to go: ${shorten(next.name, nameLengthMax)} (${next.reason}) ${when}`)
  }
  if (due.files > 1) lines.push(paint('yellow', `  over the limits: ${showCount(due.files, waiting === null ? 'archive' : 'bundle')}, ${showBytes(due.bytes)}`))
  if (waiting !== null && waiting.files > 0) lines.push(`  to be joined: ${showCount(waiting.files, 'archive')}, ${showBytes(waiting.bytes)}`)
  if (waiting !== null && refused !== null) lines.push(paint('yellow', `  bundles: ${shorten(directory, nameLengthMax)} cannot be read (${refused})`))
  if (leftovers.length > 0) {
    lines.push(paint('yellow', `  left over: ${showBytes(kinds.leftover.bytes)} in ${showCount(leftovers.length, 'file')}; the next sweep removes them`))
  }
  return lines
}

function uploads ({ upload, checkedAt }: LogStatus, paint: Face['paint']): string[] {
  if (upload === undefined) return []
  const { stored, waiting, oldestWaiting, refused, lastFailure } = upload
  return [
    `  stored: ${showCount(stored.files, 'file')}, ${showBytes(stored.bytes)}`,
    ...oldestWaiting === null ? [] : [`  to be uploaded: ${showCount(waiting.files, 'file')}, ${showBytes(waiting.bytes)}, the oldest ${shorten(oldestWaiting.name, nameLengthMax)}`],
    ...lastFailure === null ? [] : [paint('yellow', `  failing since ${ago(lastFailure.since, checkedAt)}: ${lastFailure.message} (${lastFailure.code})`)],
    ...refused.map(({ name, code }) => paint('yellow', `  not taken by the store: ${shorten(name, nameLengthMax)} (${code})`))
  ]
}

function forwarding ({ forward }: LogStatus, paint: Face['paint']): string[] {
  if (forward === undefined) return []
  const { waiting, lagSeconds, lastAnswer } = forward
  const amount = `${showCount(waiting.lines, 'line')}${waiting.bytes === null ? '' : `, ${showBytes(waiting.bytes)}`}`
  const age = lagSeconds === null ? '' : `, ${showTime(lagSeconds * 1000)} behind`
  return [
    waiting.lines === 0 ? '  forwarded: every line' : `  to be forwarded: ${amount}${age}`,
    ...lastAnswer === null || lastAnswer.isAccepted ? [] : [paint('yellow', `  the receiver: ${shorten(lastAnswer.text, 62)}`)]
  ]
}
