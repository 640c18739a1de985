// Makes one request of OTLP over HTTP in JSON from a batch of lines. Records of one process share a resource.
import type { ForwardedLines } from './forwarded-lines.js'
import { RecordBytes } from './otlp-bytes.js'
import { mapLine } from './otlp-record.js'
import { nanoseconds } from './otlp-time.js'
import { keyValue } from './otlp-value.js'

/** Records that follow each other in a chunk. Each begins with a comma. */
interface Run {
  readonly records: Buffer[]
  readonly from: number
}

export class OtlpRequest {
  readonly #given: Readonly<Record<string, string>>
  readonly #observed: string
  readonly #observedBytes: Buffer
  /** The records of each process, by its resource. They are kept as bytes, so that the heap has little to keep. */
  readonly #records = new Map<string, Buffer[]>()
  /** The same, by the fields of a line that identify its process. */
  readonly #known = new Map<string, Buffer[]>()
  readonly #writer = new RecordBytes()
  #run: Run | null = null

  /** Attributes of the resource that are `given` override those of the lines. */
  constructor (given: Readonly<Record<string, string>>, nowMs: number) {
    this.#given = given
    this.#observed = nanoseconds(nowMs) ?? '0'
    this.#observedBytes = Buffer.from(this.#observed)
  }

  /** Adds some lines. A caller that has other work adds a batch in parts. */
  add (lines: ForwardedLines): void {
    for (let index = 0; index < lines.length; index++) {
      if (!this.#addBytes(lines, index)) this.#addText(lines, index)
    }
  }

  #addBytes (lines: ForwardedLines, index: number): boolean {
    const writer = this.#writer
    const lineBytes = lines.end(index) - lines.start(index)
    if (writer.needsChunk(lineBytes)) {
      this.#endRun()
      writer.renewChunk(lineBytes)
    }
    const from = writer.position
    if (!writer.write(lines, index, this.#observedBytes)) return false
    const records = this.#known.get(writer.resource) ?? this.#recordsOf(lines, index, writer.resource)
    if (this.#run?.records !== records) {
      this.#endRun(from)
      this.#run = { records, from }
    }
    return true
  }

  #recordsOf (lines: ForwardedLines, index: number, fields: string): Buffer[] {
    const records = this.#recordsFor(this.#mapped(lines, index).resource)
    this.#known.set(fields, records)
    return records
  }

  #recordsFor (resource: string): Buffer[] {
    const records = this.#records.get(resource) ?? []
    this.#records.set(resource, records)
    return records
  }

  #addText (lines: ForwardedLines, index: number): void {
    this.#endRun()
    const { resource, record } = this.#mapped(lines, index)
    this.#recordsFor(resource).push(Buffer.from(`,${record}`))
  }

  #mapped (lines: ForwardedLines, index: number): ReturnType<typeof mapLine> {
    return mapLine(lines.text(index), lines.uid(index), this.#observed, this.#given)
  }

  #endRun (to = this.#writer.position): void {
    if (this.#run === null) return
    const { records, from } = this.#run
    records.push(this.#writer.chunk.subarray(from, to))
    this.#run = null
  }

  /** The body of the request, in parts that follow each other. */
  body (): Buffer[] {
    this.#endRun()
    const given = Object.entries(this.#given).map(([key, value]) => keyValue(key, value))
    const logs = [...this.#records].flatMap(([resource, records], index) => {
      const attributes = [...resource === '' ? [] : [resource], ...given].join(',')
      const begin = `${index === 0 ? '' : ','}{"resource":{"attributes":[${attributes}]},"scopeLogs":[{"scope":{"name":"pino-rotor"},"logRecords":[`
      return [Buffer.from(begin), ...records.map((bytes, at) => at === 0 ? bytes.subarray(1) : bytes), Buffer.from(']}]}')]
    })
    return [Buffer.from('{"resourceLogs":['), ...logs, Buffer.from(']}')]
  }
}
