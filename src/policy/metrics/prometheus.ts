// Counters and the status of logs in Prometheus's text format, by its conventions: base units, `_total` for counters, no timestamps.
import type { Step } from '../../events.js'
import type { FileKind, LogStatus } from '../status/status-shape.js'
import { isFailing, type Counters } from './counters.js'

interface Sample {
  readonly labels?: Readonly<Record<string, string>>
  readonly value: number | null
}

const steps: readonly Step[] = ['open', 'write', 'rotate', 'rights', 'link', 'sweep', 'compress', 'bundle', 'remove', 'upload', 'forward', 'route']

/** Writes the gauges of the log and its routes. */
export function gaugesText (main: LogStatus): string {
  const logs = [main, ...main.routes ?? []]
  const each = (value: (status: LogStatus) => number | null | undefined): Sample[] => logs.map((status) => ({ labels: { file: status.file }, value: value(status) ?? null }))
  const byKind = (value: (status: LogStatus, kind: FileKind) => number): Sample[] => logs.flatMap((status) => {
    return (Object.keys(status.kinds) as FileKind[]).map((kind) => ({ labels: { file: status.file, kind }, value: value(status, kind) }))
  })
  return [
    metric('files', 'gauge', 'Files of the log.', byKind(({ kinds }, kind) => kinds[kind].files)),
    metric('size_bytes', 'gauge', 'Bytes that the files of the log take.', byKind(({ kinds }, kind) => kinds[kind].bytes)),
    metric('disk_free_bytes', 'gauge', 'Free bytes of the file system of the log.', each(({ disk }) => disk.freeBytes)),
    metric('last_written_timestamp_seconds', 'gauge', 'When the active file was last written.', each(({ lastWrittenAt }) => seconds(lastWrittenAt))),
    metric('oldest_archive_timestamp_seconds', 'gauge', 'The time of the oldest archive.', each(({ oldest }) => seconds(oldest?.at ?? null))),
    metric('upload_waiting_files', 'gauge', 'Finished files that are not stored yet.', each(({ upload }) => upload?.waiting.files)),
    metric('upload_waiting_bytes', 'gauge', 'Bytes of finished files that are not stored yet.', each(({ upload }) => upload?.waiting.bytes)),
    metric('forward_waiting_lines', 'gauge', 'Lines that are not acknowledged yet.', each(({ forward }) => forward?.waiting.lines)),
    metric('forward_waiting_bytes', 'gauge', 'Bytes of lines that are not acknowledged yet.', each(({ forward }) => forward?.waiting.bytes)),
    metric('forward_lag_seconds', 'gauge', 'Age of the oldest line that is not acknowledged yet.', each(({ forward }) => forward?.lagSeconds))
  ].join('')
}

/** Writes the counters of a transport, and which of its steps fail. `file` is its main file. */
export function countersText (counters: Counters, file: string): string {
  const one = (value: number): Sample[] => [{ labels: { file }, value }]
  const by = (label: string, values: Readonly<Record<string, number>>): Sample[] => Object.entries(values).map(([name, value]) => ({ labels: { file, [label]: name }, value }))
  return [
    metric('lines_total', 'counter', 'Lines logged.', one(counters.lines)),
    metric('line_bytes_total', 'counter', 'Bytes of lines logged.', one(counters.bytes)),
    metric('rotations_total', 'counter', 'Rotations.', by('reason', counters.rotations)),
    metric('compressions_total', 'counter', 'Archives compressed.', one(counters.compressions)),
    metric('removals_total', 'counter', 'Archives and bundles that a limit removed.', by('reason', counters.removals)),
    metric('dropped_lines_total', 'counter', 'Lines dropped because the disk refused them.', one(counters.droppedLines)),
    metric('dropped_bytes_total', 'counter', 'Bytes of lines dropped because the disk refused them.', one(counters.droppedBytes)),
    metric('forwarded_lines_total', 'counter', 'Lines that the receiver acknowledged.', one(counters.forwardedLines)),
    metric('forwarded_bytes_total', 'counter', 'Bytes of lines that the receiver acknowledged.', one(counters.forwardedBytes)),
    metric('rejected_lines_total', 'counter', 'Lines that the receiver rejected.', one(counters.rejectedLines)),
    metric('uploads_total', 'counter', 'Files that the store has.', one(counters.uploads)),
    metric('uploaded_bytes_total', 'counter', 'Bytes of files that the store has.', one(counters.uploadedBytes)),
    metric('step_failing', 'gauge', 'Whether a step fails now.', steps.map((step) => ({ labels: { file, step }, value: isFailing(counters, step) ? 1 : 0 })))
  ].join('')
}

function metric (name: string, type: 'counter' | 'gauge', help: string, samples: readonly Sample[]): string {
  const known = samples.filter(({ value }) => value !== null)
  if (known.length === 0) return ''
  const lines = known.map(({ labels, value }) => `pino_rotor_${name}${labelsText(labels ?? {})} ${value}\n`)
  return `# HELP pino_rotor_${name} ${help}\n# TYPE pino_rotor_${name} ${type}\n${lines.join('')}`
}

function labelsText (labels: Readonly<Record<string, string>>): string {
  return `{${Object.entries(labels).map(([name, value]) => `${name}="${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`).join(',')}}`
}

function seconds (iso: string | null): number | null {
  return iso === null ? null : Date.parse(iso) / 1000
}
