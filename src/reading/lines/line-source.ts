// A source of lines: an archive, a file, or input from a pipe. It is opened when its turn comes.
import type { Codec } from '../../options/settings.js'
import { wholeFile, type Stretch } from '../../disk/compress/codec.js'
import type { CompressError } from '../../disk/compress/compress-error.js'
import { unpackWhatCanBe } from '../../disk/compress/salvage.js'
import type { Selection } from '../../policy/filters/line-window.js'
import type { FilePlace } from '../../policy/lines/line-cursor.js'
import type { HeldFile } from '../held-file.js'
import type { GzipPlace } from './gzip-hops.js'

export interface LineSource {
  /** Its path, or its name in messages. */
  readonly name: string
  /** What is known about the times of its lines before it is opened. */
  readonly selection: Selection
  /** Whether it is only a part of its file, such as an archive in a bundle. */
  readonly isPart?: boolean
  /** Which file of its log it is; missing for a single file and for input from a pipe. */
  readonly place?: FilePlace
  /** Lines that begin before this byte of the unpacked lines are not read. */
  readonly fromOffset?: number
  /** Whether it can be opened once only, like a pipe. */
  readonly isReadOnce?: boolean
  /** Null if it is gone. */
  readonly open: () => Promise<OpenSource | null>
}

export type Take = (piece: Buffer) => Promise<void>

export interface OpenSource {
  /** Hands over the unpacked bytes of lines, of the file or of a stretch. Resolves to the damage if it breaks off. */
  readonly read: (take: Take, stretch: Stretch) => Promise<CompressError | null>
  /** The place of its blocks, if it has some; null if it is not a gzip file. */
  readonly gzip: GzipPlace | null
  /** The place of its unpacked lines, for reading from the end; null if they are packed. */
  readonly plain: GzipPlace | null
  readonly close: () => Promise<void>
}

/** Opens a held file, or a stretch of it. If that fails, the file is closed. */
export async function openHeld (held: HeldFile, codec: Codec | null, { from, to } = wholeFile, close = async (): Promise<void> => { await held.close() }): Promise<OpenSource> {
  const { size } = await held.file.stats().catch(async (error: unknown) => {
    await close()
    throw error
  })
  const end = Math.min(to, Number(size))
  const place = { descriptor: held.descriptor, from, to: end }
  return {
    read: async (take, stretch) => {
      if (codec !== null) return await unpackWhatCanBe(held.file, codec, take, { from: Math.max(from, stretch.from), to: Math.min(to, stretch.to) })
      for await (const piece of held.file.chunks(Math.max(from, stretch.from), Math.min(end, stretch.to))) await take(piece)
      return null
    },
    gzip: codec === 'gzip' ? place : null,
    plain: codec === null ? place : null,
    close
  }
}
