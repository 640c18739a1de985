// Gathers the files for DuckDB. It reads the log's own files if it can read them and all their lines are wanted. From the
// other files, the wanted lines are unpacked first.
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { LineReader, type ReadRequest } from '../../../reading/lines/line-reader.js'
import type { LineSource } from '../../../reading/lines/line-source.js'
import type { Face } from '../../terminal/face.js'
import { describeTrouble } from '../../screen/trouble.js'
import { mayHoldMarks, withoutMarks } from './byte-order-marks.js'

export interface QueryFiles {
  readonly paths: readonly string[]
  /** Whether all lines could be read. */
  readonly isWhole: boolean
  readonly remove: () => void
}

const threadsMax = 4

/** Gathers the files. `remove` deletes the unpacked ones. `begins` gets it before the first is there. */
export async function queryFiles (sources: readonly LineSource[], request: ReadRequest, said: Pick<Face, 'say'>, begins: (remove: () => void) => void = () => {}): Promise<QueryFiles> {
  let made: string | null = null
  const remove = (): void => { if (made !== null) rmSync(made, { recursive: true, force: true }) }
  begins(remove)
  try {
    const folder = mkdtempSync(join(tmpdir(), 'pino-rotor-query-'))
    made = folder
    const paths = new Set<string>()
    const unpacked: LineSource[] = []
    const wanted = sources.filter(({ selection }) => selection !== 'skip')
    const damaged = await damagedOf(wanted.filter((source) => source.name.endsWith('.gz') && isReadByDuckDb(source, request)), request)
    for (const source of wanted) {
      if (isReadByDuckDb(source, request) && !damaged.has(source) && !await mayHoldMarks(source.name, request.signal)) paths.add(source.name)
      else unpacked.push(source)
    }
    const own = join(folder, 'lines.ndjson')
    const { bytes, isWhole } = unpacked.length === 0 ? { bytes: 0, isWhole: true } : await unpack(unpacked, request, own, said)
    const read = [...paths, ...bytes > 0 ? [own] : []]
    return { paths: read.length === 1 ? [...read, emptyFile(folder)] : read, isWhole, remove }
  } catch (error) {
    remove()
    throw error
  }
}

// DuckDB checks no gzip file. It leaves out the lines that damage has garbled, and says nothing. So such a file is unpacked here.
async function damagedOf (sources: readonly LineSource[], request: ReadRequest): Promise<Set<LineSource>> {
  const damaged = new Set<LineSource>()
  const threads = Math.min(threadsMax, availableParallelism())
  await new LineReader(sources, { ...request, window: null, threads }).count(null, 1, ({ source }) => { damaged.add(source) })
  return damaged
}

// Of a single file DuckDB loses the first line if a byte order mark stands before it. Of several files it does not.
function emptyFile (folder: string): string {
  const path = join(folder, 'empty.ndjson')
  writeFileSync(path, '', { mode: 0o600 })
  return path
}

/** DuckDB takes a path with one of these for a pattern, which may name other files. */
const patternCharacters = /[*?[]/

function isReadByDuckDb ({ name, selection, isPart }: LineSource, { window }: ReadRequest): boolean {
  return isPart !== true && !patternCharacters.test(name) && (window === null || selection === 'whole') && /\.(?:gz|log|json|jsonl|ndjson|txt)$/.test(name)
}

async function unpack (sources: readonly LineSource[], request: ReadRequest, path: string, said: Pick<Face, 'say'>): Promise<{ bytes: number, isWhole: boolean }> {
  const descriptor = openSync(path, 'wx', 0o600)
  let bytes = 0
  let isWhole = true
  try {
    for await (const event of new LineReader(sources, request).read()) {
      if (event.kind === 'trouble') {
        isWhole = false
        said.say(describeTrouble(event.trouble))
        continue
      }
      for (const piece of withoutMarks(event.batch.lines)) {
        writeAll(descriptor, piece)
        bytes += piece.length
      }
    }
  } finally {
    closeSync(descriptor)
  }
  return { bytes, isWhole }
}

function writeAll (descriptor: number, bytes: Buffer): void {
  for (let rest = bytes; rest.length > 0;) rest = rest.subarray(writeSync(descriptor, rest))
}
