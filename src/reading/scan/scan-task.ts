// A scan, in whichever thread it runs: it unpacks a block, or takes plain lines, and finds the matching ones.
import { readSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { errnoOf, uninterrupted } from '../../disk/errno.js'
import { inOnePiece } from '../../platform/ending-gate.js'
import { LineGrouping, type Grouping } from '../../policy/filters/line-grouping.js'
import { LineScanner, type LineQuery, type Scan } from '../../policy/filters/line-scan.js'
import { giveBack } from './memory-return.js'

/** The common part of all tasks of a reader. It is plain data. */
export interface ScanRequest extends LineQuery {
  /** `lines`: the matching lines. `places`: the same, and where they are. `chunks`: all lines, and where the matching ones are. `counts`: only numbers. */
  readonly give: 'lines' | 'places' | 'chunks' | 'counts'
  readonly grouping: Grouping | null
}

export interface BlockPlace {
  readonly descriptor: number
  readonly position: number
  readonly memberBytes: number
  readonly linesBytes: number
  /** Whether the file ends here, so that the last line may lack its newline. */
  readonly isLast: boolean
}

export type ScanTask = { readonly ofAnyTime: boolean } & (
  | { readonly kind: 'block', readonly block: BlockPlace }
  /** `isSole`: nothing else uses the memory of the lines. */
  | { readonly kind: 'lines', readonly lines: Uint8Array, readonly isSole?: boolean }
)

export interface Found extends Omit<Scan, 'openRanges'> {
  readonly kind: 'found'
  /** The matching lines. For `chunks` all lines, and for `counts` none. */
  readonly bytes: Uint8Array
  /** Whether nothing else uses the memory of the bytes. */
  readonly isSole?: boolean
  /** The bytes of the lines before the chunk's first time. */
  readonly openBytes: number
  /** How many lines each group has. Lines before the first time are counted separately. */
  readonly groups: ReadonlyArray<readonly [string, number]>
  readonly openGroups: ReadonlyArray<readonly [string, number]>
}

/** A block that is not what its header says: it does not unpack, or its last line continues after it. */
export interface Fault {
  readonly kind: 'fault'
  readonly fault: 'damaged' | 'torn'
}

export type ScanAnswer = Found | Fault

/** A block with more bytes of lines is read in pieces. */
export const blockLinesBytesMax = 2 * 1024 * 1024
/** Smaller buffers share their memory with others, and cannot be moved to another thread. */
const unpackedBytesMin = 8 * 1024
const newline = 0x0a
const nothing = Buffer.alloc(0)

export class Scanning {
  readonly #request: ScanRequest
  readonly #scanner: LineScanner
  readonly #timelessScanner: LineScanner
  readonly #grouping: LineGrouping | null
  #packed: Buffer = nothing

  constructor (request: ScanRequest) {
    this.#request = request
    this.#scanner = new LineScanner(request)
    this.#timelessScanner = new LineScanner({ ...request, window: null })
    this.#grouping = request.grouping === null ? null : new LineGrouping(request.grouping, request.timeKeys)
  }

  /** Does the task. Throws only errors of reading the file. */
  answer (task: ScanTask): ScanAnswer {
    if (task.kind === 'lines') return task.isSole === true ? this.#findAndRelease(asBuffer(task.lines), task.ofAnyTime) : this.#find(asBuffer(task.lines), task.ofAnyTime)
    const lines = this.#unpack(task.block)
    if (lines === null) return { kind: 'fault', fault: 'damaged' }
    if (!task.block.isLast && lines.at(-1) !== newline) return { kind: 'fault', fault: 'torn' }
    return this.#findAndRelease(lines, task.ofAnyTime)
  }

  #findAndRelease (lines: Buffer, ofAnyTime: boolean): Found {
    const found = this.#find(lines, ofAnyTime)
    if (found.bytes.buffer !== lines.buffer) giveBack(lines)
    return { ...found, isSole: true }
  }

  #unpack ({ descriptor, position, memberBytes, linesBytes }: BlockPlace): Buffer | null {
    if (this.#packed.length < memberBytes) this.#packed = Buffer.allocUnsafeSlow(memberBytes)
    const packed = this.#packed.subarray(0, memberBytes)
    if (!readFully(descriptor, packed, position)) return null
    const chunkSize = Math.max(linesBytes + 1, unpackedBytesMin)
    try {
      // With `info`, which its types omit, it also tells how much input it has used.
      const { buffer, engine } = inOnePiece(() => gunzipSync(packed, { chunkSize, maxOutputLength: chunkSize, info: true })) as unknown as { buffer: Buffer, engine: { bytesWritten: number } }
      return buffer.length === linesBytes && engine.bytesWritten === memberBytes ? buffer : null
    } catch (error) {
      if (/^Z_|^ERR_BUFFER_TOO_LARGE$/.test(errnoOf(error))) return null
      throw error
    }
  }

  #find (lines: Buffer, ofAnyTime: boolean): Found {
    const scan = (ofAnyTime ? this.#timelessScanner : this.#scanner).scan(lines)
    const openEnd = scan.openRanges * 2
    const groups = this.#count(lines, scan.ranges.slice(openEnd))
    const openGroups = this.#count(lines, scan.ranges.slice(0, openEnd))
    const { openRanges: _openRanges, ...found } = scan
    switch (this.#request.give) {
      case 'counts': return { ...found, kind: 'found', ranges: [], bytes: nothing, openBytes: 0, groups, openGroups }
      case 'chunks': return { ...found, kind: 'found', bytes: lines, openBytes: scan.ranges[openEnd - 1] ?? 0, groups, openGroups }
      case 'places': return { ...found, kind: 'found', bytes: gather(lines, scan.ranges), openBytes: total(scan.ranges.slice(0, openEnd)), groups, openGroups }
      case 'lines': return { ...found, kind: 'found', ranges: [], bytes: gather(lines, scan.ranges), openBytes: total(scan.ranges.slice(0, openEnd)), groups, openGroups }
    }
  }

  #count (lines: Buffer, ranges: readonly number[]): Array<[string, number]> {
    const counts = new Map<string, number>()
    if (this.#grouping === null) return []
    for (let index = 0; index < ranges.length; index += 2) {
      const to = ranges[index + 1] ?? 0
      for (let start = ranges[index] ?? 0; start < to;) {
        const found = lines.indexOf(newline, start)
        const end = found === -1 ? to : found
        const group = this.#grouping.groupOf(lines, start, end)
        counts.set(group, (counts.get(group) ?? 0) + 1)
        start = end + 1
      }
    }
    return [...counts]
  }
}

/** A view of bytes from another thread. */
export function asBuffer (bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function readFully (descriptor: number, into: Buffer, position: number): boolean {
  for (let filled = 0; filled < into.length;) {
    const from = filled
    const bytes = uninterrupted(() => readSync(descriptor, into, from, into.length - from, position + from))
    if (bytes === 0) return false
    filled += bytes
  }
  return true
}

function total (ranges: readonly number[]): number {
  let bytes = 0
  for (let index = 0; index < ranges.length; index += 2) bytes += (ranges[index + 1] ?? 0) - (ranges[index] ?? 0)
  return bytes
}

function gather (lines: Buffer, ranges: readonly number[]): Buffer {
  if (ranges.length === 2 && ranges[0] === 0 && ranges[1] === lines.length) return lines
  const gathered = Buffer.allocUnsafeSlow(total(ranges))
  let bytes = 0
  for (let index = 0; index < ranges.length; index += 2) bytes += lines.copy(gathered, bytes, ranges[index], ranges[index + 1])
  return gathered
}
