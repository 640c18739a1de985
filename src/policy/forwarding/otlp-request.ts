// Makes one request of OTLP over HTTP in JSON from a batch of lines. Records of one process share a resource.
import { mapLine, type LogRecord } from './otlp-record.js'
import { keyValues, type KeyValue } from './otlp-value.js'

export interface ForwardedLine {
  /** Without its newline. */
  readonly text: string
  readonly uid: string
}

export interface OtlpRequest {
  readonly resourceLogs: ReadonlyArray<{
    readonly resource: { readonly attributes: readonly KeyValue[] }
    readonly scopeLogs: ReadonlyArray<{ readonly scope: { readonly name: string }, readonly logRecords: readonly LogRecord[] }>
  }>
}

/** Makes the request. Attributes from the options override those of the lines. */
export function otlpRequest (lines: readonly ForwardedLine[], resource: Readonly<Record<string, string>>, nowMs: number): OtlpRequest {
  const groups = new Map<string, { attributes: readonly KeyValue[], logRecords: LogRecord[] }>()
  for (const { text, uid } of lines) {
    const mapped = mapLine(text, uid, nowMs)
    const identity = JSON.stringify(mapped.resource)
    const group = groups.get(identity)
    if (group === undefined) groups.set(identity, { attributes: merged(mapped.resource, resource), logRecords: [mapped.record] })
    else group.logRecords.push(mapped.record)
  }
  return {
    resourceLogs: [...groups.values()].map(({ attributes, logRecords }) => ({ resource: { attributes }, scopeLogs: [{ scope: { name: 'pino-rotor' }, logRecords }] }))
  }
}

function merged (found: readonly KeyValue[], given: Readonly<Record<string, string>>): KeyValue[] {
  return [...found.filter(({ key }) => !Object.hasOwn(given, key)), ...keyValues(given)]
}
