// Makes one request of OTLP over HTTP in JSON from a batch of lines. Records of one process share a resource.
import { RecordBytes } from './otlp-bytes.js'
import { mapLine } from './otlp-record.js'
import { nanoseconds } from './otlp-time.js'
import { keyValue } from './otlp-value.js'

/** Where a line is in the bytes of a batch, without its newline. */
export interface LinePlace {
  readonly lines: Buffer
  readonly start: number
  readonly end: number
}

export interface ForwardedLine {
  /** Without its newline. */
  readonly text: string
  readonly uid: string
  /** Its size in the file, with its newline. */
  readonly sizeBytes: number
  /** Missing if only its text is known. */
  readonly place?: LinePlace
}

/** Records that follow each other in a chunk. Each begins with a comma. */
interface Run {
  readonly records: Buffer[]
  readonly from: number
}

export class OtlpRequest {
  readonly #given: Readonly<Record<string, string>>
  readonly #observed: string
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
  }

  /** Adds some lines. A caller that has other work adds a batch in parts. */
  add (lines: readonly ForwardedLine[]): void {
    for (const line of lines) {
      if (line.place === undefined || !this.#addBytes(line, line.place)) this.#addText(line)
    }
  }

  #addBytes (line: ForwardedLine, { lines, start, end }: LinePlace): boolean {
    const writer = this.#writer
    if (writer.needsChunk(end - start)) {
      this.#endRun()
      writer.renewChunk(end - start)
    }
    const from = writer.position
    if (!writer.write(lines, start, end, line.uid, this.#observed)) return false
    const records = this.#known.get(writer.resource) ?? this.#recordsOf(line, writer.resource)
    if (this.#run?.records !== records) {
      this.#endRun(from)
      this.#run = { records, from }
    }
    return true
  }

  #recordsOf (line: ForwardedLine, fields: string): Buffer[] {
    const records = this.#recordsFor(mapLine(line.text, line.uid, this.#observed, this.#given).resource)
    this.#known.set(fields, records)
    return records
  }

  #recordsFor (resource: string): Buffer[] {
    const records = this.#records.get(resource) ?? []
    this.#records.set(resource, records)
    return records
  }

  #addText ({ text, uid }: ForwardedLine): void {
    this.#endRun()
    const { resource, record } = mapLine(text, uid, this.#observed, this.#given)
    this.#recordsFor(resource).push(Buffer.from(`,${record}`))
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
