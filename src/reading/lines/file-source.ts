// A single file that is read without its log, and input from a pipe.
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { wholeFile, decompressorFor } from '../../disk/compress/codec.js'
import { CompressError } from '../../disk/compress/compress-error.js'
import type { Algorithm } from '../../options/settings.js'
import { lineTimeAt } from '../../policy/lines/line-time.js'
import { closingOnFailure, HeldFile } from '../held-file.js'
import { asBuffer } from '../scan/scan-task.js'
import { openHeld, type LineSource, type Take } from './line-source.js'
import { streamed } from './portions.js'

/** The first bytes of a file, by the algorithm that packed it. */
const magics: ReadonlyArray<readonly [Algorithm, Buffer]> = [['gzip', Buffer.from([0x1f, 0x8b])], ['zstd', Buffer.from([0x28, 0xb5, 0x2f, 0xfd])]]
const magicBytesMax = 4

/** The algorithm that packed a file, by its name; null for a plain one. */
export function suffixCodec (path: string): Algorithm | null {
  if (path.endsWith('.gz')) return 'gzip'
  if (path.endsWith('.br')) return 'brotli'
  return path.endsWith('.zst') ? 'zstd' : null
}

/** A single file: an archive under any name, or a plain one. */
export function fileSource (path: string): LineSource {
  return {
    name: path,
    selection: 'edge',
    open: async () => {
      const held = await HeldFile.open(path)
      if (held === null) return null
      return await closingOnFailure(async (opened) => {
        opened.push(held) // A folder can be opened, but not read.
        return await openHeld(held, codecOfMagic(await held.file.read(0, magicBytesMax)) ?? suffixCodec(path))
      })
    }
  }
}

/** Input from a stream, plain or packed. It can be read once. The signal ends it. */
export function streamSource (name: string, incoming: () => Readable, signal: AbortSignal): LineSource {
  return {
    name,
    selection: 'edge',
    isReadOnce: true,
    open: async () => {
      const stream = incoming()
      signal.addEventListener('abort', () => { stream.destroy() }, { once: true })
      return await Promise.resolve({
        read: async (take: Take) => await readStream(name, stream, take),
        gzip: null,
        plain: null,
        close: async () => { await Promise.resolve(stream.destroy()) }
      })
    }
  }
}

/** The time of the first line that has one, at a source's beginning; null if none has. */
export async function firstTime (source: Pick<LineSource, 'open'>, timeKeys: readonly string[]): Promise<number | null> {
  const open = await source.open().catch(() => null)
  if (open === null) return null
  try {
    const query = { conditions: [], window: null, timeKeys }
    const portions = streamed(open, wholeFile, { query, ofAnyTime: true, maySkip: false }, null)
    const { value } = await portions.next()
    await portions.return()
    return value?.kind === 'task' && value.task.kind === 'lines' ? firstTimeIn(asBuffer(value.task.lines), timeKeys) : null
  } catch {
    return null // Its error is reported when it is read.
  } finally {
    await open.close()
  }
}

function firstTimeIn (lines: Buffer, timeKeys: readonly string[]): number | null {
  for (let start = 0; start < lines.length;) {
    const found = lines.indexOf(0x0a, start)
    const end = found === -1 ? lines.length : found
    const atMs = lineTimeAt(lines, start, end, timeKeys)
    if (atMs !== null) return atMs
    start = end + 1
  }
  return null
}

function codecOfMagic (start: Buffer): Algorithm | null {
  return magics.find(([, magic]) => start.subarray(0, magic.length).equals(magic))?.[0] ?? null
}

async function readStream (name: string, stream: Readable, take: Take): Promise<CompressError | null> {
  const pieces = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>
  const first = await pieces.next()
  if (first.done === true) return null
  const codec = codecOfMagic(first.value)
  const all = continued(first.value, pieces)
  try {
    if (codec === null) for await (const piece of all) await take(piece)
    else await takeAll(all, codec, take)
    return null
  } catch (error) {
    if (!/^Z_|^ZSTD_/.test((error as NodeJS.ErrnoException).code ?? '')) throw error
    return new CompressError('ERR_ROTOR_COPY_DAMAGED', name, `cannot be unpacked: ${String(error)}`, error)
  }
}

async function takeAll (pieces: AsyncIterable<Buffer>, codec: Algorithm, take: Take): Promise<void> {
  await pipeline(pieces, decompressorFor(codec), async (unpacked: AsyncIterable<Buffer>) => {
    for await (const piece of unpacked) await take(piece)
  })
}

async function * continued (first: Buffer, rest: AsyncIterator<Buffer, undefined>): AsyncGenerator<Buffer, void> {
  yield first
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value
}
