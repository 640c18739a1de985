// Makes one request of OTLP over HTTP in JSON from a batch of lines. Records of one process share a resource.
import { mapLine } from './otlp-record.js'
import { nanoseconds } from './otlp-time.js'
import { keyValue } from './otlp-value.js'

export interface ForwardedLine {
  /** Without its newline. */
  readonly text: string
  readonly uid: string
  /** Its size in the file, with its newline. */
  readonly sizeBytes: number
}

export class OtlpRequest {
  readonly #given: Readonly<Record<string, string>>
  readonly #observed: string
  /** The records of each process, by its resource. They are kept as bytes, so that the heap has little to keep. */
  readonly #records = new Map<string, Buffer[]>()

  /** Attributes of the resource that are `given` override those of the lines. */
  constructor (given: Readonly<Record<string, string>>, nowMs: number) {
    this.#given = given
    this.#observed = nanoseconds(nowMs) ?? '0'
  }

  /** Adds some lines. A caller that has other work adds a batch in parts. */
  add (lines: readonly ForwardedLine[]): void {
    const texts = new Map<string, string[]>()
    for (const { text, uid } of lines) {
      const { resource, record } = mapLine(text, uid, this.#observed, this.#given)
      const records = texts.get(resource)
      if (records === undefined) texts.set(resource, [record])
      else records.push(record)
    }
    for (const [resource, records] of texts) {
      const parts = this.#records.get(resource) ?? []
      parts.push(Buffer.from(`${parts.length === 0 ? '' : ','}${records.join(',')}`))
      this.#records.set(resource, parts)
    }
  }

  /** The body of the request. */
  body (): Buffer {
    const given = Object.entries(this.#given).map(([key, value]) => keyValue(key, value))
    const logs = [...this.#records].map(([resource, records], index) => {
      const attributes = [...resource === '' ? [] : [resource], ...given].join(',')
      const begin = `${index === 0 ? '' : ','}{"resource":{"attributes":[${attributes}]},"scopeLogs":[{"scope":{"name":"pino-rotor"},"logRecords":[`
      return Buffer.concat([Buffer.from(begin), ...records, Buffer.from(']}]}')])
    })
    return Buffer.concat([Buffer.from('{"resourceLogs":['), ...logs, Buffer.from(']}')])
  }
}
