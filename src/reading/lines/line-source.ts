// Something with lines to read: an archive, a file, what comes in by a pipe. It is opened when its turn comes.
import type { Codec } from '../../options/settings.js'
import { wholeFile, type Stretch } from '../../disk/compress/codec.js'
import type { CompressError } from '../../disk/compress/compress-error.js'
import { unpackWhatCanBe } from '../../disk/compress/salvage.js'
import type { Selection } from '../../policy/lines/line-window.js'
import type { HeldFile } from '../held-file.js'
import type { GzipPlace } from './gzip-hops.js'

export interface LineSource {
  /** Its path, or what else it is called in messages. */
  readonly name: string
  /** What is known of the times of its lines before it is opened. */
  readonly selection: Selection
  /** Whether it is part of its file only, such as an archive in a bundle. */
  readonly isPart?: boolean
  /** Null where it is gone. */
  readonly open: () => Promise<OpenSource | null>
}

export type Take = (piece: Buffer) => Promise<void>

export interface OpenSource {
  /** Hands over all bytes of lines, or those of a stretch of the file, unpacked; resolves to the damage where it breaks off. */
  readonly read: (take: Take, stretch: Stretch) => Promise<CompressError | null>
  /** Where it may have blocks; null where it is no gzip file. */
  readonly gzip: GzipPlace | null
  /** Where its lines stand as they are, so that they can be read from the end; null where they are packed. */
  readonly plain: GzipPlace | null
  readonly close: () => Promise<void>
}

/** A file, or a stretch of it, that is held open. */
export async function openHeld (held: HeldFile, codec: Codec | null, { from, to } = wholeFile, close = async (): Promise<void> => { await held.close() }): Promise<OpenSource> {
  const end = Math.min(to, Number((await held.file.stats()).size))
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
